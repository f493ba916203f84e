import { describe, expect, it } from "vitest";
import { BRIDGE_COLUMNS, bridgeCells, bridgeRows } from "./bridge_rows";
import {
  formFilterInWords,
  profileFilterInWords,
  toFormFilter,
  toProfileFilter,
  without,
} from "./tax_filter";
import { formBadge, ruleInWords, ruleName, rulesInShort, yearsInWords } from "./tax_words";

describe("rules in words", () => {
  const rule = (amount: string, inclusive: boolean, min_transactions: number) =>
    ruleInWords({ amount: { amount, currency: "USD" }, inclusive, min_transactions });

  it("tells more than from or more, and the count", () => {
    expect(rule("20000.00", false, 201)).toBe(
      "more than 20,000.00 USD in more than 200 transactions",
    );
    expect(rule("600.00", true, 0)).toBe("600.00 USD or more");
    expect(rule("1000.00", false, 4)).toBe("more than 1,000.00 USD in more than 3 transactions");
    expect(rule("600.00", true, 2)).toBe("600.00 USD or more in more than 1 transaction");
  });

  it("names places and years", () => {
    expect(["US", "VT", "WITHHELD"].map(ruleName)).toEqual(["Federal", "State VT", "Tax withheld"]);
    expect(rulesInShort(["US", "VT", "WITHHELD"])).toBe("Federal, VT, Withheld");
    expect(yearsInWords({ from_year: 2025, to_year: null })).toBe("from 2025");
    expect(yearsInWords({ from_year: 2024, to_year: 2024 })).toBe("2024 only");
    expect(yearsInWords({ from_year: 2011, to_year: 2023 })).toBe("2011 to 2023");
  });

  it("marks a form that the ledger left behind", () => {
    expect(formBadge({ status: "DRAFT", outdated: true, corrected: false })).toEqual({
      word: "Draft, to make again",
      tone: "amber",
    });
    expect(formBadge({ status: "FILED", outdated: false, corrected: false }).word).toBe("Filed");
    expect(formBadge({ status: "FILED", outdated: false, corrected: true }).word).toBe(
      "Filed, corrected",
    );
  });
});

describe("filters", () => {
  it("say in words what they do", () => {
    const search = { year: 2026, status: "DRAFT", rule: "VT", state: "", kind: "corrections" };
    expect(formFilterInWords(search as never).map((word) => word.words)).toEqual([
      "Draft",
      "Due by: State VT",
      "No state known",
      "Corrections only",
    ]);
    expect(profileFilterInWords({ missing: true, standing: "NO_TIN" })).toHaveLength(2);
  });

  it("ask for what the address says", () => {
    expect(toFormFilter({ kind: "originals", text: " ada " })).toEqual({
      status: null,
      rule: null,
      state: null,
      corrections: false,
      text: "ada",
    });
    expect(toFormFilter({}).corrections).toBeNull();
    // An address such as ?text=1234 is read as a number.
    expect(toProfileFilter({ text: 1234 as never }).text).toBe("1234");
    expect(without({ year: 2026, missing: true }, "missing")).toEqual({ year: 2026 });
  });
});

describe("the bridge", () => {
  const row = {
    carried_in: "10.00",
    gross: "100.00",
    refunds: "20.00",
    platform_fees: "24.00",
    processing_fees: "3.20",
    adjustments: "-5.00",
    withheld: "0.00",
    paid: "57.80",
    carried_out: "0.00",
  };

  it("shows what is deducted below zero, and zero as it is", () => {
    expect(bridgeCells(row)).toEqual([
      "10.00",
      "100.00",
      "-20.00",
      "-24.00",
      "-3.20",
      "-5.00",
      "0.00",
      "-57.80",
      "0.00",
    ]);
    expect(BRIDGE_COLUMNS).toHaveLength(9);
  });

  it("has twelve months and the year", () => {
    const rows = bridgeRows({ currency: "USD", months: Array(12).fill(row), year: row });
    expect(rows.map((one) => one.name).slice(-2)).toEqual(["December", "Year"]);
    expect(rows.filter((one) => one.sum)).toHaveLength(1);
  });
});
