import { dateInWords, instantInZone } from "../lib/dates";
import { EN_DASH } from "../lib/money";
import { useTimeZone } from "./ledger_context";

/** "2026-03-09" in tables; "Mon 9 Mar 2026" with `words`. */
export function DateText({ date, words = false }: { date: string | null; words?: boolean }) {
  if (date === null) {
    return <span>{EN_DASH}</span>;
  }
  return (
    <time className="figure" dateTime={date} title={dateInWords(date)}>
      {words ? dateInWords(date) : date}
    </time>
  );
}

/** A moment in the ledger's business time zone, which is always named. */
export function InstantText({ at }: { at: string | null }) {
  const timeZone = useTimeZone();
  if (at === null) {
    return <span>{EN_DASH}</span>;
  }
  return (
    <time className="figure" dateTime={at}>
      {instantInZone(at, timeZone)}
    </time>
  );
}
