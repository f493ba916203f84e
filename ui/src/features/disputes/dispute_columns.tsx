import { Link } from "@tanstack/react-router";
import { hostColumn, moneyColumn } from "../../components/columns";
import { DateText } from "../../components/DateText";
import type { LedgerColumn } from "../../components/LedgerTable";
import { StatusBadge } from "../../components/StatusBadge";
import type { DisputeRow } from "../../ipc";
import { EN_DASH, isZero } from "../../lib/money";
import { DISPUTE_KIND, DISPUTE_STATUS, dueInWords, shortId } from "./dispute_words";

/** The date for evidence as it presses: a word and a colour; plain where it doesn't. */
export function EvidenceDue({ row, today }: { row: DisputeRow; today: string }) {
  const due = dueInWords(row, today);
  if (due) {
    return <StatusBadge word={due.words} tone={due.tone} />;
  }
  return row.due_on ? (
    <span className="quiet">
      <DateText date={row.due_on} />
    </span>
  ) : (
    <span>{EN_DASH}</span>
  );
}

/** `currency`: the one currency of everything listed, or null to name it beside each figure. */
export function disputeColumns(currency: string | null, today: string): LedgerColumn<DisputeRow>[] {
  const money = (
    id: string,
    title: string,
    width: number,
    amount: (row: DisputeRow) => string | null,
  ) => moneyColumn(currency, { id, title, width: currency ? width : 124, amount });
  return [
    {
      id: "dispute",
      header: "Dispute",
      width: 118,
      cell: (row) => <span title={row.dispute_id}>{shortId(row)}</span>,
    },
    {
      id: "due",
      header: "Evidence due",
      width: 186,
      cell: (row) => <EvidenceDue row={row} today={today} />,
    },
    money("amount", "Amount", 102, (row) => row.amount),
    money("reserved", "Held back", 118, (row) => (isZero(row.reserved) ? null : row.reserved)),
    hostColumn("host", 112, { grow: true }),
    {
      id: "status",
      header: "State",
      width: 154,
      cell: (row) => <StatusBadge {...DISPUTE_STATUS[row.status]} />,
    },
    { id: "kind", header: "Kind", width: 98, cell: (row) => DISPUTE_KIND[row.kind] },
    {
      id: "booking",
      header: "Booking",
      width: 118,
      cell: (row) => (
        <Link
          to="/commissions/$bookingId"
          params={{ bookingId: row.booking_id }}
          title={row.booking_id}
          tabIndex={-1}
        >
          {row.booking_id}
        </Link>
      ),
    },
    { id: "owner", header: "With", width: 62, cell: (row) => row.owner ?? EN_DASH },
    {
      id: "opened",
      header: "Opened",
      width: 118,
      cell: (row) => <DateText date={row.opened_on} />,
    },
    {
      id: "closed",
      header: "Decided",
      width: 114,
      hidden: true,
      cell: (row) => <DateText date={row.closed_on} />,
    },
  ];
}
