import { Link } from "@tanstack/react-router";
import { hostColumn, moneyColumn } from "../../components/columns";
import { DateText } from "../../components/DateText";
import type { LedgerColumn } from "../../components/LedgerTable";
import { StatusBadge } from "../../components/StatusBadge";
import type { CommissionRow } from "../../ipc";
import { EN_DASH, formatRate } from "../../lib/money";
import { BOOKING_STATUS, CAUSE, COMMISSION_STATUS, causeOf } from "../../lib/words";

/** The state as a person reads it: a blocked commission says why before anything else. */
export function commissionState(row: CommissionRow) {
  const block = row.blocks[0];
  if (block) {
    const more = row.blocks.length > 1 ? ` and ${row.blocks.length - 1} more` : "";
    return <StatusBadge word={`${CAUSE[causeOf(block)].title}${more}`} tone="amber" />;
  }
  return <StatusBadge {...COMMISSION_STATUS[row.status]} />;
}

/** `currency`: the one currency of everything listed, or null to name it beside each figure. */
export function commissionColumns(currency: string | null): LedgerColumn<CommissionRow>[] {
  const money = (
    id: string,
    title: string,
    amount: (row: CommissionRow) => string,
    options: Partial<LedgerColumn<CommissionRow>> = {},
  ) => moneyColumn(currency, { id, title, width: currency ? 126 : 140, amount, ...options });
  return [
    {
      id: "booking_id",
      header: "Booking",
      width: 110,
      sortable: true,
      cell: (row) => <span title={row.booking_id}>{row.booking_id}</span>,
    },
    hostColumn("host_name", 112, { grow: true, sortable: true }),
    { id: "state", header: "State", width: 150, grow: true, cell: commissionState },
    {
      id: "payable_on",
      header: "Payable on",
      width: 106,
      sortable: true,
      cell: (row) => <DateText date={row.payable_on} />,
    },
    money("price", "Price", (row) => row.price, { sortable: true, width: currency ? 92 : 112 }),
    money("refunded", "Refunded", (row) => row.refunded, { hidden: true }),
    {
      id: "rate",
      header: "Rate",
      width: 58,
      align: "right",
      cell: (row) => formatRate(row.rate),
    },
    money("platform_fee", "Platform fee", (row) => row.platform_fee, { hidden: true }),
    money("processing_fee", "Processing fee", (row) => row.processing_fee, { hidden: true }),
    money("borne_by_platform", "Borne by platform", (row) => row.borne_by_platform, {
      hidden: true,
    }),
    money("host_amount", "Host amount", (row) => row.host_amount, { sortable: true, width: 148 }),
    {
      id: "booking_status",
      header: "Booking state",
      width: 150,
      hidden: true,
      cell: (row) => BOOKING_STATUS[row.booking_status],
    },
    {
      id: "booked_on",
      header: "Booked on",
      width: 110,
      sortable: true,
      hidden: true,
      cell: (row) => <DateText date={row.booked_on} />,
    },
    {
      id: "conversation",
      header: "Conversation",
      width: 200,
      hidden: true,
      cell: (row) => row.conversation_title || row.conversation_id,
    },
    {
      id: "payout",
      header: "Payout",
      width: 110,
      hidden: true,
      cell: (row) =>
        row.payout_id ? (
          <Link to="/payouts/payout/$payoutId" params={{ payoutId: row.payout_id }} tabIndex={-1}>
            Open
          </Link>
        ) : (
          EN_DASH
        ),
    },
  ];
}
