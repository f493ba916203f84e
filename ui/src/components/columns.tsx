import { Link } from "@tanstack/react-router";
import type { LedgerColumn } from "./LedgerTable";
import { Money } from "./Money";

type Options<Row> = Partial<Pick<LedgerColumn<Row>, "grow" | "sortable" | "hidden">>;

/** The host of a row, leading to its page. `id` is the order it can be asked for in. */
export function hostColumn<Row extends { host_id: string; host_name: string }>(
  id: string,
  width: number,
  options: Options<Row> = {},
): LedgerColumn<Row> {
  return {
    id,
    header: "Host",
    width,
    cell: (row) => (
      <Link to="/hosts/$hostId" params={{ hostId: row.host_id }} title={row.host_id} tabIndex={-1}>
        {row.host_name}
      </Link>
    ),
    ...options,
  };
}

/** A header that names the one currency of everything listed; null leaves it to each figure. */
export function withCurrency(title: string, currency: string | null): string {
  return currency ? `${title}, ${currency}` : title;
}

/** A figure of money: its currency stands once in the header, or beside each where there are several. */
export function moneyColumn<Row extends { currency: string }>(
  currency: string | null,
  {
    title,
    amount,
    strong = false,
    ...column
  }: Options<Row> & {
    id: string;
    title: string;
    width: number;
    amount: (row: Row) => string | null;
    strong?: boolean;
  },
): LedgerColumn<Row> {
  return {
    header: withCurrency(title, currency),
    align: "right",
    cell: (row) => (
      <Money
        amount={amount(row)}
        currency={row.currency}
        showCurrency={currency === null}
        strong={strong}
      />
    ),
    ...column,
  };
}
