import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { DateText } from "../../components/DateText";
import { Money, MoneyList } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import small from "../../components/small.module.css";
import type { PayoutLine } from "../../ipc";
import type { Paged } from "../../ipc/hooks";
import { counted } from "../../lib/money";

/** Every line of a payout: their sum is the payout, to the cent. */
export function PayoutLines({ lines }: { lines: Paged<PayoutLine> }) {
  return (
    <>
      <ErrorNotice error={lines.error} />
      <table className={small.plain}>
        <thead>
          <tr>
            <th scope="col">On</th>
            <th scope="col">Line</th>
            <th scope="col" className={small.right}>
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.rows.map((line) => (
            <tr key={line.booking_id ?? line.adjustment_id ?? line.text}>
              <td>
                <DateText date={line.on} />
              </td>
              <td>
                {line.booking_id ? (
                  <Link to="/commissions/$bookingId" params={{ bookingId: line.booking_id }}>
                    {line.booking_id}
                  </Link>
                ) : (
                  <strong>Adjustment</strong>
                )}
                <div className="quiet">{line.text}</div>
              </td>
              <td className={small.right}>
                <Money amount={line.amount} currency={line.currency} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {lines.totalRows === null ? "" : `All ${counted(lines.totalRows, "line")}`}
            </th>
            <td className={small.right}>
              <MoneyList totals={lines.totals} />
            </td>
          </tr>
        </tfoot>
      </table>
      {lines.hasMore ? (
        <Button variant="default" size="xs" mt="sm" onClick={lines.loadMore}>
          More lines
        </Button>
      ) : null}
    </>
  );
}
