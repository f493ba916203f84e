import { describe, expect, it } from "vitest";
import type { TaxFormCounts, TaxSeason } from "../../ipc";
import { actLabel, nextAct, seasonPath, type TaxMay, whyNot } from "./season_path";
import { otherFiler, seasonBefore, seasonSentence } from "./tax_words";

const usd = (amount: string) => ({ amount, currency: "USD" });
const NONE: TaxFormCounts = { draft: 0, reviewed: 0, furnished: 0, filed: 0, void: 0 };
const ALL: TaxMay = { prepare: true, approve: true, send: true };
const TODAY = "2027-01-11";

function season(
  change: Partial<Omit<TaxSeason, "counts">> & { counts?: Partial<TaxFormCounts> } = {},
) {
  const { counts, ...rest } = change;
  const value: TaxSeason = {
    year: 2026,
    who_files: "LEDGER",
    furnish_by: "2027-02-01",
    file_by: "2027-03-31",
    hosts: 40,
    gross: usd("300000.00"),
    withheld: usd("0.00"),
    due: 8,
    counts: { ...NONE, ...counts },
    to_review: 0,
    to_make: [],
    by_rule: [{ name: "US", forms: 8, gross: usd("182430.11") }],
    by_state: [
      { name: "TX", forms: 5, gross: usd("100000.00") },
      { name: "VT", forms: 3, gross: usd("82430.11") },
    ],
    blocked: [],
    warnings: [],
    corrections: [],
    filings: [],
    filer_missing: [],
    ...rest,
  };
  return value;
}

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `h${index}`);
const filing = (forms: number, filed: boolean) => ({
  filing_id: "f1",
  forms,
  files: ["1099-K-2026-iris-001.csv"],
  written_at: "2027-02-03T10:00:00Z",
  written_by: "Paula",
  receipt: filed ? "R-1" : null,
  filed_at: filed ? "2027-02-04T10:00:00Z" : null,
  filed_by: filed ? "Paula" : null,
});
const blocked = (reason: string) => ({
  host_id: "h9",
  host_name: "Ada",
  reason,
  sentence: "There is no W-9 or W-8. Ask the host for one.",
  because: ["US"],
  gross: usd("3200.00"),
  transactions: 12,
});

const states = (value: TaxSeason, may = ALL) =>
  seasonPath(value, may, TODAY).map((step) => step.state);
const step = (value: TaxSeason, index: number, may = ALL) => {
  const found = seasonPath(value, may, TODAY)[index];
  if (!found) {
    throw new Error("no such step");
  }
  return found;
};

