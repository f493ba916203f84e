import { Money } from "../../components/Money";
import small from "../../components/small.module.css";
import type { ImportKind, ImportTotal } from "../../ipc";
import { EN_DASH, formatCount } from "../../lib/money";

/** The sums of a file per currency, to hold against the platform's own report. */
export function ImportTotals({ kind, totals }: { kind: ImportKind; totals: ImportTotal[] }) {
  const isBookings = kind === "BOOKINGS";
  return (
    <table className={small.plain}>
      <thead>
        <tr>
          <th scope="col">Currency</th>
          <th scope="col" className={small.right}>
            Rows
          </th>
          <th scope="col" className={small.right}>
            {isBookings ? "Price" : "Amount"}
          </th>
          {isBookings ? (
            <th scope="col" className={small.right}>
              Refunded
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {totals.map((total) => (
          <tr key={total.currency}>
            <td>{total.currency}</td>
            <td className={small.right}>
              {total.rows === null ? EN_DASH : formatCount(total.rows)}
            </td>
            <td className={small.right}>
              <Money amount={total.price} currency={total.currency} showCurrency={false} />
            </td>
            {isBookings ? (
              <td className={small.right}>
                <Money amount={total.refunded} currency={total.currency} showCurrency={false} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
