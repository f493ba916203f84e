// The filter of the disputes desk: its address form, its request form, and its words.

import type { DisputeFilter, DisputeKind } from "../../ipc";
import { DISPUTE_KIND } from "./dispute_words";

/** As it stands in the address. Without `state`, only open ones are listed. */
export type DisputeSearch = {
  state?: "decided" | "all";
  kind?: DisputeKind;
  owner?: "mine" | "nobody";
  due?: boolean;
  host_id?: string;
  text?: string;
  open?: string;
};

export function toFilter(search: DisputeSearch, me: string): DisputeFilter {
  return {
    open: search.state === "all" ? null : search.state !== "decided",
    kind: search.kind ?? null,
    owner: search.owner === "mine" ? me : search.owner === "nobody" ? "" : null,
    due_soon: search.due ?? false,
    host_id: search.host_id ?? null,
    booking_id: null,
    text: search.text?.trim() ? search.text.trim() : null,
  };
}

export type FilterWord = { key: keyof DisputeSearch; words: string };

/** One entry per part of the filter that can be taken away, in the words a person would use. */
export function filterInWords(search: DisputeSearch): FilterWord[] {
  const words: FilterWord[] = [];
  const add = (key: keyof DisputeSearch, text: string | false | undefined) => {
    if (text) {
      words.push({ key, words: text });
    }
  };
  if (search.state !== "all") {
    words.push({ key: "state", words: search.state === "decided" ? "Decided" : "Open" });
  }
  add("kind", search.kind && `${DISPUTE_KIND[search.kind]}s`);
  add("owner", search.owner && (search.owner === "mine" ? "With me" : "With nobody"));
  add("due", search.due && "Evidence due within 7 days");
  add("host_id", search.host_id && `Host ${search.host_id}`);
  return words;
}

/** The search with one part taken away. The state taken away shows all. */
export function without(search: DisputeSearch, key: keyof DisputeSearch): DisputeSearch {
  const next = { ...search };
  delete next[key];
  return key === "state" ? { ...next, state: "all" } : next;
}
