// The filters of the forms and of the profiles: their address form, request form, and words.

import type { TaxFormStatus, TaxStanding } from "../../ipc";
import { FORM_STATUS, ruleName, STANDING } from "./tax_words";

/** As it stands in the address. Without a year, the newest is looked at. */
export type FormSearch = {
  year?: number;
  status?: TaxFormStatus;
  rule?: string;
  state?: string;
  kind?: "originals" | "corrections";
  text?: string;
  open?: string;
};

export function toFormFilter(search: FormSearch) {
  return {
    status: search.status ?? null,
    rule: search.rule ?? null,
    state: search.state ?? null,
    corrections: search.kind ? search.kind === "corrections" : null,
    // A state such as "1" or a host called 1234 is read from the address as a number.
    text: textOf(search.text),
  };
}

export type ProfileSearch = {
  year?: number;
  missing?: boolean;
  standing?: TaxStanding;
  text?: string;
  /** The host whose profile is open beside the list. */
  host?: string;
};

export function toProfileFilter(search: ProfileSearch) {
  return {
    missing: search.missing ?? false,
    standing: search.standing ?? null,
    text: textOf(search.text),
  };
}

function textOf(text: unknown): string | null {
  const words = text === undefined || text === null ? "" : String(text).trim();
  return words === "" ? null : words;
}

export type FilterWord<Search> = { key: keyof Search & string; words: string };

export function stateName(state: string): string {
  return state === "" ? "No state known" : `In ${state}`;
}

/** One entry per part of the filter that can be taken away, in the words a person would use. */
export function formFilterInWords(search: FormSearch): FilterWord<FormSearch>[] {
  const words: FilterWord<FormSearch>[] = [];
  if (search.status) {
    words.push({ key: "status", words: FORM_STATUS[search.status].word });
  }
  if (search.rule) {
    words.push({ key: "rule", words: `Due by: ${ruleName(search.rule)}` });
  }
  if (search.state !== undefined) {
    words.push({ key: "state", words: stateName(search.state) });
  }
  if (search.kind) {
    words.push({
      key: "kind",
      words: search.kind === "corrections" ? "Corrections only" : "Originals only",
    });
  }
  return words;
}

export function profileFilterInWords(search: ProfileSearch): FilterWord<ProfileSearch>[] {
  const words: FilterWord<ProfileSearch>[] = [];
  if (search.missing) {
    words.push({ key: "missing", words: "Something is missing" });
  }
  if (search.standing) {
    words.push({ key: "standing", words: STANDING[search.standing].word });
  }
  return words;
}

/** The search with one part taken away. */
export function without<Search extends object>(search: Search, key: keyof Search): Search {
  const next = { ...search };
  delete next[key];
  return next;
}
