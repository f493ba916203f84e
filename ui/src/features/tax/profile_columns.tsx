import { hostColumn, moneyColumn } from "../../components/columns";
import { DateText } from "../../components/DateText";
import type { LedgerColumn } from "../../components/LedgerTable";
import { StatusBadge } from "../../components/StatusBadge";
import type { TaxProfileRow } from "../../ipc";
import { EN_DASH, formatCount, isZero } from "../../lib/money";
import { rulesInShort, STANDING } from "./tax_words";

/** The rules that are reached, else the day on which the federal line is crossed at this pace. */
export function Crossing({ row }: { row: TaxProfileRow }) {
  if (row.reached.length > 0) {
    return <span title="Reached">{rulesInShort(row.reached)}</span>;
  }
  return row.crosses_on ? (
    <span className="quiet" title="At the present pace">
      <DateText date={row.crosses_on} />
    </span>
  ) : (
    <span>{EN_DASH}</span>
  );
}

export function profileColumns(currency: string | null): LedgerColumn<TaxProfileRow>[] {
  return [
    hostColumn<TaxProfileRow>("host", 136, { grow: true }),
    {
      id: "standing",
      header: "Standing",
      width: 142,
      cell: (row) => <StatusBadge {...STANDING[row.standing]} />,
    },
    {
      id: "sentence",
      header: "What is missing",
      width: 170,
      grow: true,
      cell: (row) =>
        row.lacks ? (
          <span title={row.sentence}>{row.sentence}</span>
        ) : (
          <span className="quiet">{EN_DASH}</span>
        ),
    },
    moneyColumn<TaxProfileRow>(currency, {
      id: "gross",
      title: "Gross",
      width: currency ? 116 : 130,
      amount: (row) => row.gross,
    }),
    {
      id: "transactions",
      header: "Transactions",
      width: 106,
      align: "right",
      cell: (row) => formatCount(row.transactions),
    },
    {
      id: "crosses",
      header: "Crosses the line",
      width: 122,
      cell: (row) => <Crossing row={row} />,
    },
    { id: "form", header: "Form", width: 84, cell: (row) => row.form ?? EN_DASH },
    {
      id: "tin",
      header: "TIN",
      width: 112,
      cell: (row) => <span className="mono">{row.tin ?? EN_DASH}</span>,
    },
    { id: "state", header: "State", width: 62, cell: (row) => row.state || EN_DASH },
    moneyColumn<TaxProfileRow>(currency, {
      id: "withheld",
      title: "Withheld",
      width: currency ? 120 : 124,
      amount: (row) => (isZero(row.withheld) ? null : row.withheld),
    }),
    {
      id: "matched",
      header: "IRS match",
      width: 130,
      cell: (row) =>
        row.matched === null ? (
          EN_DASH
        ) : (
          <StatusBadge word={row.matched} tone={row.match_ok ? "green" : "amber"} />
        ),
    },
    {
      id: "notices",
      header: "Notices",
      width: 78,
      align: "right",
      cell: (row) => (row.notices === 0 ? EN_DASH : formatCount(row.notices)),
    },
    { id: "id", header: "Id", width: 98, hidden: true, cell: (row) => row.host_id },
    {
      id: "country",
      header: "Country",
      width: 90,
      hidden: true,
      cell: (row) => row.country || EN_DASH,
    },
  ];
}
