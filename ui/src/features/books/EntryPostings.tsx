import { Link } from "@tanstack/react-router";
import { DateText } from "../../components/DateText";
import { Money } from "../../components/Money";
import small from "../../components/small.module.css";
import type { JournalEntry } from "../../ipc";
import { asSentence } from "../../lib/words";

/** One journal entry with its postings; each account opens its journal. */
export function EntryPostings({ entry }: { entry: JournalEntry }) {
  return (
    <table className={small.plain} style={{ marginBottom: 12 }}>
      <caption style={{ textAlign: "left", paddingBottom: 2 }}>
        <strong>{asSentence(entry.kind)}</strong>, <DateText date={entry.effective_date} />
        {entry.reverses_id ? " · reversal" : ""}
        {entry.reversed_by_id ? " · reversed later" : ""}
      </caption>
      <tbody>
        {entry.postings.map((posting) => (
          <tr key={`${posting.account}-${posting.currency}-${posting.amount}`}>
            <td>
              <Link to="/books/journal" search={{ account: posting.account }}>
                {posting.account}
              </Link>
            </td>
            <td className={small.right}>
              <Money amount={posting.amount} currency={posting.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
