import { describe, expect, it } from "vitest";
import {
  addDecimals,
  compareDecimals,
  counted,
  formatAmount,
  formatMoney,
  formatMoneyList,
  formatRate,
  onlyCurrency,
  parseDecimal,
  subtractDecimals,
  sumMoney,
} from "./money";

describe("amounts", () => {
  it("keep the digits of their currency", () => {
    expect(formatAmount("1312.40")).toBe("1,312.40");
    expect(formatAmount("20000")).toBe("20,000");
    expect(formatAmount("1234567.890")).toBe("1,234,567.890");
    expect(formatAmount("0.00")).toBe("0.00");
    expect(formatAmount("999")).toBe("999");
  });

  it("show a true minus", () => {
    expect(formatAmount("-9.62")).toBe("−9.62");
    expect(formatAmount("-1234.00")).toBe("−1,234.00");
    expect(formatMoney({ amount: "-0.05", currency: "USD" })).toBe("−0.05 USD");
  });

  it("refuse what is not a decimal", () => {
    for (const bad of ["", "1,312.40", "1e3", "12.", ".5", "NaN", "0x10"]) {
      expect(() => parseDecimal(bad), bad).toThrow();
    }
  });
});

describe("sums", () => {
  it("are exact where floats are not", () => {
    expect(addDecimals("0.10", "0.20")).toBe("0.30");
    expect(addDecimals("9007199254740993.01", "0.01")).toBe("9007199254740993.02");
    const cents = Array.from({ length: 1000 }, () => ({ amount: "0.01", currency: "USD" }));
    expect(sumMoney(cents)).toEqual([{ amount: "10.00", currency: "USD" }]);
  });

  it("keep small negatives and line up different digits", () => {
    expect(subtractDecimals("0.00", "0.05")).toBe("-0.05");
    expect(addDecimals("1.5", "-2.250")).toBe("-0.750");
  });

  it("never mix currencies", () => {
    expect(
      sumMoney([
        { amount: "13.12", currency: "USD" },
        { amount: "2000", currency: "JPY" },
        { amount: "-3.50", currency: "USD" },
        { amount: "1.250", currency: "KWD" },
      ]),
    ).toEqual([
      { amount: "9.62", currency: "USD" },
      { amount: "2000", currency: "JPY" },
      { amount: "1.250", currency: "KWD" },
    ]);
    expect(sumMoney([])).toEqual([]);
  });

  it("order amounts by value, not by text", () => {
    const sorted = ["100.00", "-5.00", "20.00", "3.5"].sort(compareDecimals);
    expect(sorted).toEqual(["-5.00", "3.5", "20.00", "100.00"]);
  });
});

describe("words", () => {
  it("name several currencies in one sentence", () => {
    expect(formatMoneyList([])).toBe("–");
    expect(formatMoneyList([{ amount: "5.00", currency: "USD" }])).toBe("5.00 USD");
    expect(
      formatMoneyList([
        { amount: "5.00", currency: "USD" },
        { amount: "1", currency: "JPY" },
        { amount: "2.00", currency: "EUR" },
      ]),
    ).toBe("5.00 USD, 1 JPY and 2.00 EUR");
  });

  it("shorten rates and count things", () => {
    expect(formatRate("70.00")).toBe("70 %");
    expect(formatRate("2.90")).toBe("2.9 %");
    expect(formatRate("100")).toBe("100 %");
    expect(counted(1, "payout")).toBe("1 payout");
    expect(counted(1957, "payout")).toBe("1,957 payouts");
    expect(counted(2, "currency", "currencies")).toBe("2 currencies");
  });

  it("find the one currency of a column", () => {
    expect(onlyCurrency([])).toBeNull();
    expect(onlyCurrency([{ currency: "USD" }, { currency: "USD" }])).toBe("USD");
    expect(onlyCurrency([{ currency: "USD" }, { currency: "JPY" }])).toBeNull();
  });
});
