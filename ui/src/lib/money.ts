// Amounts are decimal strings end to end. They are added as BigInt minor units, never as floats.

import type { Money } from "../ipc/contract";

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

export const TRUE_MINUS = "−";
export const EN_DASH = "–";

type Scaled = { units: bigint; digits: number };

/** Reads "−1312.40"-like decimals ("-" only, as they come over the wire). */
export function parseDecimal(text: string): Scaled {
  const match = DECIMAL.exec(text.trim());
  if (!match) {
    throw new Error(`not a decimal amount: ${text}`);
  }
  const fraction = match[3] ?? "";
  const units = BigInt(`${match[2]}${fraction}`);
  return { units: match[1] === "-" ? -units : units, digits: fraction.length };
}

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text.trim());
}

export function formatDecimal({ units, digits }: Scaled): string {
  const negative = units < 0n;
  const plain = (negative ? -units : units).toString().padStart(digits + 1, "0");
  const whole = digits === 0 ? plain : plain.slice(0, -digits);
  const fraction = digits === 0 ? "" : `.${plain.slice(-digits)}`;
  return `${negative ? "-" : ""}${whole}${fraction}`;
}

function rescale(value: Scaled, digits: number): bigint {
  return value.units * 10n ** BigInt(digits - value.digits);
}

export function addDecimals(left: string, right: string): string {
  const a = parseDecimal(left);
  const b = parseDecimal(right);
  const digits = Math.max(a.digits, b.digits);
  return formatDecimal({ units: rescale(a, digits) + rescale(b, digits), digits });
}

export function negateDecimal(text: string): string {
  const value = parseDecimal(text);
  return formatDecimal({ units: -value.units, digits: value.digits });
}

export function subtractDecimals(left: string, right: string): string {
  return addDecimals(left, negateDecimal(right));
}

/** Negative, zero or positive, as a sort comparator wants it. */
export function compareDecimals(left: string, right: string): number {
  const difference = parseDecimal(subtractDecimals(left, right)).units;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isNegative(text: string): boolean {
  return parseDecimal(text).units < 0n;
}

export function isZero(text: string): boolean {
  return parseDecimal(text).units === 0n;
}

/** One sum per currency, in the order the currencies first appear. Currencies never mix. */
export function sumMoney(amounts: Iterable<Money>): Money[] {
  const sums = new Map<string, string>();
  for (const { amount, currency } of amounts) {
    const before = sums.get(currency);
    sums.set(currency, before === undefined ? amount : addDecimals(before, amount));
  }
  return [...sums].map(([currency, amount]) => ({ currency, amount }));
}

/** "1,312.40", with a true minus: for figures beside or under a currency. */
export function formatAmount(text: string): string {
  const plain = formatDecimal(parseDecimal(text));
  const [whole = "0", fraction] = plain.replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = plain.startsWith("-") ? TRUE_MINUS : "";
  return `${sign}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** "1,312.40 USD". */
export function formatMoney({ amount, currency }: Money): string {
  return `${formatAmount(amount)} ${currency}`;
}

/** "1,312.40 USD and 20,000 JPY"; an en dash for nothing. */
export function formatMoneyList(amounts: readonly Money[]): string {
  if (amounts.length === 0) {
    return EN_DASH;
  }
  const words = amounts.map(formatMoney);
  return words.length === 1
    ? (words[0] as string)
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The one currency of a list of totals, or null when there are none or several. */
export function onlyCurrency(totals: readonly { currency: string }[]): string | null {
  const first = totals[0];
  return first && totals.every((total) => total.currency === first.currency)
    ? first.currency
    : null;
}

/** "70 %" from "70.00", "2.9 %" from "2.90". */
export function formatRate(percent: string): string {
  const plain = formatDecimal(parseDecimal(percent));
  return `${plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain} %`;
}

/** "1,957" */
export function formatCount(count: number): string {
  return formatAmount(String(count));
}

/** "1 payout", "36 payouts". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
