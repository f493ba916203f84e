import { hostColumn, moneyColumn } from "../../components/columns";
import type { LedgerColumn } from "../../components/LedgerTable";
import { Money } from "../../components/Money";
import { StatusBadge } from "../../components/StatusBadge";
import type { CarriedRow, PayoutRow } from "../../ipc";
import { inTheWindow } from "../../lib/in_the_window";
import { EN_DASH, formatCount, isZero } from "../../lib/money";
import { CARRIED_REASON, PAYOUT_FLAG } from "../../lib/words";
import { difference } from "./payout_rows";
import { payoutState } from "./transfer_progress";

function attention(row: PayoutRow, isSent: boolean) {
  if (row.stale) {
    return <StatusBadge word={`Changed: ${row.stale_because.join("; ")}`} tone="amber" />;
  }
  if (row.failed_reason) {
    return <StatusBadge word={row.failed_reason} tone="red" />;
  }
  if (row.transfer?.unclear) {
    return <StatusBadge word={inTheWindow(row.transfer.unclear)} tone="amber" />;
  }
  // Once it left there is nothing to decide about it any more.
  if (row.flags.length > 0 && !isSent) {
    return (
      <span title={[...row.notes, ...row.flags.map((flag) => flag.text)].join("\n")}>
        <StatusBadge
          word={[...row.notes, row.flags.map((flag) => PAYOUT_FLAG[flag.flag]).join(", ")].join(
            "; ",
          )}
          tone="amber"
        />
      </span>
    );
  }
  if (row.notes.length > 0) {
    return <span title={row.notes.join("\n")}>{row.notes[0]}</span>;
  }
  return <span className="quiet">{EN_DASH}</span>;
}

/** `currency`: the batch's one currency, or null to name it beside each figure. */
export function payoutColumns(
  currency: string | null,
  state: { running: boolean; overStripe: boolean } | null,
): LedgerColumn<PayoutRow>[] {
  const columns: LedgerColumn<PayoutRow>[] = [
    hostColumn("host_name", 160, { sortable: true }),
    {
      id: "attention",
      header: "Look at",
      width: 170,
      grow: true,
      cell: (row) => attention(row, state?.overStripe === true && row.status === "COMPLETED"),
    },
    moneyColumn(currency, {
      id: "amount",
      title: "Amount",
      width: currency ? 104 : 132,
      sortable: true,
      amount: (row) => row.amount,
      strong: true,
    }),
    moneyColumn(currency, {
      id: "last",
      title: "Batch before",
      width: 150,
      hidden: true,
      amount: (row) => row.last_amount,
    }),
    {
      id: "difference",
      header: "Difference",
      width: currency ? 98 : 126,
      align: "right",
      sortable: true,
      cell: (row) =>
        row.last_amount === null ? (
          <span className="quiet">new</span>
        ) : isZero(difference(row)) ? (
          EN_DASH
        ) : (
          <Money amount={difference(row)} currency={row.currency} showCurrency={!currency} />
        ),
    },
    {
      id: "lines",
      header: "Lines",
      width: 60,
      align: "right",
      sortable: true,
      cell: (row) => formatCount(row.lines),
    },
    {
      id: "destination",
      header: "Destination",
      width: 216,
      sortable: true,
      cell: (row) => <span className="mono">{row.destination || EN_DASH}</span>,
    },
    {
      id: "institution",
      header: "Institution",
      width: 160,
      hidden: true,
      cell: (row) => row.institution_id,
    },
  ];
  if (state) {
    columns.splice(2, 0, {
      id: "status",
      header: "State",
      width: state.overStripe ? 190 : 110,
      cell: (row) => <StatusBadge {...payoutState(row, state.running)} />,
    });
  }
  return columns;
}

export function carriedColumns(currency: string | null): LedgerColumn<CarriedRow>[] {
  return [
    hostColumn("host_name", 160),
    moneyColumn(currency, {
      id: "amount",
      title: "Carried",
      width: currency ? 112 : 140,
      amount: (row) => row.amount,
    }),
    {
      id: "reason",
      header: "Because",
      width: 170,
      hidden: true,
      cell: (row) => row.reasons.map((reason) => CARRIED_REASON[reason]).join(", "),
    },
    {
      id: "text",
      header: "In words",
      width: 320,
      grow: true,
      cell: (row) => <span title={row.text}>{row.text}</span>,
    },
  ];
}
