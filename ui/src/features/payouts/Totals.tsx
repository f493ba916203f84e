import { Money } from "../../components/Money";
import type { BatchTotal } from "../../ipc";
import { shortDateInWords } from "../../lib/dates";
import { EN_DASH, formatCount } from "../../lib/money";
import { compareTotals } from "./payout_rows";
import classes from "./payouts.module.css";

type Props = { totals: BatchTotal[]; last: { date: string | null; totals: BatchTotal[] } | null };

/** Sum and count per currency, beside the batch before. */
export function Totals({ totals, last }: Props) {
  const rows = compareTotals(totals, last?.totals ?? []);
  return (
    <table className={classes.totals}>
      <thead>
        <tr>
          <th scope="col">Total</th>
          <th scope="col">Payouts</th>
          {last ? (
            <>
              <th scope="col">
                {last.date ? `On ${shortDateInWords(last.date)}` : "Batch before"}
              </th>
              <th scope="col">Difference</th>
            </>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.currency}>
            <td className={classes.sum}>
              <Money amount={row.amount} currency={row.currency} />
            </td>
            <td>{formatCount(row.payouts)}</td>
            {last ? (
              <>
                <td>
                  <Money amount={row.last} currency={row.currency} />
                </td>
                <td>
                  {row.difference === null ? (
                    EN_DASH
                  ) : (
                    <Money amount={row.difference} currency={row.currency} />
                  )}
                </td>
              </>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
