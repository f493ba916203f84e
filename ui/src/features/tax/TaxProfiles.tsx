import { Button, Menu } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useActions } from "../../components/actions";
import { EmptyState } from "../../components/EmptyState";
import { FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { Money } from "../../components/Money";
import type { TaxStanding } from "../../ipc";
import { usePaged } from "../../ipc/hooks";
import { counted, onlyCurrency } from "../../lib/money";
import { ProfileDrawer } from "./ProfileDrawer";
import { profileColumns } from "./profile_columns";
import { TinAnswersModal, TinFileModal } from "./TinMatching";
import { TaxHead, useTaxMay, useTaxYear } from "./tax_desk";
import { type ProfileSearch, profileFilterInWords, toProfileFilter, without } from "./tax_filter";
import { STANDING } from "./tax_words";

const route = getRouteApi("/tax/profiles");

/** Who hosts are to the tax authority, and how near they are to a form. */
export function TaxProfiles() {
  const search: ProfileSearch = route.useSearch();
  const navigate = useNavigate({ from: "/tax/profiles" });
  const may = useTaxMay();
  const { year, years } = useTaxYear(search.year);
  const list = usePaged("list_tax_profiles", { year, ...toProfileFilter(search) });
  const [matching, setMatching] = useState<"FILE" | "ANSWERS" | null>(null);
  const currency = onlyCurrency(list.totals);
  const columns = useMemo(() => profileColumns(currency), [currency]);
  const change = useCallback((next: ProfileSearch) => navigate({ search: next }), [navigate]);
  const onText = useCallback(
    (text: string) => change({ ...search, text: text || undefined }),
    [change, search],
  );
  useActions([
    {
      label: "Only hosts that lack something",
      group: "This page",
      run: () => change({ ...search, missing: true }),
    },
    ...(may.prepare
      ? ([
          {
            label: "Write the file for TIN matching",
            group: "This page",
            run: () => setMatching("FILE"),
          },
          {
            label: "Take in the answers of TIN matching",
            group: "This page",
            run: () => setMatching("ANSWERS"),
          },
        ] as const)
      : []),
  ]);
  const words = profileFilterInWords(search);
  const filtered = words.length > 0 || Boolean(search.text);
  const only = list.totals.length === 1 ? list.totals[0] : undefined;
  const host = search.host === undefined ? undefined : String(search.host);
  return (
    <>
      <TaxHead
        title="Tax profiles"
        state={
          list.totalRows === null
            ? null
            : `${counted(list.totalRows, "host")}${filtered ? " of this filter" : ""}, with the figures of ${year}.`
        }
        year={year}
        choose={{ years, onYear: (next) => change({ ...search, year: next }) }}
        actions={
          <>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" disabled={!may.prepare}>
                  TIN matching…
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setMatching("FILE")}>Write the file…</Menu.Item>
                <Menu.Item onClick={() => setMatching("ANSWERS")}>Take in the answers…</Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <LinkButton to="/imports" variant="default">
              Import tax profiles
            </LinkButton>
          </>
        }
      />
      <LedgerTable
        name="Tax profiles"
        columns={columns}
        {...list}
        rowId={(row) => row.host_id}
        onOpen={(row) => change({ ...search, host: row.host_id })}
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
            choices={[
              {
                label: "Missing",
                options: [
                  {
                    label: "Something is missing",
                    onPick: () => change({ ...search, missing: true }),
                  },
                ],
              },
              {
                label: "Standing",
                options: (Object.keys(STANDING) as TaxStanding[]).map((standing) => ({
                  label: STANDING[standing].word,
                  onPick: () => change({ ...search, standing }),
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
              totals={only ? [] : list.totals}
            />
          ),
          cells: only ? { gross: <Money {...only} showCurrency={false} /> } : {},
        }}
        empty={
          filtered ? (
            <EmptyState title="Nothing matches">Take a filter away.</EmptyState>
          ) : (
            <EmptyState
              title="No tax profiles yet"
              action={<LinkButton to="/imports">Import tax profiles</LinkButton>}
            >
              The W-9 and W-8 of hosts come with a tax profiles file, under Imports, or are entered
              by hand. Hosts with bookings in {year} are listed here too, with what they lack.
            </EmptyState>
          )
        }
      />
      {host !== undefined ? (
        <ProfileDrawer
          key={`${host} ${year}`}
          hostId={host}
          year={year}
          onClose={() => change(without(search, "host"))}
        />
      ) : null}
      {matching === "FILE" ? <TinFileModal onClose={() => setMatching(null)} /> : null}
      {matching === "ANSWERS" ? (
        <TinAnswersModal year={year} onClose={() => setMatching(null)} />
      ) : null}
    </>
  );
}
