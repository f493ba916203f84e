import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { EmptyState } from "../../components/EmptyState";
import { FilterChips, type FilterChoice } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { useSignedIn } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import type { TaxFormStatus, TaxSeason } from "../../ipc";
import { usePaged } from "../../ipc/hooks";
import { counted, onlyCurrency } from "../../lib/money";
import { FormDrawer } from "./FormDrawer";
import { formColumns } from "./form_columns";
import { SeasonButtons } from "./SeasonButtons";
import classes from "./tax.module.css";
import { TaxHead, useSeason, useTaxYear } from "./tax_desk";
import { type FormSearch, formFilterInWords, stateName, toFormFilter, without } from "./tax_filter";
import { FORM_STATUS, otherFiler, ruleName } from "./tax_words";
import { useSeasonActs } from "./useSeasonActs";

const route = getRouteApi("/tax/forms");

/** Every form of a year, and the steps of the season. */
export function TaxForms() {
  const search: FormSearch = route.useSearch();
  const navigate = useNavigate({ from: "/tax/forms" });
  const { ledger } = useSignedIn();
  const { year, years } = useTaxYear(search.year);
  const found = useSeason(year);
  const season = found.data?.year === year ? found.data : undefined;
  const acts = useSeasonActs(season);
  const list = usePaged("list_tax_forms", { year, ...toFormFilter(search) });
  const currency = onlyCurrency(list.totals);
  const columns = useMemo(() => formColumns(currency), [currency]);
  const change = useCallback((next: FormSearch) => navigate({ search: next }), [navigate]);
  const onText = useCallback(
    (text: string) => change({ ...search, text: text || undefined }),
    [change, search],
  );
  const words = formFilterInWords(search);
  const filtered = words.length > 0 || Boolean(search.text);
  const only = list.totals.length === 1 ? list.totals[0] : undefined;
  const other = season ? otherFiler(season, ledger.business_date) : null;
  return (
    <>
      <TaxHead
        title={`Forms 1099-K of ${year}`}
        state={season ? sentence(season) : null}
        year={year}
        choose={{
          years,
          onYear: (next) => change({ ...without(search, "open"), year: next }),
        }}
        actions={season && !other ? <SeasonButtons season={season} acts={acts} /> : null}
      />
      <div className={classes.notices}>
        <ErrorNotice error={found.error} />
        {acts.notices}
      </div>
      <LedgerTable
        name="Forms 1099-K"
        columns={columns}
        {...list}
        rowId={(row) => row.form_id}
        onOpen={(row) => change({ ...search, open: row.form_id })}
        toolbar={
          <FilterChips
            text={{
              value: search.text === undefined ? "" : String(search.text),
              label: "Name or id of a host",
              onChange: onText,
            }}
            chips={words.map((word) => ({
              ...word,
              onRemove: () => change(without(search, word.key)),
            }))}
            choices={choices(search, season, change)}
          />
        }
        footer={{
          label: (
            <>
              <FilteredTotal
                totalRows={list.totalRows}
                one="form"
                filtered={filtered}
                totals={only ? [] : list.totals}
              />
              {season && season.counts.void > 0 ? ", void ones not summed" : ""}
            </>
          ),
          cells: only ? { gross: <Money {...only} showCurrency={false} /> } : {},
        }}
        empty={
          filtered ? (
            <EmptyState title="Nothing matches">Take a filter away.</EmptyState>
          ) : other ? (
            <EmptyState
              title={`No forms of ${year}`}
              action={
                <LinkButton to="/settings" variant="default">
                  Open Settings
                </LinkButton>
              }
            >
              {other.join(" ")}
            </EmptyState>
          ) : (
            <EmptyState
              title={`No forms of ${year} yet`}
              action={
                <LinkButton to="/tax" search={{ year }} variant="default">
                  The season
                </LinkButton>
              }
            >
              {season && season.due > 0
                ? `${counted(season.due, "form")} due. Making them writes drafts that follow the ledger until a second person has reviewed them and they are furnished.`
                : "A form is listed here once a host's bookings reach a rule and it is made. Nothing is due now."}
            </EmptyState>
          )
        }
      />
      {search.open ? (
        <FormDrawer
          key={search.open}
          formId={search.open}
          year={year}
          onClose={() => change(without(search, "open"))}
        />
      ) : null}
      {acts.modals}
    </>
  );
}

/** "8 drafts, 2 reviewed, 40 furnished, 0 filed." */
function sentence({ counts, to_make }: TaxSeason): string {
  const parts = [
    counted(counts.draft, "draft"),
    `${counts.reviewed} reviewed`,
    `${counts.furnished} furnished`,
    `${counts.filed} filed`,
  ];
  if (counts.void > 0) {
    parts.push(`${counts.void} void`);
  }
  const open = to_make.length > 0 ? `; ${counted(to_make.length, "form")} to make` : "";
  return `${parts.join(", ")}${open}.`;
}

function choices(
  search: FormSearch,
  season: TaxSeason | undefined,
  change: (search: FormSearch) => void,
): FilterChoice[] {
  const pick = (part: Partial<FormSearch>) => () => change({ ...search, ...part });
  return [
    {
      label: "Status",
      options: (Object.keys(FORM_STATUS) as TaxFormStatus[]).map((status) => ({
        label: FORM_STATUS[status].word,
        onPick: pick({ status }),
      })),
    },
    {
      label: "Due by",
      options: (season?.by_rule ?? []).map(({ name }) => ({
        label: ruleName(name),
        onPick: pick({ rule: name }),
      })),
    },
    {
      label: "State",
      options: (season?.by_state ?? []).map(({ name }) => ({
        label: stateName(name),
        onPick: pick({ state: name }),
      })),
    },
    {
      label: "Kind",
      options: [
        { label: "Originals only", onPick: pick({ kind: "originals" }) },
        { label: "Corrections only", onPick: pick({ kind: "corrections" }) },
      ],
    },
  ].filter((choice) => choice.options.length > 0);
}
