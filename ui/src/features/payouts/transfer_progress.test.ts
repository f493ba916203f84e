import { describe, expect, it } from "vitest";
import type { Job, PayoutRow, Transfer, TransferState } from "../../ipc";
import { mergeTransfers, payoutState, sendingJob, transferTotals } from "./transfer_progress";

function transfer(state: TransferState, change: Partial<Transfer> = {}): Transfer {
  return {
    state,
    transfer_id: null,
    attempt: 1,
    tries: 1,
    first_try_at: null,
    last_try_at: null,
    unclear: null,
    protected_until: null,
    released_by: null,
    release: { action: "TRY_ANEW", allowed: false, why_not: "not now" },
    ...change,
  };
}

function payout(id: string, change: Partial<PayoutRow> = {}): PayoutRow {
  return {
    payout_id: id,
    host_id: id,
    host_name: id,
    institution_id: "platform-creators",
    destination: "acct_1",
    currency: "USD",
    amount: "10.00",
    last_amount: null,
    lines: 1,
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

const on = (id: string, state: TransferState) =>
  payout(id, { status: "PROCESSING", transfer: transfer(state) });

const ROWS = [
  payout("sent", { status: "COMPLETED", transfer: transfer("SENT", { transfer_id: "tr_1" }) }),
  payout("back", { status: "REVERSED", transfer: transfer("SENT", { transfer_id: "tr_2" }) }),
  payout("refused", { status: "FAILED", transfer: transfer("FAILED") }),
  payout("changed", { status: "FAILED", currency: "JPY", amount: "2000" }),
  on("unknown", "UNKNOWN"),
  on("under way", "SENDING"),
  payout("prepared", { transfer: transfer("PREPARED") }),
  payout("dropped", { status: "CANCELLED" }),
];

const counts = (running: boolean) =>
  transferTotals(ROWS, running).map(({ group, rows }) => [group, rows.length]);

describe("a batch on its way through Stripe", () => {
  it("is counted by state, dropped payouts left out", () => {
    expect(counts(true)).toEqual([
      ["SENT", 1],
      ["CAME_BACK", 1],
      ["FAILED", 2],
      ["UNKNOWN", 1],
      ["ON_ITS_WAY", 1],
      ["WAITING", 1],
    ]);
  });

  it("takes a call without an answer as unknown once nobody waits for it", () => {
    expect(counts(false)).toContainEqual(["UNKNOWN", 2]);
    expect(counts(false).some(([group]) => group === "ON_ITS_WAY")).toBe(false);
  });

  it("never adds currencies up", () => {
    const failed = transferTotals(ROWS, true).find(({ group }) => group === "FAILED");
    expect(failed?.totals).toEqual([
      { currency: "USD", amount: "10.00" },
      { currency: "JPY", amount: "2000" },
    ]);
  });

  it("names the transfer where there is one", () => {
    const said = ROWS.map((row) => payoutState(row, true).word);
    expect(said).toEqual([
      "Sent tr_1",
      "Came back",
      "Failed",
      "Failed",
      "Outcome unknown",
      "On its way",
      "Waiting",
      "Dropped",
    ]);
  });

  it("takes over what is known this moment, and leaves the rest", () => {
    const now = transfer("SENT", { transfer_id: "tr_9" });
    const merged = mergeTransfers(ROWS, [
      { payout_id: "prepared", status: "COMPLETED", failed_reason: null, transfer: now },
    ]);
    expect(merged.map((row) => row.status)).toEqual(
      ROWS.map((row) => (row.payout_id === "prepared" ? "COMPLETED" : row.status)),
    );
    expect(mergeTransfers(ROWS, undefined)).toEqual(ROWS);
  });

  it("is found in the tray by its newest job", () => {
    const job = (job_id: string, batch_id: string | null, kind: Job["kind"]) =>
      ({ job_id, batch_id, kind }) as Job;
    const jobs = [
      job("1", "other", "SEND_STRIPE"),
      job("2", "b1", "PREFLIGHT"),
      job("3", "b1", "SEND_STRIPE"),
      job("4", "b1", "SEND_STRIPE"),
    ];
    expect(sendingJob(jobs, "b1")?.job_id).toBe("3");
    expect(sendingJob(jobs, "b2")).toBeNull();
    expect(sendingJob(undefined, "b1")).toBeNull();
  });
});
