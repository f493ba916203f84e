// The exposure by day, for a small drawing. Figures of money stay decimal strings; only the height
// of a bar is a number.

import type { ExposureEnd } from "../../ipc/contract";
import { addDays, daysBetween } from "../../lib/dates";

export type Day = { on: string; amount: string; height: number };

/** Every day from today to the last one in a currency, those without anything too. */
export function daysOf(ends: readonly ExposureEnd[], currency: string, today: string): Day[] {
  const mine = ends.filter((end) => end.amount.currency === currency);
  const last = mine.at(-1);
  if (!last) {
    return [];
  }
  const first = mine[0] && mine[0].on < today ? mine[0].on : today;
  const by = new Map(mine.map((end) => [end.on, end.amount.amount]));
  const largest = Math.max(...mine.map((end) => Number(end.amount.amount)));
  return Array.from({ length: daysBetween(first, last.on) + 1 }, (_, index) => {
    const on = addDays(first, index);
    const amount = by.get(on) ?? "0";
    return { on, amount, height: largest > 0 ? Number(amount) / largest : 0 };
  });
}
