// The filter of the commissions list: its address form, its request form, and its words.

import type { Cause, CommissionFilter, CommissionStatus } from "../../ipc";
import { dateInWords } from "../../lib/dates";
import { CAUSE, COMMISSION_STATUS } from "../../lib/words";

/** As it stands in the address. Without `all`, only what needs a person is listed. */
export type CommissionSearch = {
  all?: boolean;
  cause?: Cause;
  status?: CommissionStatus;
  host_id?: string;
  institution_id?: string;
  currency?: string;
  import_id?: string;
  payout_id?: string;
  payable_from?: string;
  payable_to?: string;
  text?: string;
  sort?: string;
  descending?: boolean;
  open?: string;
};

export function toFilter(search: CommissionSearch): CommissionFilter {
  return {
    blocked: search.all ? null : true,
    cause: search.cause ?? null,
    status: search.status ?? null,
    host_id: search.host_id ?? null,
    institution_id: search.institution_id ?? null,
    currency: search.currency ?? null,
    import_id: search.import_id ?? null,
    payout_id: search.payout_id ?? null,
    payable_from: search.payable_from ?? null,
    payable_to: search.payable_to ?? null,
    text: search.text?.trim() ? search.text.trim() : null,
  };
}

export type FilterWord = { key: keyof CommissionSearch; words: string };

/** One entry per part of the filter that can be taken away, in the words a person would use. */
export function filterInWords(search: CommissionSearch): FilterWord[] {
  const words: FilterWord[] = [];
  const add = (key: keyof CommissionSearch, text: string | false | undefined) => {
    if (text) {
      words.push({ key, words: text });
    }
  };
  if (!search.all && !search.cause) {
    words.push({ key: "all", words: "Needs a person" });
  }
  add("cause", search.cause && CAUSE[search.cause].title);
  add("status", search.status && COMMISSION_STATUS[search.status].word);
  add("host_id", search.host_id && `Host ${search.host_id}`);
  add("institution_id", search.institution_id && `Institution ${search.institution_id}`);
  add("currency", search.currency && `In ${search.currency}`);
  add("import_id", search.import_id && "From one import");
  add("payout_id", search.payout_id && "In one payout");
  add("payable_from", search.payable_from && `Payable from ${dateInWords(search.payable_from)}`);
  add("payable_to", search.payable_to && `Payable until ${dateInWords(search.payable_to)}`);
  return words;
}

/** The search with one part taken away. "Needs a person" taken away shows everything. */
export function without(search: CommissionSearch, key: keyof CommissionSearch): CommissionSearch {
  const next = { ...search };
  delete next[key];
  if (key === "all" || key === "cause") {
    // Leaving a cause goes back to everything that needs a person.
    return key === "all" ? { ...next, all: true } : next;
  }
  return next;
}
