import { describe, expect, it } from "vitest";
import type { PayoutFlag, PayoutRow } from "../../ipc";
import { compareTotals, orderPayouts, toLookAt } from "./payout_rows";

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
const mark = (flag: PayoutFlag) => ({ flag, text: `because ${flag}` });
const flagged = [mark("FIRST_PAYOUT")];

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

  const marked = [
    payout("adjusted", { amount: "900.00", flags: [mark("HAS_ADJUSTMENT")] }),
    payout("unusual", { amount: "800.00", flags: [mark("FAR_ABOVE_USUAL")] }),
    payout("first", { amount: "700.00", flags: [mark("FIRST_PAYOUT"), mark("HAS_ADJUSTMENT")] }),
    payout("shared", { amount: "30.00", flags: [mark("SHARED_DESTINATION")] }),
    payout("moved", {
      amount: "26.00",
      flags: [mark("HAS_ADJUSTMENT"), mark("DESTINATION_CHANGED")],
    }),
    payout("plain", { amount: "950.00" }),
  ];

  it("put a changed account above a shared one, a first payout, an unusual sum, an adjustment", () => {
    expect(ids(orderPayouts(marked, null))).toEqual([
      "moved",
      "shared",
      "first",
      "unusual",
      "adjusted",
      "plain",
    ]);
  });

  it("are listed by what to look at", () => {
    const kinds = toLookAt(marked).map((kind) => [kind.flag, ids(kind.rows.map((it) => it.row))]);
    expect(kinds).toEqual([
      ["DESTINATION_CHANGED", ["moved"]],
      ["SHARED_DESTINATION", ["shared"]],
      ["FIRST_PAYOUT", ["first"]],
      ["FAR_ABOVE_USUAL", ["unusual"]],
      ["HAS_ADJUSTMENT", ["moved", "first", "adjusted"]],
    ]);
    expect(toLookAt(marked)[0]?.rows[0]?.text).toBe("because DESTINATION_CHANGED");
    expect(toLookAt([payout("plain")])).toEqual([]);
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
