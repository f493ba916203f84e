import type { Money } from "../ipc";
import { counted } from "../lib/money";
import { MoneyList } from "./Money";

/** The label of a totals row: always says that it sums everything the filter lets through. */
export function FilteredTotal(props: {
  totalRows: number | null;
  one: string;
  many?: string;
  filtered: boolean;
  totals?: readonly Money[];
}) {
  const { totalRows, one, many, filtered, totals } = props;
  return (
    <>
      {filtered ? "Filtered: " : "All: "}
      {totalRows === null ? "" : counted(totalRows, one, many)}
      {totals && totals.length > 0 ? (
        <>
          {" · "}
          <MoneyList totals={totals} />
        </>
      ) : null}
    </>
  );
}
