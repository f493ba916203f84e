import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { EmptyState } from "../../components/EmptyState";
import { FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { Money } from "../../components/Money";
import { PageHeader } from "../../components/PageHeader";
import { Tabs } from "../../components/Tabs";
import type { AccountRow } from "../../ipc";
import { usePaged } from "../../ipc/hooks";
import { counted, formatMoneyList } from "../../lib/money";
import { BOOK_TABS } from "./Books";

const route = getRouteApi("/books/accounts");

const COLUMNS: LedgerColumn<AccountRow>[] = [
  { id: "account", header: "Account", width: 320, cell: (row) => row.account },
  { id: "label", header: "Host", width: 240, grow: true, cell: (row) => row.label },
  {
    id: "balance",
    header: "Balance",
    width: 180,
    align: "right",
    cell: (row) => <Money amount={row.balance} currency={row.currency} />,
  },
];

/** The accounts behind one figure of the trial balance: each opens its journal. */
export function Accounts() {
  const { prefix, text } = route.useSearch();
  const navigate = useNavigate({ from: "/books/accounts" });
  const list = usePaged("list_accounts", { prefix, as_of: null, text: text ?? null });
  const onText = useCallback(
    (typed: string) => navigate({ search: { prefix, text: typed || undefined } }),
    [navigate, prefix],
  );
  return (
    <>
      <PageHeader
        above={<Link to="/books">Trial balance</Link>}
        title={prefix}
        state={
          list.totalRows === null
            ? null
            : `${counted(list.totalRows, "account")}, ${formatMoneyList(list.totals)}.`
        }
      />
      <Tabs name="Books" tabs={BOOK_TABS} />
      <LedgerTable
        name="Accounts"
        columns={COLUMNS}
        {...list}
        rowId={(row) => `${row.account} ${row.currency}`}
        onOpen={(row) =>
          navigate({
            to: "/books/journal",
            search: { account: row.account, currency: row.currency },
          })
        }
        toolbar={
          <FilterChips
            text={{ value: text ?? "", label: "Account or host", onChange: onText }}
            chips={[]}
            choices={[]}
          />
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="account"
              filtered={Boolean(text)}
              totals={list.totals}
            />
          ),
        }}
        empty={<EmptyState title="Nothing matches">No account is called that.</EmptyState>}
      />
    </>
  );
}
