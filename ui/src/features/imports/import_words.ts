import type { ImportCounts, ImportKind } from "../../ipc";
import { counted, formatCount } from "../../lib/money";

export const IMPORT_KIND: Record<ImportKind, string> = {
  HOSTS: "Hosts",
  BOOKINGS: "Bookings",
  DISPUTES: "Disputes",
  STRIPE_PAYMENTS: "Stripe payments",
  TAX_PROFILES: "Tax profiles",
  OPENING_BALANCES: "Opening balances",
};

/** "2,000 rows: 1,950 new, 20 changed, 15 unchanged, 3 stale, 12 exceptions." */
export function countsInWords(counts: ImportCounts): string {
  const parts: [number, string][] = [
    [counts.inserted, "new"],
    [counts.updated, "changed"],
    [counts.unchanged, "unchanged"],
    [counts.stale, "stale"],
  ];
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`);
  if (counts.exceptions > 0) {
    words.push(counted(counts.exceptions, "exception"));
  }
  return `${counted(counts.rows, "row")}${words.length > 0 ? `: ${words.join(", ")}` : ""}`;
}
