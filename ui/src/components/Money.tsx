import type { Money as MoneyValue } from "../ipc";
import { EN_DASH, formatAmount, formatMoney } from "../lib/money";

type Props = {
  amount: string | null;
  currency: string;
  /** False where the column's header already names the currency. */
  showCurrency?: boolean;
  strong?: boolean;
};

/** The one way a figure of money is shown: tabular, true minus, en dash for nothing. */
export function Money({ amount, currency, showCurrency = true, strong = false }: Props) {
  const text =
    amount === null
      ? EN_DASH
      : showCurrency
        ? formatMoney({ amount, currency })
        : formatAmount(amount);
  return (
    <span className="figure" style={strong ? { fontWeight: 600 } : undefined}>
      {text}
    </span>
  );
}

/** Sums of several currencies, one after the other. */
export function MoneyList({ totals }: { totals: readonly MoneyValue[] }) {
  if (totals.length === 0) {
    return <span className="figure">{EN_DASH}</span>;
  }
  return totals.map((total, index) => (
    <span key={total.currency} className="figure">
      {index > 0 ? " · " : ""}
      {formatMoney(total)}
    </span>
  ));
}
