import { Link } from "@tanstack/react-router";
import { moneyColumn } from "../../components/columns";
import type { LedgerColumn } from "../../components/LedgerTable";
import { StatusBadge } from "../../components/StatusBadge";
import type { TaxFormRow } from "../../ipc";
import { EN_DASH, formatCount, isZero } from "../../lib/money";
import { FORM_KIND, FORM_KIND_SHORT, formBadge, OUTDATED, rulesInShort } from "./tax_words";

/** `currency`: the one currency of everything listed; forms are in US dollars. */
export function formColumns(currency: string | null): LedgerColumn<TaxFormRow>[] {
  return [
    {
      id: "host",
      header: "Host",
      width: 112,
      cell: (row) => (
        <Link
          to="/hosts/$hostId"
          params={{ hostId: row.host_id }}
          title={row.host_id}
          tabIndex={-1}
        >
          {row.host_id}
        </Link>
      ),
    },
    { id: "name", header: "Name", width: 150, grow: true, cell: (row) => row.name },
    {
      id: "status",
      header: "Status",
      width: 132,
      grow: true,
      cell: (row) => (
        <span title={row.outdated ? OUTDATED : undefined}>
          <StatusBadge {...formBadge(row)} />
        </span>
      ),
    },
    {
      id: "kind",
      header: "Form",
      width: 118,
      cell: (row) => <span title={FORM_KIND[row.kind]}>{FORM_KIND_SHORT[row.kind]}</span>,
    },
    moneyColumn<TaxFormRow>(currency, {
      id: "gross",
      title: "Gross",
      width: currency ? 112 : 130,
      amount: (row) => row.gross,
    }),
    {
      id: "transactions",
      header: "Transactions",
      width: 104,
      align: "right",
      cell: (row) => formatCount(row.transactions),
    },
    moneyColumn<TaxFormRow>(currency, {
      id: "withheld",
      title: "Withheld",
      width: currency ? 118 : 124,
      amount: (row) => (isZero(row.withheld) ? null : row.withheld),
    }),
    { id: "because", header: "Due by", width: 112, cell: (row) => rulesInShort(row.because) },
    { id: "state", header: "State", width: 60, cell: (row) => row.state || EN_DASH },
    {
      id: "tin",
      header: "TIN",
      width: 112,
      cell: (row) => <span className="mono">{row.tin || EN_DASH}</span>,
    },
    { id: "by", header: "Made by", width: 100, cell: (row) => row.made_by },
  ];
}
