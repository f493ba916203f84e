// Order and sums of a batch's payouts. Pure.

import type { BatchTotal, PayoutFlag, PayoutRow, Sort } from "../../ipc";
import { compareDecimals, subtractDecimals } from "../../lib/money";

/** What people look at, the most urgent first: money to a wrong account is gone. */
const FLAGS: readonly PayoutFlag[] = [
  "DESTINATION_CHANGED",
  "SHARED_DESTINATION",
  "FIRST_PAYOUT",
  "FAR_ABOVE_USUAL",
  "WAITING_ROWS",
  "HAS_ADJUSTMENT",
];

/** What has to be looked at first: changed, failed, flagged by urgency, then the largest sums. */
function urgency(row: PayoutRow): number {
  if (row.stale) return 0;
  if (row.status === "FAILED" || row.status === "REVERSED") return 1;
  if (row.transfer?.state === "UNKNOWN") return 2;
  const places = row.flags.map((mark) => FLAGS.indexOf(mark.flag));
  return 3 + Math.min(FLAGS.length, ...places);
}

export type LookAt = { flag: PayoutFlag; rows: { row: PayoutRow; text: string }[] };

/** What people look at by kind, the most urgent kind and the largest sums first. */
export function toLookAt(rows: readonly PayoutRow[]): LookAt[] {
  const sorted = orderPayouts(rows, null);
  return FLAGS.map((flag) => ({
    flag,
    rows: sorted.flatMap((row) =>
      row.flags.filter((mark) => mark.flag === flag).map((mark) => ({ row, text: mark.text })),
    ),
  })).filter((kind) => kind.rows.length > 0);
}

const byText = (a: string, b: string) => a.localeCompare(b, "en");

const COMPARE: Record<string, (a: PayoutRow, b: PayoutRow) => number> = {
  host_name: (a, b) => byText(a.host_name, b.host_name),
  amount: (a, b) => byText(a.currency, b.currency) || compareDecimals(a.amount, b.amount),
  difference: (a, b) =>
    byText(a.currency, b.currency) || compareDecimals(difference(a), difference(b)),
  lines: (a, b) => a.lines - b.lines,
  destination: (a, b) => byText(a.destination, b.destination),
};

/** This batch's amount less the one before; the whole amount where there was none. */
export function difference(row: PayoutRow): string {
  return row.last_amount === null ? row.amount : subtractDecimals(row.amount, row.last_amount);
}

export function orderPayouts(rows: readonly PayoutRow[], sort: Sort | null): PayoutRow[] {
  const compare = sort ? COMPARE[sort.column] : undefined;
  const sorted = [...rows];
  if (compare && sort) {
    sorted.sort((a, b) => (sort.descending ? compare(b, a) : compare(a, b)));
  } else {
    sorted.sort(
      (a, b) =>
        urgency(a) - urgency(b) ||
        byText(a.currency, b.currency) ||
        compareDecimals(b.amount, a.amount),
    );
  }
  return sorted;
}

export type TotalWithDifference = BatchTotal & { last: string | null; difference: string | null };

/** Totals per currency beside those of the batch before; a currency that is gone stays as zero. */
export function compareTotals(now: BatchTotal[], before: BatchTotal[]): TotalWithDifference[] {
  const last = new Map(before.map((total) => [total.currency, total]));
  const rows: TotalWithDifference[] = now.map((total) => {
    const was = last.get(total.currency)?.amount ?? null;
    last.delete(total.currency);
    return {
      ...total,
      last: was,
      difference: was === null ? null : subtractDecimals(total.amount, was),
    };
  });
  for (const gone of last.values()) {
    const zero = subtractDecimals(gone.amount, gone.amount);
    rows.push({
      currency: gone.currency,
      amount: zero,
      payouts: 0,
      last: gone.amount,
      difference: subtractDecimals(zero, gone.amount),
    });
  }
  return rows;
}

export function payoutCount(totals: readonly BatchTotal[]): number {
  return totals.reduce((sum, total) => sum + total.payouts, 0);
}
