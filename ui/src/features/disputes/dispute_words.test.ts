import { describe, expect, it } from "vitest";
import type { DisputeOverview, OutcomeEffect } from "../../ipc/contract";
import {
  closeInWords,
  deskSentence,
  disputeTitle,
  dueInWords,
  reasonInWords,
  shortId,
} from "./dispute_words";

const usd = (amount: string) => ({ amount, currency: "USD" });

describe("the date for evidence", () => {
  const row = (due_on: string | null) => ({ open: true, takes_evidence: true, due_on });
  const due = (on: string | null) => dueInWords(row(on), "2026-03-11");

  it("is told in words, overdue and near ones in a tone", () => {
    expect(due("2026-03-08")).toEqual({ words: "3 days overdue, 8 Mar", tone: "red" });
    expect(due("2026-03-10")).toEqual({ words: "1 day overdue, 10 Mar", tone: "red" });
    expect(due("2026-03-11")).toEqual({ words: "Today, 11 Mar", tone: "amber" });
    expect(due("2026-03-12")).toEqual({ words: "Tomorrow, 12 Mar", tone: "amber" });
    expect(due("2026-03-18")).toEqual({ words: "In 7 days, 18 Mar", tone: "amber" });
    expect(due("2026-03-19")).toEqual({ words: "In 8 days, 19 Mar", tone: "grey" });
    expect(due("2027-01-02")).toEqual({ words: "In 297 days, 2 Jan 2027", tone: "grey" });
  });

  it("presses nobody without a date, once handed in, or once decided", () => {
    expect(due(null)).toBeNull();
    expect(dueInWords({ ...row("2026-03-08"), takes_evidence: false }, "2026-03-11")).toBeNull();
    expect(dueInWords({ ...row("2026-03-08"), open: false }, "2026-03-11")).toBeNull();
  });
});

describe("the desk's sentence", () => {
  const overview = (figures: Partial<DisputeOverview>): DisputeOverview => ({
    open: 7,
    need_a_person: 4,
    overdue: 0,
    due_soon: 3,
    disputed: [usd("900.00")],
    reserved: [usd("412.30")],
    ...figures,
  });

  it("says how many are open, which press, and what is held back", () => {
    expect(deskSentence(overview({}))).toBe("7 open, 3 due within a week, 412.30 USD held back.");
    expect(deskSentence(overview({ overdue: 1 }))).toBe(
      "7 open, 1 overdue, 2 due within a week, 412.30 USD held back.",
    );
    expect(deskSentence(overview({ overdue: 3 }))).toBe("7 open, 3 overdue, 412.30 USD held back.");
    expect(deskSentence(overview({ due_soon: 0, reserved: [] }))).toBe(
      "7 open, none due within a week, nothing held back.",
    );
    expect(deskSentence(overview({ open: 0, due_soon: 0, reserved: [] }))).toBe(
      "Nothing open, nothing held back.",
    );
  });
});

describe("names and reasons", () => {
  it("never leave a code alone", () => {
    expect(reasonInWords("product_not_received")).toBe(
      "The session was paid and did not take place",
    );
    expect(reasonInWords("Host came late")).toBe("Host came late");
    expect(reasonInWords("")).toBe("No reason given");
  });

  it("tell long ids by their end", () => {
    const id = "01a2132e-fb78-7563-8745-1af0a84e3e85";
    expect(shortId({ dispute_id: id, made_here: true })).toBe("…a84e3e85");
    expect(shortId({ dispute_id: "dp_1", made_here: false })).toBe("dp_1");
    expect(shortId({ dispute_id: "dp_1Sample0002017020", made_here: false })).toBe("dp_…017020");
    expect(disputeTitle({ kind: "COMPLAINT", booking_id: "bk-1" })).toBe("Complaint about bk-1");
  });
});

describe("closing says what it does to the money", () => {
  const effect = (changes: Partial<OutcomeEffect>): OutcomeEffect => ({
    outcome: "LOST",
    refunded: usd("100.00"),
    host_amount: usd("0.00"),
    released: usd("0.00"),
    clawback: usd("0.00"),
    host_moves: usd("0.00"),
    postings: [],
    ...changes,
  });

  it("in the button", () => {
    const lost = effect({ clawback: usd("-66.80"), released: usd("66.80") });
    expect(closeInWords(lost, "NEEDS_RESPONSE")).toBe("Close as lost, take back 66.80 USD");
    const won = effect({ outcome: "WON", released: usd("66.80") });
    expect(closeInWords(won, "UNDER_REVIEW")).toBe("Close as won, set 66.80 USD free");
    const other = effect({ outcome: "WON", clawback: usd("66.80") });
    expect(closeInWords(other, "LOST")).toBe("Close as won, give back 66.80 USD");
    const unpaid = effect({ host_moves: usd("-66.80") });
    expect(closeInWords(unpaid, "NEEDS_RESPONSE")).toBe("Close as lost, host loses 66.80 USD");
    const kept = effect({ outcome: "WON", host_amount: usd("66.80") });
    expect(closeInWords(kept, "PREVENTED")).toBe("Let it go, host keeps 66.80 USD");
  });
});