describe("the season as a path", () => {
  it("walks from making to filing", () => {
    const of = (value: TaxSeason) => states(value).slice(1, 5);
    expect(of(season({ to_make: hosts(8) }))).toEqual(["NOW", "LATER", "LATER", "LATER"]);
    expect(of(season({ counts: { draft: 8 }, to_review: 8 }))).toEqual([
      "DONE",
      "NEEDS_A_PERSON",
      "LATER",
      "LATER",
    ]);
    expect(of(season({ counts: { reviewed: 8 } }))).toEqual(["DONE", "DONE", "NOW", "LATER"]);
    expect(of(season({ counts: { furnished: 8 } }))).toEqual(["DONE", "DONE", "DONE", "NOW"]);
    expect(of(season({ counts: { filed: 8 }, filings: [filing(8, true)] }))).toEqual([
      "DONE",
      "DONE",
      "DONE",
      "DONE",
    ]);
  });

  it("names the next act and the sum on its button", () => {
    const next = (value: TaxSeason, may = ALL) => {
      const act = nextAct(value, may, TODAY);
      return act && actLabel(act, value);
    };
    expect(next(season({ to_make: hosts(8) }))).toBe("Make 8 forms");
    expect(next(season({ counts: { draft: 8 }, to_review: 8 }))).toBe("Review 8 forms");
    expect(next(season({ counts: { draft: 8 }, to_review: 0 }))).toBeNull();
    expect(next(season({ counts: { reviewed: 1 } }))).toBe("Furnish 1 form");
    expect(next(season({ counts: { furnished: 8 } }))).toBe("Write the filing…");
    expect(next(season({ counts: { furnished: 8 }, filings: [filing(8, false)] }))).toBe(
      "Record the receipt…",
    );
    expect(
      next(season({ counts: { furnished: 9 }, filings: [filing(8, false)] })),
      "one was furnished since the files were written",
    ).toBe("Write the filing…");
    expect(next(season({ to_make: hosts(8) }), { ...ALL, prepare: false })).toBeNull();
  });

  it("doesn't offer a review of what isn't true any more", () => {
    const value = season({ counts: { draft: 8 }, to_review: 8, to_make: hosts(2) });
    expect(nextAct(value, ALL, TODAY)).toBe("MAKE");
    expect(step(value, 1).figure).toBe(
      "2 of them not made, or the ledger says something else by now.",
    );
    expect(step(value, 2).action).toBeNull();
  });

  it("says that a maker doesn't review", () => {
    const own = season({ counts: { draft: 8 }, to_review: 0 });
    expect(step(own, 2).figure).toBe("8 drafts wait for a second person: you made them.");
    expect(step(own, 2, { ...ALL, approve: false }).figure).toBe(
      "8 drafts wait for a second person who approves.",
    );
    expect(step(season({ counts: { draft: 8 }, to_review: 5 }), 2).figure).toBe(
      "8 drafts wait for a second person; you may review 5, the rest you made.",
    );
  });

  it("names blocked hosts, and leads to rates where only one is missing", () => {
    const one = season({ blocked: [blocked("NO_PROFILE")] });
    expect(step(one, 0)).toMatchObject({
      state: "NEEDS_A_PERSON",
      figure: "1 host blocked, 3,200.00 USD: a form may be due and something is missing.",
    });
    expect(step(one, 0).action).toMatchObject({
      link: { to: "/tax/profiles", search: { year: 2026, missing: true } },
    });
    expect(step(season({ blocked: [blocked("NO_FX_RATE")] }), 0).action).toMatchObject({
      link: { to: "/tax/rules" },
    });
  });

  it("doesn't furnish without a filer", () => {
    const value = season({ counts: { reviewed: 8 }, filer_missing: ["name", "TIN"] });
    expect(step(value, 3).action).toMatchObject({ link: { to: "/settings" } });
    expect(whyNot("FURNISH", value, ALL)).toBe("The filer's name, TIN is missing under Settings.");
  });

  it("waits for the year's end before forms go out", () => {
    const value = season({ counts: { reviewed: 8 } });
    const early = seasonPath(value, ALL, "2026-12-31")[3];
    expect(early).toMatchObject({ state: "LATER", action: null });
    expect(early?.figure).toContain("The year goes on until Thu 31 Dec 2026");
    expect(seasonPath(value, ALL, "2027-01-01")[3]?.state).toBe("NOW");
  });

  it("presses once the day is past", () => {
    const value = season({ counts: { reviewed: 8 } });
    const late = seasonPath(value, ALL, "2027-02-03")[3];
    expect(late?.state).toBe("NEEDS_A_PERSON");
    expect(late?.figure).toBe(
      "8 forms reviewed and not furnished; payees' copies by Mon 1 Feb 2027, 2 days ago.",
    );
    expect(step(value, 3).state).toBe("NOW");
  });

  it("says that the year goes on", () => {
    const early = seasonPath(season({ to_make: hosts(8) }), ALL, "2026-11-25")[1];
    expect(early?.figure).toBe("8 forms due, none made. The year goes on until Thu 31 Dec 2026.");
  });

  it("asks for corrections until they are made", () => {
    const correction = (made: boolean) => ({
      host_id: "h1",
      host_name: "Ada",
      form_id: "1",
      correction: "ONE_FORM" as const,
      what: ["Box 1a: 1.00 USD became 2.00 USD."],
      made,
      gross_was: usd("1.00"),
      gross_now: usd("2.00"),
    });
    const of = (made: boolean) =>
      step(season({ counts: { filed: 8 }, corrections: [correction(made)] }), 5);
    expect(of(false)).toMatchObject({
      state: "NEEDS_A_PERSON",
      figure: "1 furnished form says something else than the ledger by now.",
      action: { label: "See 1 correction" },
    });
    expect(of(true).state).toBe("NOW");
    expect(step(season({ counts: { filed: 8 } }), 5).state).toBe("DONE");
  });
});

