import { type ReactNode, useMemo, useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import { LedgerTable } from "../../components/LedgerTable";
import { Money, MoneyList } from "../../components/Money";
import type { BatchTotal, CarriedRow, PayoutRow, Sort } from "../../ipc";
import { counted, formatCount, onlyCurrency, sumMoney } from "../../lib/money";
import { carriedColumns, payoutColumns } from "./payout_columns";
import { orderPayouts } from "./payout_rows";
import classes from "./payouts.module.css";

export type View = "payouts" | "carried";

type ViewProps = {
  view: View;
  payouts: number;
  carried: number;
  onView: (view: View) => void;
};

/** Who is paid, and who is carried: two lists of the same batch. */
export function ViewSwitch({ view, payouts, carried, onView }: ViewProps) {
  const entry = (value: View, label: string, count: number) => (
    <button
      type="button"
      className={classes.view}
      aria-pressed={view === value}
      onClick={() => onView(value)}
    >
      {label} <span className="figure">{formatCount(count)}</span>
    </button>
  );
  return (
    <span className={classes.views}>
      {entry("payouts", "Paid out", payouts)}
      {entry("carried", "Carried", carried)}
    </span>
  );
}

type PayoutsProps = {
  name: string;
  payouts: PayoutRow[];
  totals: BatchTotal[];
  withStatus: boolean;
  /** A job sends them now. */
  running?: boolean;
  selected?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  onOpen: (row: PayoutRow) => void;
  toolbar: ReactNode;
  stale?: boolean;
};

export function payoutKey(row: PayoutRow): string {
  return row.payout_id ?? `${row.host_id} ${row.currency}`;
}

export function PayoutTable(props: PayoutsProps) {
  const { payouts, totals, withStatus, running = false } = props;
  const [sort, setSort] = useState<Sort | null>(null);
  const currency = onlyCurrency(totals);
  const overStripe = payouts.some((row) => row.transfer !== null);
  const columns = useMemo(
    () => payoutColumns(currency, withStatus ? { running, overStripe } : null),
    [currency, withStatus, running, overStripe],
  );
  const rows = useMemo(() => orderPayouts(payouts, sort), [payouts, sort]);
  const only = totals.length === 1 ? totals[0] : undefined;
  return (
    <LedgerTable
      name={props.name}
      columns={columns}
      rows={rows}
      rowId={payoutKey}
      totalRows={rows.length}
      loading={false}
      stale={props.stale}
      sort={sort}
      onSort={setSort}
      selected={props.selected}
      onSelect={props.onSelect}
      onOpen={props.onOpen}
      toolbar={props.toolbar}
      footer={{
        label: (
          <>
            All: {counted(rows.length, "payout")}
            {only ? "" : " · "}
            {only ? null : <MoneyList totals={totals} />}
          </>
        ),
        cells: only ? { amount: <Money {...only} showCurrency={false} /> } : {},
      }}
      empty={
        <EmptyState title="Nobody is paid on this date">
          Everything due is carried; the list of carried hosts says why for each.
        </EmptyState>
      }
    />
  );
}

type CarriedProps = { carried: CarriedRow[]; toolbar: ReactNode; stale?: boolean };

export function CarriedTable({ carried, toolbar, stale }: CarriedProps) {
  const totals = useMemo(() => sumMoney(carried), [carried]);
  const currency = onlyCurrency(totals);
  const columns = useMemo(() => carriedColumns(currency), [currency]);
  return (
    <LedgerTable
      name="Carried balances"
      columns={columns}
      rows={carried}
      rowId={(row) => `${row.host_id} ${row.currency}`}
      totalRows={carried.length}
      loading={false}
      stale={stale}
      toolbar={toolbar}
      footer={{
        label: (
          <>
            All: {counted(carried.length, "balance")} · <MoneyList totals={totals} />
          </>
        ),
      }}
      empty={<EmptyState title="Nobody is carried">Every host with money due is paid.</EmptyState>}
    />
  );
}
