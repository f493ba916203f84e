import { expect, it } from "vitest";
import { filterInWords, toFilter, without } from "./dispute_filter";

it("lists what is open unless asked otherwise", () => {
  expect(toFilter({}, "ana").open).toBe(true);
  expect(toFilter({ state: "decided" }, "ana").open).toBe(false);
  expect(toFilter({ state: "all" }, "ana").open).toBeNull();
});

it("knows mine from nobody's", () => {
  expect(toFilter({ owner: "mine" }, "ana").owner).toBe("ana");
  expect(toFilter({ owner: "nobody" }, "ana").owner).toBe("");
  expect(toFilter({}, "ana").owner).toBeNull();
});

it("says in words what it does, and each part can be taken away", () => {
  const search = { kind: "CHARGEBACK", owner: "mine", due: true } as const;
  expect(filterInWords(search).map((word) => word.words)).toEqual([
    "Open",
    "Chargebacks",
    "With me",
    "Evidence due within 7 days",
  ]);
  expect(without(search, "owner")).toEqual({ kind: "CHARGEBACK", due: true });
  expect(without(search, "state")).toEqual({ ...search, state: "all" });
  expect(filterInWords({ state: "all" })).toEqual([]);
});
