import { useNavigate } from "@tanstack/react-router";
import { useActions } from "../../components/actions";
import { DateText, InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { useMay } from "../../components/ledger_context";
import { MoneyList } from "../../components/Money";
import { PageHeader } from "../../components/PageHeader";
import { StatusBadge } from "../../components/StatusBadge";
import { Tabs } from "../../components/Tabs";
import type { BatchSummary } from "../../ipc";
import { usePaged, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, EN_DASH, formatCount, formatMoneyList } from "../../lib/money";
import { BATCH_STATUS } from "../../lib/words";
import { payoutCount } from "./payout_rows";

export const PAYOUT_TABS = [
  { to: "/payouts", label: "Batches", exact: true },
  { to: "/payouts/adjustments", label: "Adjustments" },
];

const COLUMNS: LedgerColumn<BatchSummary>[] = [
  { id: "date", header: "Payout date", width: 124, cell: (row) => <DateText date={row.date} /> },
  {
    id: "status",
    header: "State",
    width: 150,
    cell: (row) => <StatusBadge {...BATCH_STATUS[row.status]} />,
  },
  {
    id: "attention",
    header: "Look at",
    width: 150,
    cell: (row) =>
      row.frozen ? (
        <StatusBadge word="Stopped: reconcile" tone="red" />
      ) : row.unknown > 0 ? (
        <StatusBadge word={`${counted(row.unknown, "payout")} unknown`} tone="amber" />
      ) : row.stale > 0 ? (
        <StatusBadge word={`${counted(row.stale, "payout")} changed`} tone="amber" />
      ) : row.failed > 0 ? (
        <StatusBadge word={`${counted(row.failed, "payout")} failed`} tone="red" />
      ) : (
        (row.off_cycle ?? EN_DASH)
      ),
  },
  {
    id: "payouts",
    header: "Payouts",
    width: 82,
    align: "right",
    cell: (row) => formatCount(payoutCount(row.totals)),
  },
  {
    id: "sum",
    header: "Sum",
    width: 150,
    grow: true,
    align: "right",
    cell: (row) => <MoneyList totals={row.totals} />,
  },
  {
    id: "carried",
    header: "Carried",
    width: 82,
    align: "right",
    cell: (row) => formatCount(row.carried),
  },
  { id: "prepared_by", header: "Prepared by", width: 108, cell: (row) => row.prepared_by },
  {
    id: "approved_by",
    header: "Approved by",
    width: 124,
    cell: (row) => row.approved_by ?? EN_DASH,
  },
  {
    id: "prepared_at",
    header: "Prepared",
    width: 192,
    hidden: true,
    cell: (row) => <InstantText at={row.prepared_at} />,
  },
];

export function Payouts() {
  const navigate = useNavigate();
  const list = usePaged("list_batches", {});
  const week = useRead("get_week", null);
  const may = useMay("PREPARE");
  const prepare = () => navigate({ to: "/payouts/prepare" });
  useActions(
    may ? [{ label: "Prepare a batch", group: "This page", keys: "n", run: prepare }] : [],
  );
  const next = week.data?.next_batch;
  return (
    <>
      <PageHeader
        title="Payouts"
        state={
          next
            ? next.payouts === 0
              ? `Next batch ${dateInWords(next.date)}: nothing to pay out yet.`
              : `Next batch ${dateInWords(next.date)}: about ${counted(next.payouts, "payout")}, ${formatMoneyList(next.totals)}, ${counted(next.carried, "balance")} carried.`
            : null
        }
        actions={
          <LinkButton to="/payouts/prepare" disabled={!may}>
            Prepare a batch
          </LinkButton>
        }
      />
      <Tabs name="Payouts" tabs={PAYOUT_TABS} />
      <LedgerTable
        name="Batches"
        columns={COLUMNS}
        {...list}
        rowId={(row) => row.batch_id}
        onOpen={(row) => navigate({ to: "/payouts/$batchId", params: { batchId: row.batch_id } })}
        footer={{
          label: (
            <FilteredTotal totalRows={list.totalRows} one="batch" many="batches" filtered={false} />
          ),
        }}
        empty={
          <EmptyState
            title="No batches yet"
            action={
              <LinkButton to="/payouts/prepare" disabled={!may}>
                Prepare a batch
              </LinkButton>
            }
          >
            A batch is one Monday's payouts. Prepare shows who gets what, and who is carried and
            why, before anything is stored; a second person approves it; then it goes out through
            Stripe or to a payment file.
          </EmptyState>
        }
      />
    </>
  );
}
