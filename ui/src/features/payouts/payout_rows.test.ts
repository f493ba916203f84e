import { describe, expect, it } from "vitest";
import type { PayoutRow } from "../../ipc";
import { compareTotals, orderPayouts } from "./payout_rows";

function payout(id: string, change: Partial<PayoutRow> = {}): PayoutRow {
  return {
    payout_id: id,
    host_id: id,
    host_name: id,
    institution_id: "platform-creators",
    destination: "acct_1",
    currency: "USD",
    amount: "50.00",
    last_amount: null,
    lines: 3,
    status: "PENDING",
    stale: false,
    stale_because: [],
    flags: [],
    failed_reason: null,
    transfer: null,
    notes: [],
    left_to_return: null,
    recorded_return: false,
    ...change,
  };
}

const ids = (rows: PayoutRow[]) => rows.map((row) => row.payout_id);
const flagged = [{ flag: "FIRST_PAYOUT" as const, text: "First payout" }];

describe("payouts of a batch", () => {
  it("put what has to be looked at first", () => {
    const rows = [
      payout("plain", { amount: "900.00" }),
      payout("small", { amount: "30.00" }),
      payout("flagged", { flags: flagged }),
      payout("stale", { stale: true }),
      payout("failed", { status: "FAILED" }),
    ];
    expect(ids(orderPayouts(rows, null))).toEqual(["stale", "failed", "flagged", "plain", "small"]);
  });

  it("sort amounts by value within a currency", () => {
    const rows = [
      payout("a", { amount: "100.00" }),
      payout("b", { amount: "25.00" }),
      payout("c", { amount: "20000", currency: "JPY" }),
    ];
    expect(ids(orderPayouts(rows, { column: "amount", descending: false }))).toEqual([
      "c",
      "b",
      "a",
    ]);
    expect(ids(orderPayouts(rows, { column: "amount", descending: true }))).toEqual([
      "a",
      "b",
      "c",
    ]);
  });
});

describe("totals beside the batch before", () => {
  it("show the difference, what is new and what is gone", () => {
    const rows = compareTotals(
      [
        { currency: "USD", amount: "110.00", payouts: 2 },
        { currency: "EUR", amount: "40.00", payouts: 1 },
      ],
      [
        { currency: "USD", amount: "150.00", payouts: 3 },
        { currency: "JPY", amount: "5000", payouts: 1 },
      ],
    );
    expect(rows.map((row) => [row.currency, row.amount, row.difference])).toEqual([
      ["USD", "110.00", "-40.00"],
      ["EUR", "40.00", null],
      ["JPY", "0", "-5000"],
    ]);
  });
});