describe("why something can't be done", () => {
  it("gives the reason in words", () => {
    expect(whyNot("MAKE", season({ due: 0 }), ALL)).toBe("No form is due.");
    expect(whyNot("MAKE", season(), ALL)).toBe(
      "All that are due are made and say what the ledger says.",
    );
    expect(whyNot("REVIEW", season(), ALL)).toBe("No draft waits for a review.");
    expect(whyNot("REVIEW", season({ counts: { draft: 1 } }), { ...ALL, approve: false })).toBe(
      "An approver reviews forms.",
    );
    expect(whyNot("FURNISH", season({ counts: { draft: 1 } }), ALL)).toBe(
      "Drafts are reviewed first.",
    );
    expect(whyNot("FILE", season({ counts: { reviewed: 1 } }), ALL)).toBe(
      "Forms are furnished first.",
    );
    expect(whyNot("FILE", season({ counts: { filed: 1 } }), ALL)).toBe(
      "Every furnished form is filed.",
    );
    expect(whyNot("RECEIPT", season({ filings: [filing(8, true)] }), ALL)).toBe(
      "The filing is written first.",
    );
    expect(whyNot("MAKE", season({ who_files: "STRIPE", to_make: hosts(1) }), ALL)).toBe(
      "Somebody else files for 2026.",
    );
  });

  it("offers the copies again once everything is furnished", () => {
    const value = season({ counts: { furnished: 3, filed: 5 } });
    expect(whyNot("FURNISH", value, ALL)).toBeNull();
    expect(actLabel("FURNISH", value)).toBe("Write the copies again…");
  });
});

describe("the season in words", () => {
  it("is one sentence of figures", () => {
    expect(seasonSentence(season({ to_make: hosts(8), blocked: [blocked("NO_TIN")] }))).toBe(
      "8 forms due, 1 host blocked, 182,430.11 USD in box 1a; payees' copies by Mon 1 Feb 2027.",
    );
    expect(seasonSentence(season({ counts: { furnished: 8 } }))).toContain(
      "to the IRS by Wed 31 Mar 2027",
    );
    expect(seasonSentence(season({ counts: { filed: 8 } }))).toContain("; 8 forms filed.");
    expect(seasonSentence(season({ due: 0, by_state: [] }))).toContain("0.00 USD in box 1a");
  });

  it("says who files otherwise, and when the setting counts", () => {
    expect(otherFiler(season(), TODAY)).toBeNull();
    const stripe = season({ who_files: "STRIPE" });
    expect(otherFiler(stripe, "2026-11-25")?.[1]).toContain("as it stands on Thu 31 Dec 2026");
    expect(otherFiler(stripe, TODAY)?.[1]).toContain("as it stood on Thu 31 Dec 2026");
    expect(otherFiler(season({ who_files: "NOBODY" }), TODAY)?.[0]).toContain("Nobody here files");
  });

  it("points to the season before in the first months", () => {
    expect(seasonBefore(2027, "2027-01-11")).toBe(2026);
    expect(seasonBefore(2027, "2027-05-01")).toBeNull();
    expect(seasonBefore(2026, "2027-01-11")).toBeNull();
  });
});
