import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useActions } from "../../components/actions";
import { EmptyState } from "../../components/EmptyState";
import { FilterChips, type FilterChoice } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Tabs } from "../../components/Tabs";
import type { DisputeKind } from "../../ipc";
import { usePaged, useRead } from "../../ipc/hooks";
import { onlyCurrency } from "../../lib/money";
import { DisputeDrawer } from "./DisputeDrawer";
import { DisputeForm } from "./DisputeForm";
import { disputeColumns } from "./dispute_columns";
import { type DisputeSearch, filterInWords, toFilter, without } from "./dispute_filter";
import { DISPUTE_KIND, deskSentence } from "./dispute_words";

const route = getRouteApi("/disputes");

export const DISPUTE_TABS = [
  { to: "/disputes", label: "Desk", exact: true },
  { to: "/disputes/exposure", label: "Exposure" },
];

/** The desk: what is open, the most urgent first. */
export function Disputes() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/disputes" });
  const { ledger, user } = useSignedIn();
  const may = useMay("REVIEW");
  const overview = useRead("get_dispute_overview", null);
  const list = usePaged("list_disputes", { filter: toFilter(search, user.name) });
  const [adding, setAdding] = useState(false);
  const currency = onlyCurrency(list.totals);
  const columns = useMemo(
    () => disputeColumns(currency, ledger.business_date),
    [currency, ledger.business_date],
  );
  const change = useCallback((next: DisputeSearch) => navigate({ search: next }), [navigate]);
  const onText = useCallback(
    (text: string) => change({ ...search, text: text || undefined }),
    [change, search],
  );
  useActions(
    may
      ? [
          {
            label: "Enter a dispute",
            group: "This page",
            keys: "n",
            run: () => setAdding(true),
          },
        ]
      : [],
  );
  const words = filterInWords(search);
  const only = list.totals.length === 1 ? list.totals[0] : undefined;
  const narrowed = Boolean(
    search.kind || search.owner || search.due || search.host_id || search.text,
  );
  const add = (
    <Button onClick={() => setAdding(true)} disabled={!may}>
      Enter a dispute
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Disputes"
        state={overview.data ? deskSentence(overview.data) : null}
        actions={add}
      />
      <Tabs name="Disputes" tabs={DISPUTE_TABS} />
      <ErrorNotice error={overview.error} />
      <LedgerTable
        name="Disputes"
        columns={columns}
        {...list}
        rowId={(row) => row.dispute_id}
        onOpen={(row) => navigate({ search: { ...search, open: row.dispute_id } })}
        toolbar={
          <FilterChips
            text={{
              value: search.text ?? "",
              label: "Dispute, booking or host",
              onChange: onText,
            }}
            chips={words.map((word) => ({
              ...word,
              onRemove: () => change(without(search, word.key)),
            }))}
            choices={choices(search, change)}
          />
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="dispute"
              filtered={words.length > 0 || Boolean(search.text)}
              totals={only ? [] : list.totals}
            />
          ),
          cells: only ? { amount: <Money {...only} showCurrency={false} /> } : {},
        }}
        empty={
          narrowed || search.state ? (
            <EmptyState title="Nothing matches">
              Take a filter away, or look among all disputes.
            </EmptyState>
          ) : (
            <EmptyState
              title="No open disputes"
              action={
                <>
                  {add}
                  <LinkButton to="/imports" variant="default">
                    Import disputes
                  </LinkButton>
                  <Button variant="subtle" onClick={() => change({ state: "all" })}>
                    All disputes
                  </Button>
                </>
              }
            >
              Complaints of participants and chargebacks of their banks are listed here, by the date
              on which evidence is due. They come with a file of the platform or of Stripe, with a
              sync from Stripe, or are entered by hand.
            </EmptyState>
          )
        }
      />
      {search.open ? (
        <DisputeDrawer
          disputeId={search.open}
          onClose={() => navigate({ search: without(search, "open") })}
        />
      ) : null}
      {adding ? <DisputeForm bookingId={null} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function choices(search: DisputeSearch, change: (search: DisputeSearch) => void): FilterChoice[] {
  const pick = (part: Partial<DisputeSearch>) => () => change({ ...search, ...part });
  return [
    {
      label: "State",
      options: [
        { label: "Open", onPick: pick({ state: undefined }) },
        { label: "Decided", onPick: pick({ state: "decided", due: undefined }) },
        { label: "All", onPick: pick({ state: "all" }) },
      ],
    },
    {
      label: "Evidence",
      options: [{ label: "Due within 7 days", onPick: pick({ due: true, state: undefined }) }],
    },
    {
      label: "With",
      options: [
        { label: "Me", onPick: pick({ owner: "mine" }) },
        { label: "Nobody", onPick: pick({ owner: "nobody" }) },
      ],
    },
    {
      label: "Kind",
      options: (Object.keys(DISPUTE_KIND) as DisputeKind[]).map((kind) => ({
        label: `${DISPUTE_KIND[kind]}s`,
        onPick: pick({ kind }),
      })),
    },
  ];
}
