import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { withCurrency } from "../../components/columns";
import { DateText, InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { Facts, Section } from "../../components/Facts";
import { type Chip, FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { Money } from "../../components/Money";
import { PageHeader } from "../../components/PageHeader";
import { RightDrawer } from "../../components/RightDrawer";
import { SubjectLink } from "../../components/SubjectLink";
import { Tabs } from "../../components/Tabs";
import type { JournalEntry, SubjectKind } from "../../ipc";
import { usePaged } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, EN_DASH, onlyCurrency } from "../../lib/money";
import { asSentence } from "../../lib/words";
import { BOOK_TABS } from "./Books";
import { DateRange } from "./DateRange";
import { EntryPostings } from "./EntryPostings";

const route = getRouteApi("/books/journal");

export type JournalSearch = {
  account?: string;
  currency?: string;
  kind?: string;
  subject_kind?: SubjectKind;
  subject_id?: string;
  from?: string;
  to?: string;
};

function columns(currency: string | null): LedgerColumn<JournalEntry>[] {
  return [
    {
      id: "effective",
      header: "Date",
      width: 116,
      cell: (row) => <DateText date={row.effective_date} />,
    },
    {
      id: "kind",
      header: "Event",
      width: 176,
      cell: (row) => (row.reverses_id ? `Reversal: ${row.kind}` : asSentence(row.kind)),
    },
    {
      id: "subject",
      header: "About",
      width: 176,
      cell: (row) => row.subject.label,
    },
    {
      id: "amount",
      header: withCurrency("Amount", currency),
      width: 140,
      align: "right",
      cell: (row) => <Money {...row.amount} showCurrency={!currency} />,
    },
    {
      id: "accounts",
      header: "Postings",
      width: 200,
      grow: true,
      cell: (row) => {
        const accounts = row.postings.map((posting) => posting.account).join(" · ");
        return <span title={accounts}>{accounts}</span>;
      },
    },
    {
      id: "recorded",
      header: "Recorded",
      width: 192,
      hidden: true,
      cell: (row) => <InstantText at={row.recorded_at} />,
    },
    { id: "host", header: "Host", width: 150, hidden: true, cell: (row) => row.host_id ?? EN_DASH },
  ];
}

export function Journal() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/books/journal" });
  const list = usePaged("list_journal", {
    filter: {
      account: search.account ?? null,
      currency: search.currency ?? null,
      kind: search.kind ?? null,
      subject_kind: search.subject_kind ?? null,
      subject_id: search.subject_id ?? null,
      from: search.from ?? null,
      to: search.to ?? null,
    },
  });
  const [opened, setOpened] = useState<JournalEntry | null>(null);
  const currency = onlyCurrency(list.totals);
  const shown = useMemo(() => columns(currency), [currency]);
  const change = (next: Partial<JournalSearch>) => navigate({ search: { ...search, ...next } });

  const chip = (key: keyof JournalSearch, words: string): Chip => ({
    key,
    words,
    onRemove: () => change({ [key]: undefined }),
  });
  const chips: Chip[] = [
    ...(search.account ? [chip("account", `On ${search.account}`)] : []),
    ...(search.currency ? [chip("currency", `In ${search.currency}`)] : []),
    ...(search.kind ? [chip("kind", `Event: ${search.kind}`)] : []),
    ...(search.subject_id ? [chip("subject_id", `About ${search.subject_id}`)] : []),
    ...(search.from ? [chip("from", `From ${dateInWords(search.from)}`)] : []),
    ...(search.to ? [chip("to", `Until ${dateInWords(search.to)}`)] : []),
  ];
  const kinds = [...new Set(list.rows.map((row) => row.kind))].sort();
  return (
    <>
      <PageHeader
        title="Journal"
        state={
          list.totalRows === null
            ? null
            : `${counted(list.totalRows, "entry", "entries")}${search.account ? ` on ${search.account}` : ""}. Entries are never changed or deleted, only reversed.`
        }
      />
      <Tabs name="Books" tabs={BOOK_TABS} />
      <LedgerTable
        name="Journal"
        columns={shown}
        {...list}
        rowId={(row) => row.entry_id}
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
              choices={
                kinds.length > 0
                  ? [
                      {
                        label: "Event",
                        options: kinds.map((kind) => ({
                          label: kind,
                          onPick: () => change({ kind }),
                        })),
                      },
                    ]
                  : []
              }
            />
          </>
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="entry"
              many="entries"
              filtered={chips.length > 0}
              totals={list.totals}
            />
          ),
        }}
        empty={
          <EmptyState
            title={chips.length > 0 ? "Nothing matches" : "No entries yet"}
            action={
              chips.length > 0 ? undefined : <LinkButton to="/imports">Import bookings</LinkButton>
            }
          >
            Every import, payout and adjustment posts its entries here by itself; each leads back to
            its booking or payout.
          </EmptyState>
        }
      />
      {opened ? (
        <RightDrawer
          key={opened.entry_id}
          title={asSentence(opened.kind)}
          subtitle={<DateText date={opened.effective_date} words />}
          onClose={() => setOpened(null)}
        >
          <EntryPostings entry={opened} />
          <Section title="Where it comes from">
            <Facts
              facts={[
                ["About", <SubjectLink key="subject" subject={opened.subject} />],
                [
                  "Host",
                  opened.host_id ? (
                    <SubjectLink
                      key="host"
                      subject={{ kind: "HOST", id: opened.host_id, label: opened.host_id }}
                    />
                  ) : null,
                ],
                ["Recorded", <InstantText key="recorded" at={opened.recorded_at} />],
                [
                  "Entry",
                  <span key="id" className="mono">
                    {opened.entry_id}
                  </span>,
                ],
                ["Reverses", opened.reverses_id],
                ["Reversed by", opened.reversed_by_id],
              ]}
            />
          </Section>
        </RightDrawer>
      ) : null}
    </>
  );
}
