import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { type Chip, FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { useSignedIn } from "../../components/ledger_context";
import { PageHeader } from "../../components/PageHeader";
import { RightDrawer } from "../../components/RightDrawer";
import { SubjectLink } from "../../components/SubjectLink";
import { Tabs } from "../../components/Tabs";
import type { AuditEvent } from "../../ipc";
import { usePaged } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, EN_DASH, formatCount } from "../../lib/money";
import { BOOK_TABS } from "./Books";
import { DateRange } from "./DateRange";

const route = getRouteApi("/books/audit");

export type AuditSearch = { by?: string; action?: string; from?: string; to?: string };

const COLUMNS: LedgerColumn<AuditEvent>[] = [
  {
    id: "sequence",
    header: "No.",
    width: 90,
    align: "right",
    cell: (row) => formatCount(row.sequence),
  },
  { id: "at", header: "When", width: 192, cell: (row) => <InstantText at={row.at} /> },
  { id: "by", header: "Who", width: 120, cell: (row) => row.by },
  {
    id: "summary",
    header: "What",
    width: 300,
    grow: true,
    cell: (row) => <span title={row.summary}>{row.summary}</span>,
  },
  { id: "reason", header: "Reason", width: 320, cell: (row) => row.reason ?? EN_DASH },
  { id: "action", header: "Action", width: 190, hidden: true, cell: (row) => row.action },
];

export function Audit() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/books/audit" });
  const { ledger } = useSignedIn();
  const [opened, setOpened] = useState<AuditEvent | null>(null);
  const list = usePaged("list_audit", {
    filter: {
      by: search.by ?? null,
      action: search.action ?? null,
      subject_kind: null,
      subject_id: null,
      from: search.from ?? null,
      to: search.to ?? null,
    },
  });
  const change = (next: Partial<AuditSearch>) => navigate({ search: { ...search, ...next } });
  const chip = (key: keyof AuditSearch, words: string): Chip => ({
    key,
    words,
    onRemove: () => change({ [key]: undefined }),
  });
  const chips: Chip[] = [
    ...(search.by ? [chip("by", `By ${search.by}`)] : []),
    ...(search.action ? [chip("action", `Action ${search.action}`)] : []),
    ...(search.from ? [chip("from", `From ${dateInWords(search.from)}`)] : []),
    ...(search.to ? [chip("to", `Until ${dateInWords(search.to)}`)] : []),
  ];
  const actions = [...new Set(list.rows.map((row) => row.action))].sort();
  return (
    <>
      <PageHeader
        title="Audit trail"
        state={
          list.totalRows === null
            ? null
            : `${counted(list.totalRows, "event")}. Each carries the digest of the one before; the check proves the chain.`
        }
      />
      <Tabs name="Books" tabs={BOOK_TABS} />
      <LedgerTable
        name="Audit trail"
        columns={COLUMNS}
        {...list}
        rowId={(row) => String(row.sequence)}
        onOpen={setOpened}
        toolbar={
          <>
            <DateRange
              from={search.from ?? null}
              to={search.to ?? null}
              onChange={(from, to) => change({ from: from ?? undefined, to: to ?? undefined })}
            />
            <FilterChips
              chips={chips}
              choices={[
                {
                  label: "Who",
                  options: ledger.user_names.map((by) => ({
                    label: by,
                    onPick: () => change({ by }),
                  })),
                },
                {
                  label: "Action",
                  options: actions.map((action) => ({
                    label: action,
                    onPick: () => change({ action }),
                  })),
                },
              ]}
            />
          </>
        }
        footer={{
          label: (
            <FilteredTotal totalRows={list.totalRows} one="event" filtered={chips.length > 0} />
          ),
        }}
        empty={<EmptyState title="Nothing matches">Take a filter away.</EmptyState>}
      />
      {opened ? (
        <RightDrawer
          key={opened.sequence}
          title={`Event ${formatCount(opened.sequence)}`}
          subtitle={opened.action}
          onClose={() => setOpened(null)}
        >
          <p style={{ marginBottom: 16 }}>{opened.summary}</p>
          <Facts
            facts={[
              ["When", <InstantText key="at" at={opened.at} />],
              ["Who", opened.by],
              ["About", <SubjectLink key="subject" subject={opened.subject} />],
              ["Reason", opened.reason],
              [
                "Digest",
                <span key="digest" className="mono">
                  {opened.digest}
                </span>,
              ],
            ]}
          />
        </RightDrawer>
      ) : null}
    </>
  );
}
