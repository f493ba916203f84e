// A batch on its way through Stripe: what became of each payout, grouped and summed. Pure.

import type { Job, Money, PayoutRow, TransferRow } from "../../ipc";
import { sumMoney } from "../../lib/money";
import { PAYOUT_STATUS, type StatusWord } from "../../lib/words";

export type TransferGroup = "SENT" | "CAME_BACK" | "FAILED" | "UNKNOWN" | "ON_ITS_WAY" | "WAITING";

export const TRANSFER_GROUP: Record<TransferGroup, StatusWord & { inCounts: string }> = {
  SENT: { word: "Sent", inCounts: "sent", tone: "green" },
  CAME_BACK: { word: "Came back", inCounts: "came back", tone: "red" },
  FAILED: { word: "Failed", inCounts: "failed", tone: "red" },
  UNKNOWN: { word: "Outcome unknown", inCounts: "of unknown outcome", tone: "amber" },
  ON_ITS_WAY: { word: "On its way", inCounts: "on the way", tone: "blue" },
  WAITING: { word: "Waiting", inCounts: "waiting", tone: "grey" },
};

const ORDER = Object.keys(TRANSFER_GROUP) as TransferGroup[];

/**
 * Where a payout is; null for one that was dropped. `running`: a job sends the batch now. A call
 * without a recorded answer is on its way while one does, and of unknown outcome afterwards.
 */
export function transferGroup(row: PayoutRow, running: boolean): TransferGroup | null {
  switch (row.status) {
    case "CANCELLED":
      return null;
    case "FAILED":
      return "FAILED";
    case "REVERSED":
      return "CAME_BACK";
    case "COMPLETED":
      return "SENT";
    default:
      break;
  }
  switch (row.transfer?.state) {
    case "UNKNOWN":
      return "UNKNOWN";
    case "SENDING":
      return running ? "ON_ITS_WAY" : "UNKNOWN";
    case "SENT":
      return "SENT";
    case "FAILED":
      return "FAILED";
    default:
      return "WAITING";
  }
}

/** A payout's state in one line: through Stripe with the transfer's id, else in general. */
export function payoutState(row: PayoutRow, running: boolean): StatusWord {
  const group = row.transfer ? transferGroup(row, running) : null;
  if (!group) {
    return PAYOUT_STATUS[row.status];
  }
  const { word, tone } = TRANSFER_GROUP[group];
  const id = group === "SENT" ? row.transfer?.transfer_id : null;
  return { word: id ? `${word} ${id}` : word, tone };
}

/** The batch's rows with what is known of their transfers this moment. */
export function mergeTransfers(
  rows: readonly PayoutRow[],
  live: readonly TransferRow[] | undefined,
): PayoutRow[] {
  const known = new Map(live?.map((row) => [row.payout_id, row]));
  return rows.map((row) => {
    const now = row.payout_id ? known.get(row.payout_id) : undefined;
    return now
      ? { ...row, status: now.status, failed_reason: now.failed_reason, transfer: now.transfer }
      : row;
  });
}

export type TransferTotal = { group: TransferGroup; rows: PayoutRow[]; totals: Money[] };

/** Counts and sums by state, those that hold nothing left out. */
export function transferTotals(rows: readonly PayoutRow[], running: boolean): TransferTotal[] {
  const groups = new Map<TransferGroup, PayoutRow[]>();
  for (const row of rows) {
    const group = transferGroup(row, running);
    if (group) {
      groups.set(group, [...(groups.get(group) ?? []), row]);
    }
  }
  return ORDER.flatMap((group) => {
    const members = groups.get(group);
    return members ? [{ group, rows: members, totals: sumMoney(members) }] : [];
  });
}

/** The newest job that sends this batch through Stripe; running, failed or done. */
export function sendingJob(jobs: readonly Job[] | undefined, batchId: string): Job | null {
  return jobs?.find((job) => job.kind === "SEND_STRIPE" && job.batch_id === batchId) ?? null;
}
