/**
 * What the window asks of the application, read off the generated bindings: every command with
 * its request and its answer. No type is written by hand here; a command or field that changes
 * in Rust changes here, and what no longer fits doesn't compile.
 *
 * Conventions
 * - A command takes no argument, or one called `request`. A long one also takes `progress`, a
 *   Tauri Channel of {@link Progress}, and can be stopped with `cancel_job`.
 * - Every command answers a value or a {@link CommandError}.
 * - Amounts are decimal strings with the currency's digits, rates percent strings ("70.00"),
 *   dates "YYYY-MM-DD", instants RFC 3339 in UTC, ids strings, counts whole numbers below 2^32.
 * - What may be missing is `T | null`, always present.
 * - Lists are paged by key: `cursor` is the `next` of the page before, null for the first page.
 *   `total_rows` and `totals` cover everything the filter lets through, not the page.
 */

import type { Channel } from "@tauri-apps/api/core";
import type { commands as generated, JobsChanged, LedgerChanged } from "./bindings";

export type * from "./bindings";

type Generated = typeof generated;

/** The command's own name: "getSession" is "get_session". */
type Snake<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Text;

/** A command: its request (null: none), its answer, and whether it reports progress. */
type Command<Parameters extends unknown[], Answer> = Parameters extends [Channel<infer _>]
  ? { request: null; answer: Answer; progress: true }
  : Parameters extends [infer Request, Channel<infer _>]
    ? { request: Request; answer: Answer; progress: true }
    : Parameters extends [infer Request]
      ? { request: Request; answer: Answer; progress: false }
      : { request: null; answer: Answer; progress: false };

export type Commands = {
  [Name in keyof Generated & string as Snake<Name>]: Command<
    Parameters<Generated[Name]>,
    Awaited<ReturnType<Generated[Name]>>
  >;
};

export type CommandName = keyof Commands;

/** What the application tells unasked. */
export type Events = { ledger_changed: LedgerChanged; jobs_changed: JobsChanged };
