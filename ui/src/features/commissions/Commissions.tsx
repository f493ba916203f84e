import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { BulkBar } from "../../components/BulkBar";
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
import type { CommissionRow, CommissionStatus, Sort } from "../../ipc";
import { usePaged, useRead } from "../../ipc/hooks";
import { addDays } from "../../lib/dates";
import { formatCount, formatMoneyList, onlyCurrency, sumMoney } from "../../lib/money";
import { CAUSE, COMMISSION_STATUS } from "../../lib/words";
import { type BulkAction, BulkActionModal } from "./BulkActionModal";
import { CauseGroups } from "./CauseGroups";
import { CommissionDrawer } from "./CommissionDrawer";
import { commissionColumns } from "./commission_columns";
import { type CommissionSearch, filterInWords, toFilter, without } from "./commission_filter";

const route = getRouteApi("/commissions");
export const COMMISSION_TABS = [
  { to: "/commissions", label: "Commissions", exact: true },
  { to: "/commissions/flags", label: "Fraud flags" },
  { to: "/commissions/rules", label: "How often right" },
];

const NONE: ReadonlySet<string> = new Set();

export function Commissions() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/commissions" });
  const { ledger } = useSignedIn();
  const may = useMay("REVIEW");
  const overview = useRead("get_commission_overview", null);
  const sort: Sort | null = search.sort
    ? { column: search.sort, descending: search.descending ?? false }
    : null;
  const list = usePaged("list_commissions", { filter: toFilter(search), sort });
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const [action, setAction] = useState<BulkAction | null>(null);

  const currency = onlyCurrency(list.totals);
  const columns = useMemo(() => commissionColumns(currency), [currency]);
  const chosen = list.rows.filter((row) => selected.has(row.booking_id));
  const chosenTotals = sumMoney(
    chosen.map((row) => ({ amount: row.host_amount, currency: row.currency })),
  );

  const change = useCallback(
    (next: CommissionSearch) => {
      setSelected(NONE);
      navigate({ search: next });
    },
    [navigate],
  );
  const onText = useCallback(
    (text: string) => change({ ...search, text: text || undefined }),
    [change, search],
  );
  const words = filterInWords(search);
  const only = list.totals.length === 1 ? list.totals[0] : undefined;

  return (
    <>
      <PageHeader
        title="Commissions"
        state={
          overview.data
            ? `${formatCount(overview.data.clear)} clear, ${formatCount(overview.data.need_a_person)} ${overview.data.need_a_person === 1 ? "needs" : "need"} a person${overview.data.need_a_person > 0 ? `, ${formatMoneyList(overview.data.need_a_person_totals)} waiting` : ""}.`
            : null
        }
        actions={
          search.all ? (
            <Button variant="default" onClick={() => change({})}>
              What needs a person
            </Button>
          ) : (
            <Button variant="default" onClick={() => change({ all: true })}>
              All commissions
            </Button>
          )
        }
      />
      <Tabs name="Commissions" tabs={COMMISSION_TABS} />
      <ErrorNotice error={overview.error} />
      {!search.all && overview.data ? (
        <CauseGroups
          groups={overview.data.causes}
          cause={search.cause ?? null}
          onCause={(cause) => change({ ...search, cause: cause ?? undefined })}
        />
      ) : null}
      <LedgerTable
        name="Commissions"
        columns={columns}
        {...list}
        rowId={(row) => row.booking_id}
        sort={sort}
        onSort={(next) =>
          navigate({ search: { ...search, sort: next.column, descending: next.descending } })
        }
        selected={selected}
        onSelect={may ? setSelected : undefined}
        onOpen={(row) => navigate({ search: { ...search, open: row.booking_id } })}
        toolbar={
          chosen.length > 0 ? (
            <BulkBar
              count={chosen.length}
              one="commission"
              totals={chosenTotals}
              all={{
                total: list.totalRows,
                onSelect: async () =>
                  setSelected(new Set((await list.loadAll()).map((row) => row.booking_id))),
              }}
              onClear={() => setSelected(NONE)}
            >
              <BulkButtons rows={chosen} onPick={setAction} />
            </BulkBar>
          ) : (
            <FilterChips
              text={{
                value: search.text ?? "",
                label: "Booking, conversation or host",
                onChange: onText,
              }}
              chips={words.map((word) => ({
                ...word,
                onRemove: () => change(without(search, word.key)),
              }))}
              choices={choices(search, ledger.business_date, list.totals, change)}
            />
          )
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="commission"
              filtered={words.length > 0 || Boolean(search.text)}
              totals={only ? [] : list.totals}
            />
          ),
          cells: only ? { host_amount: <Money {...only} showCurrency={false} /> } : {},
        }}
        empty={
          search.all || search.cause || search.text ? (
            <EmptyState title="Nothing matches">
              Take a filter away, or look among all commissions.
            </EmptyState>
          ) : (
            <EmptyState
              title="Nothing needs a person"
              action={
                <>
                  <Button variant="default" onClick={() => change({ all: true })}>
                    All commissions
                  </Button>
                  <LinkButton to="/imports" variant="subtle">
                    Import bookings
                  </LinkButton>
                </>
              }
            >
              Held, disputed and flagged commissions are listed here, grouped by cause, until
              somebody releases or voids them.
            </EmptyState>
          )
        }
      />
      {search.open ? (
        <CommissionDrawer
          bookingId={search.open}
          onAction={setAction}
          onClose={() => navigate({ search: without(search, "open") })}
        />
      ) : null}
      {action ? (
        <BulkActionModal
          action={action}
          onClose={() => setAction(null)}
          onDone={() => {
            setAction(null);
            setSelected(NONE);
          }}
        />
      ) : null}
    </>
  );
}

