import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Money } from "../ipc";
import { counted, formatCount, formatMoneyList } from "../lib/money";

type Props = {
  count: number;
  one: string;
  totals?: Money[];
  /** Offered while more rows match the filter than are selected. */
  all?: { total: number | null; onSelect: () => void };
  onClear: () => void;
  children: ReactNode;
};

/** Stands in the place of the filters while rows are selected: count, sum, and what can be done. */
export function BulkBar({ count, one, totals, all, onClear, children }: Props) {
  return (
    <>
      <span className="figure" role="status">
        <strong>{counted(count, one)}</strong> selected
        {totals ? `, ${formatMoneyList(totals)}` : ""}
      </span>
      {children}
      {all?.total && all.total > count ? (
        <Button size="xs" variant="subtle" onClick={all.onSelect}>
          Select all {formatCount(all.total)}
        </Button>
      ) : null}
      <Button size="xs" variant="subtle" onClick={onClear}>
        Clear
      </Button>
    </>
  );
}
