import { Section } from "../../components/Facts";
import small from "../../components/small.module.css";
import type { TaxBridge } from "../../ipc";
import { formatAmount } from "../../lib/money";
import { BRIDGE_COLUMNS, bridgeRows } from "./bridge_rows";
import classes from "./tax.module.css";

/** From box 1a to what was paid, month by month, tying to the cent. */
export function Bridges({ bridges }: { bridges: TaxBridge[] }) {
  return (
    <>
      {bridges.map((bridge) => (
        <Section key={bridge.currency} title={`From gross to what was paid, ${bridge.currency}`}>
          <section
            className={classes.scrollX}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
            aria-label={`Bridge in ${bridge.currency}`}
          >
            <table className={`${small.plain} ${classes.bridge}`}>
              <thead>
                <tr>
                  <th scope="col">Month</th>
                  {BRIDGE_COLUMNS.map(({ title }) => (
                    <th key={title} scope="col" className={small.right}>
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <Rows bridge={bridge} sum={false} />
              <Rows bridge={bridge} sum />
            </table>
          </section>
        </Section>
      ))}
      <p className="quiet small">
        Each line adds up: carried in, gross, less refunds, fees, tax withheld and what was paid,
        with adjustments, is carried out. Gross counts in box 1a whether or not the host received
        it.
      </p>
    </>
  );
}

function Rows({ bridge, sum }: { bridge: TaxBridge; sum: boolean }) {
  const rows = bridgeRows(bridge).filter((row) => row.sum === sum);
  const lines = rows.map((row) => (
    <tr key={row.name}>
      <th scope="row">{row.name}</th>
      {row.cells.map((amount, index) => (
        <td key={BRIDGE_COLUMNS[index]?.key} className={small.right}>
          {formatAmount(amount)}
        </td>
      ))}
    </tr>
  ));
  return sum ? <tfoot>{lines}</tfoot> : <tbody>{lines}</tbody>;
}