function BulkButtons(props: { rows: CommissionRow[]; onPick: (action: BulkAction) => void }) {
  const { rows, onPick } = props;
  const blocked = rows.filter((row) => row.blocks.length > 0);
  return (
    <>
      <Button
        size="xs"
        disabled={blocked.length === 0}
        onClick={() => onPick({ verb: "RELEASE", rows: blocked })}
      >
        Release {blocked.length > 0 ? formatCount(blocked.length) : ""}
      </Button>
      <Button size="xs" variant="default" onClick={() => onPick({ verb: "HOLD", rows })}>
        Hold
      </Button>
      <Button size="xs" variant="default" onClick={() => onPick({ verb: "VOID", rows })}>
        Void
      </Button>
    </>
  );
}

function choices(
  search: CommissionSearch,
  today: string,
  totals: { currency: string }[],
  change: (search: CommissionSearch) => void,
): FilterChoice[] {
  const statuses = Object.keys(COMMISSION_STATUS) as CommissionStatus[];
  return [
    {
      label: "State",
      options: statuses.map((status) => ({
        label: COMMISSION_STATUS[status].word,
        onPick: () => change({ ...search, all: true, cause: undefined, status }),
      })),
    },
    {
      label: "Payable",
      options: [
        {
          label: "Until today",
          onPick: () => change({ ...search, all: true, payable_to: today }),
        },
        {
          label: "In the next 7 days",
          onPick: () =>
            change({
              ...search,
              all: true,
              payable_from: addDays(today, 1),
              payable_to: addDays(today, 7),
            }),
        },
      ],
    },
    {
      label: "Needs a person because",
      options: Object.entries(CAUSE).map(([cause, { title }]) => ({
        label: title,
        onPick: () =>
          change({ ...search, all: undefined, cause: cause as CommissionSearch["cause"] }),
      })),
    },
    ...(totals.length > 1
      ? [
          {
            label: "Currency",
            options: totals.map(({ currency }) => ({
              label: currency,
              onPick: () => change({ ...search, currency }),
            })),
          },
        ]
      : []),
  ];
}
