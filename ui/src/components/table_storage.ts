import type { ColumnSizingState, ColumnVisibilityState, Updater } from "@tanstack/react-table";
import { useState } from "react";
import type { LedgerColumn } from "./LedgerTable";

export type StoredColumns = {
  visibility: ColumnVisibilityState;
  sizing: ColumnSizingState;
  setVisibility: (change: Updater<ColumnVisibilityState>) => void;
  setSizing: (change: Updater<ColumnSizingState>) => void;
  reset: () => void;
};

type Kept = { visibility: ColumnVisibilityState; sizing: ColumnSizingState };

function apply<T>(change: Updater<T>, before: T): T {
  return typeof change === "function" ? (change as (before: T) => T)(before) : change;
}

/** Which columns a person chose and how wide; kept on this machine, nothing about money in it. */
export function useStoredColumns<Row>(name: string, columns: LedgerColumn<Row>[]): StoredColumns {
  const key = `hostledger.columns.${name}`;
  const shipped = (): Kept => ({
    visibility: Object.fromEntries(
      columns.filter((column) => column.hidden).map((column) => [column.id, false]),
    ),
    sizing: {},
  });
  const [kept, setKept] = useState<Kept>(() => {
    try {
      const text = localStorage.getItem(key);
      return text ? (JSON.parse(text) as Kept) : shipped();
    } catch {
      return shipped();
    }
  });
  const keep = (change: (before: Kept) => Kept) =>
    setKept((before) => {
      const next = change(before);
      localStorage.setItem(key, JSON.stringify(next));
      return next;
    });
  return {
    ...kept,
    setVisibility: (change) =>
      keep((before) => ({ ...before, visibility: apply(change, before.visibility) })),
    setSizing: (change) => keep((before) => ({ ...before, sizing: apply(change, before.sizing) })),
    reset: () => keep(shipped),
  };
}
