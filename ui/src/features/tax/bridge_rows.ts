// The bridge from box 1a to what was paid, as a table. Pure.

import type { TaxBridge, TaxBridgeRow } from "../../ipc";
import { isZero, negateDecimal } from "../../lib/money";

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

type Column = { title: string; key: keyof TaxBridgeRow; deducted?: boolean };

/** In the order in which they lead from one balance to the next. */
export const BRIDGE_COLUMNS: Column[] = [
  { title: "Carried in", key: "carried_in" },
  { title: "Gross", key: "gross" },
  { title: "Refunds", key: "refunds", deducted: true },
  { title: "Platform fees", key: "platform_fees", deducted: true },
  { title: "Processing fees", key: "processing_fees", deducted: true },
  { title: "Adjustments", key: "adjustments" },
  { title: "Tax withheld", key: "withheld", deducted: true },
  { title: "Paid", key: "paid", deducted: true },
  { title: "Carried out", key: "carried_out" },
];

/** The figures of a row as they add up: what is deducted stands below zero. */
export function bridgeCells(row: TaxBridgeRow): string[] {
  return BRIDGE_COLUMNS.map(({ key, deducted }) =>
    deducted && !isZero(row[key]) ? negateDecimal(row[key]) : row[key],
  );
}

/** The twelve months and the year. */
export function bridgeRows(bridge: TaxBridge): { name: string; cells: string[]; sum: boolean }[] {
  return [
    ...bridge.months.map((row, index) => ({
      name: MONTHS[index] ?? "",
      cells: bridgeCells(row),
      sum: false,
    })),
    { name: "Year", cells: bridgeCells(bridge.year), sum: true },
  ];
}
