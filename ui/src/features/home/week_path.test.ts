import { describe, expect, it } from "vitest";
import type { BatchStatus, BatchSummary, Week } from "../../ipc";
import { batchOfTheWeek, weekPath } from "./week_path";

const usd = (amount: string) => [{ amount, currency: "USD" }];

function week(change: Partial<Week> = {}): Week {
  return {
    business_date: "2026-03-16",
    imports: {
      bookings_until: "2026-03-15",
      days_that_look_missing: [],
      last_import_id: "1",
      last_import_file: "bookings.csv",
      last_import_at: "2026-03-16T08:00:00Z",
      hosts_known: 40,
      exceptions_open: 0,
    },
    commissions: {
      clear: 1957,
      clear_totals: usd("26118.40"),
      need_a_person: 0,
      need_a_person_totals: [],
      pending: 300,
      pending_totals: usd("4000.00"),
    },
    next_batch: {
      date: "2026-03-16",
      payouts: 36,
      totals: [{ amount: "18204.11", currency: "USD", payouts: 36 }],
      carried: 4,
      carried_totals: usd("60.00"),
    },
    current_batch: null,
    daily_job: { due: false, would_process: 0, last_run_on: "2026-03-16" },
    waiting_for_me: [],
    due_soon: [],
    stripe: null,
    last_backup: null,
    last_copy_outside_at: null,
    ...change,
  };
}

function batch(status: BatchStatus, change: Partial<BatchSummary> = {}): BatchSummary {
  return {
    batch_id: "b1",
    date: "2026-03-16",
    status,
    off_cycle: null,
    totals: [{ amount: "18204.11", currency: "USD", payouts: 36 }],
    carried: 4,
    stale: 0,
    failed: 0,
    prepared_by: "Paula",
    prepared_at: "2026-03-16T09:00:00Z",
    approved_by: null,
    approved_at: null,
    rail: null,
    stripe: null,
    frozen: false,
    running: false,
    waiting: 0,
    unknown: 0,
    unknown_totals: [],
    ...change,
  };
}

const states = (value: Week, approvers = 1) => weekPath(value, approvers).map((step) => step.state);

describe("the week as a path", () => {
  it("starts with the import on an empty ledger", () => {
    const empty = week();
    empty.imports.bookings_until = null;
    empty.next_batch.payouts = 0;
    expect(states(empty)).toEqual(["NOW", "LATER", "LATER", "LATER", "LATER", "LATER"]);
    expect(weekPath(empty, 1)[0]?.action?.link).toEqual({ to: "/imports" });
  });

  it("asks for a person where exceptions, missing days or blocks are open", () => {
    const value = week();
    value.imports.exceptions_open = 12;
    value.commissions.need_a_person = 43;
    value.commissions.need_a_person_totals = usd("812.00");
    expect(states(value).slice(0, 2)).toEqual(["NEEDS_A_PERSON", "NEEDS_A_PERSON"]);
    expect(weekPath(value, 1)[1]?.figure).toBe(
      "43 commissions need a person, 812.00 USD waiting · 1,957 commissions clear, 26,118.40 USD",
    );

    const missing = week();
    missing.imports.days_that_look_missing = ["2026-03-11", "2026-03-12"];
    expect(weekPath(missing, 1)[0]?.figure).toBe(
      "Bookings until Sun 15 Mar 2026 · Wed 11 Mar, Thu 12 Mar look missing",
    );
  });

  it("says when the import is behind", () => {
    const value = week();
    value.imports.bookings_until = "2026-03-09";
    const step = weekPath(value, 1)[0];
    expect(step?.state).toBe("NOW");
    expect(step?.figure).toBe("Bookings until Mon 9 Mar 2026, 7 days ago");
  });

  it("walks a batch from draft to paid", () => {
    const of = (status: BatchStatus) => states(week({ current_batch: batch(status) })).slice(2);
    expect(states(week()).slice(2)).toEqual(["NOW", "LATER", "LATER", "LATER"]);
    expect(of("DRAFT")).toEqual(["NOW", "LATER", "LATER", "LATER"]);
    expect(of("SUBMITTED")).toEqual(["DONE", "NEEDS_A_PERSON", "LATER", "LATER"]);
    expect(of("APPROVED")).toEqual(["DONE", "DONE", "NOW", "LATER"]);
    expect(of("SENDING")).toEqual(["DONE", "DONE", "DONE", "NOW"]);
    expect(of("COMPLETED")).toEqual(["DONE", "DONE", "DONE", "DONE"]);
    expect(of("PARTIALLY_FAILED")).toEqual(["DONE", "DONE", "DONE", "FAILED"]);
  });

  it("says through which rail and mode a batch leaves, and what keeps it", () => {
    const stripe = { account_id: "acct_1", live: false };
    const send = (status: BatchStatus, change: Partial<BatchSummary> = {}) =>
      weekPath(week({ stripe, current_batch: batch(status, change) }), 1)[4];
    expect(weekPath(week({ stripe }), 1)[4]?.figure).toBe(
      "Through Stripe in test mode, or to a payment file.",
    );
    expect(send("APPROVED")?.figure).toBe(
      "36 payouts, 18,204.11 USD, ready for Stripe in test mode, or for a payment file.",
    );
    const through = { rail: "STRIPE" as const, stripe: { account_id: "acct_1", live: true } };
    expect(send("SENDING", { ...through, running: true, unknown: 3 })).toMatchObject({
      state: "NOW",
      figure: "Through Stripe in live mode: being sent.",
    });
    expect(send("SENDING", { ...through, waiting: 9 })).toMatchObject({
      state: "NOW",
      figure: "Through Stripe in live mode: paused, 9 payouts not sent yet.",
    });
    const unknown = { unknown: 2, unknown_totals: usd("84.20") };
    expect(send("SENDING", { ...through, ...unknown })).toMatchObject({
      state: "NEEDS_A_PERSON",
      figure: "Through Stripe in live mode: 2 payouts of unknown outcome, 84.20 USD.",
    });
    expect(send("SENDING", { ...through, ...unknown, frozen: true })?.state).toBe("FAILED");
    expect(send("COMPLETED", through)?.figure).toBe("Sent through Stripe in live mode.");
    expect(
      weekPath(week({ current_batch: batch("SENDING", through) }), 1)[5]?.action,
      "nothing is settled by hand",
    ).toBeNull();
  });

  it("names changed payouts of a draft", () => {
    const value = week({ current_batch: batch("DRAFT", { stale: 2 }) });
    const step = weekPath(value, 1)[2];
    expect(step?.state).toBe("NEEDS_A_PERSON");
    expect(step?.figure).toContain("2 payouts changed since");
  });

  it("says plainly when nobody may approve", () => {
    const step = weekPath(week(), 0)[3];
    expect(step?.state).toBe("NEEDS_A_PERSON");
    expect(step?.action?.link).toEqual({ to: "/settings/users" });
  });

  it("lets a finished batch stand until its week ends, and a rejected one not at all", () => {
    const finished = batch("COMPLETED");
    const on = (business_date: string, current_batch: BatchSummary) =>
      batchOfTheWeek(week({ business_date, current_batch }))?.batch_id ?? null;
    expect(on("2026-03-16", finished)).toBe("b1");
    expect(on("2026-03-22", finished)).toBe("b1");
    expect(on("2026-03-23", finished)).toBeNull();
    expect(on("2026-03-30", batch("SUBMITTED"))).toBe("b1");
    expect(on("2026-03-16", batch("REJECTED"))).toBeNull();
  });
});
