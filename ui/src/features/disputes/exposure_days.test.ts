import { expect, it } from "vitest";
import { daysOf } from "./exposure_days";

const end = (on: string, amount: string, currency = "USD") => ({
  on,
  amount: { amount, currency },
});

it("draws every day until the last one, the largest at full height", () => {
  const ends = [
    end("2026-03-13", "20.00"),
    end("2026-03-12", "500", "JPY"),
    end("2026-03-15", "40.00"),
  ];
  expect(daysOf(ends, "USD", "2026-03-12")).toEqual([
    { on: "2026-03-12", amount: "0", height: 0 },
    { on: "2026-03-13", amount: "20.00", height: 0.5 },
    { on: "2026-03-14", amount: "0", height: 0 },
    { on: "2026-03-15", amount: "40.00", height: 1 },
  ]);
  expect(daysOf(ends, "EUR", "2026-03-12")).toEqual([]);
});
