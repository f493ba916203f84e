// What all parts of Tax share: the year looked at, its season, the head of the page.

import { Select } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { PageHeader } from "../../components/PageHeader";
import { Tabs } from "../../components/Tabs";
import { useRead } from "../../ipc/hooks";
import type { TaxMay } from "./season_path";

/** The year of the address; without one the newest, which is the business date's. */
export function useTaxYear(given: number | undefined) {
  const { ledger } = useSignedIn();
  const found = useRead("list_tax_years", null);
  const known = found.data ?? [];
  const year = given ?? known[0] ?? Number(ledger.business_date.slice(0, 4));
  return { year, years: known.includes(year) ? known : [year, ...known] };
}

export function useSeason(year: number) {
  return useRead("get_tax_season", { year });
}

export function useTaxMay(): TaxMay {
  return { prepare: useMay("PREPARE"), approve: useMay("APPROVE"), send: useMay("SEND") };
}

type Props = {
  title: string;
  state: ReactNode;
  /** Kept in the links to the other parts. */
  year: number | undefined;
  /** Given where the part is about one year. */
  choose?: { years: number[]; onYear: (year: number) => void };
  actions?: ReactNode;
};

export function TaxHead({ title, state, year, choose, actions }: Props) {
  const search = year === undefined ? undefined : { year };
  const parts = [
    { to: "/tax", label: "Season", exact: true },
    { to: "/tax/forms", label: "Forms" },
    { to: "/tax/corrections", label: "Corrections" },
    { to: "/tax/profiles", label: "Profiles" },
    { to: "/tax/rules", label: "Rules" },
  ];
  return (
    <>
      <PageHeader
        title={title}
        state={state}
        actions={
          choose || actions ? (
            <>
              {choose ? (
                <Select
                  aria-label="Tax year"
                  w={92}
                  allowDeselect={false}
                  data={choose.years.map(String)}
                  value={year === undefined ? null : String(year)}
                  onChange={(value) => (value ? choose.onYear(Number(value)) : undefined)}
                />
              ) : null}
              {actions}
            </>
          ) : null
        }
      />
      <Tabs name="Tax" tabs={parts.map((part) => ({ ...part, search }))} />
    </>
  );
}
