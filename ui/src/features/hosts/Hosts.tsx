import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { EmptyState } from "../../components/EmptyState";
import { type Chip, FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { MoneyList } from "../../components/Money";
import { PageHeader } from "../../components/PageHeader";
import { StatusBadge } from "../../components/StatusBadge";
import type { HostRow, HostStatus, Sort } from "../../ipc";
import { usePaged, useRead } from "../../ipc/hooks";
import { counted, EN_DASH, formatRate } from "../../lib/money";
import { CARRIED_REASON, HOST_STATUS, TIER } from "../../lib/words";
import { HostDrawer } from "./HostDrawer";

const route = getRouteApi("/hosts");

export type HostSearch = {
  status?: HostStatus;
  payable?: boolean;
  institution_id?: string;
  text?: string;
  sort?: string;
  descending?: boolean;
  open?: string;
};

const COLUMNS: LedgerColumn<HostRow>[] = [
  { id: "name", header: "Host", width: 158, grow: true, sortable: true, cell: (row) => row.name },
  {
    id: "host_id",
    header: "Id",
    width: 98,
    sortable: true,
    cell: (row) => <span title={row.host_id}>{row.host_id}</span>,
  },
  {
    id: "status",
    header: "State",
    width: 120,
    sortable: true,
    cell: (row) =>
      row.paused ? (
        <StatusBadge word="Paused" tone="amber" />
      ) : (
        <StatusBadge {...HOST_STATUS[row.status]} />
      ),
  },
  {
    id: "payable",
    header: "Payouts",
    width: 150,
    grow: true,
    cell: (row) =>
      row.payable ? (
        "Possible"
      ) : (
        <StatusBadge
          word={row.not_payable_because.map((reason) => CARRIED_REASON[reason]).join(", ")}
          tone="amber"
        />
      ),
  },
  {
    id: "tier",
    header: "Tier",
    width: 102,
    cell: (row) => (row.tier ? TIER[row.tier] : EN_DASH),
  },
  { id: "rate", header: "Rate", width: 60, align: "right", cell: (row) => formatRate(row.rate) },
  {
    id: "balance",
    header: "Balance",
    width: 124,
    align: "right",
    cell: (row) => <MoneyList totals={row.balances} />,
  },
  {
    id: "institution",
    header: "Institution",
    width: 170,
    hidden: true,
    cell: (row) => row.institution_name,
  },
  {
    id: "country",
    header: "Country",
    width: 90,
    hidden: true,
    cell: (row) => row.country ?? EN_DASH,
  },
];

export function Hosts() {
  const search: HostSearch = route.useSearch();
  const navigate = useNavigate({ from: "/hosts" });
  const sort: Sort | null = search.sort
    ? { column: search.sort, descending: search.descending ?? false }
    : null;
  const list = usePaged("list_hosts", {
    filter: {
      status: search.status ?? null,
      payable: search.payable ?? null,
      institution_id: search.institution_id ?? null,
      text: search.text?.trim() ? search.text.trim() : null,
    },
    sort,
  });
  const institutions = useRead("list_institutions", null);
  const change = (next: Partial<HostSearch>) => navigate({ search: { ...search, ...next } });
  const onText = useCallback(
    (text: string) => navigate({ search: { ...search, text: text || undefined }, replace: true }),
    [navigate, search],
  );
  const institutionName = (id: string) =>
    institutions.data?.find((institution) => institution.institution_id === id)?.name ?? id;

  const chips: Chip[] = [];
  if (search.status) {
    chips.push({
      key: "status",
      words: HOST_STATUS[search.status].word,
      onRemove: () => change({ status: undefined }),
    });
  }
  if (search.payable !== undefined) {
    chips.push({
      key: "payable",
      words: search.payable ? "Can be paid" : "Can't be paid now",
      onRemove: () => change({ payable: undefined }),
    });
  }
  if (search.institution_id) {
    chips.push({
      key: "institution",
      words: `Of ${institutionName(search.institution_id)}`,
      onRemove: () => change({ institution_id: undefined }),
    });
  }
  const filtered = chips.length > 0 || Boolean(search.text);
  return (
    <>
      <PageHeader
        title="Hosts"
        state={
          list.totalRows === null
            ? null
            : `${counted(list.totalRows, "host")}${filtered ? " of this filter" : ""}.`
        }
      />
      <LedgerTable
        name="Hosts"
        columns={COLUMNS}
        {...list}
        rowId={(row) => row.host_id}
        sort={sort}
        onSort={(next) => change({ sort: next.column, descending: next.descending })}
        onOpen={(row) => change({ open: row.host_id })}
        toolbar={
          <FilterChips
            text={{ value: search.text ?? "", label: "Name or id of a host", onChange: onText }}
            chips={chips}
            choices={[
              {
                label: "Payouts",
                options: [
                  { label: "Can be paid", onPick: () => change({ payable: true }) },
                  { label: "Can't be paid now", onPick: () => change({ payable: false }) },
                ],
              },
              {
                label: "State",
                options: (Object.keys(HOST_STATUS) as HostStatus[]).map((status) => ({
                  label: HOST_STATUS[status].word,
                  onPick: () => change({ status }),
                })),
              },
              {
                label: "Institution",
                options: (institutions.data ?? []).map((institution) => ({
                  label: institution.name,
                  onPick: () => change({ institution_id: institution.institution_id }),
                })),
              },
            ]}
          />
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="host"
              filtered={filtered}
              totals={list.totals}
            />
          ),
        }}
        empty={
          filtered ? (
            <EmptyState title="Nothing matches">Take a filter away.</EmptyState>
          ) : (
            <EmptyState
              title="No hosts yet"
              action={<LinkButton to="/imports">Import the hosts file</LinkButton>}
            >
              Hosts come from the platform's hosts export. One that only bookings name is listed as
              not verified: its money accrues and is carried.
            </EmptyState>
          )
        }
      />
      {search.open ? (
        <HostDrawer hostId={search.open} onClose={() => change({ open: undefined })} />
      ) : null}
    </>
  );
}
