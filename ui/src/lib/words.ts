// The words of domain.md for its enums, and the colour each state is shown with (never alone).

import type {
  AdjustmentKind,
  AdjustmentStatus,
  BatchEvent,
  BatchStatus,
  Block,
  BookingStatus,
  CarriedReason,
  Cause,
  CommissionStatus,
  HostStatus,
  PayoutFlag,
  PayoutStatus,
  Role,
  Schedule,
  Tier,
} from "../ipc/contract";

/** amber: needs a person; red: blocked or failed; green: paid; blue: in progress; grey: the rest. */
export type Tone = "amber" | "red" | "green" | "blue" | "grey";
export type StatusWord = { word: string; tone: Tone };

export const COMMISSION_STATUS: Record<CommissionStatus, StatusWord> = {
  PENDING: { word: "Pending", tone: "grey" },
  PROCESSED: { word: "Processed", tone: "blue" },
  PAID: { word: "Paid", tone: "green" },
  VOID: { word: "Void", tone: "grey" },
};

export const BATCH_STATUS: Record<BatchStatus, StatusWord> = {
  DRAFT: { word: "Draft", tone: "grey" },
  SUBMITTED: { word: "Waits for approval", tone: "amber" },
  APPROVED: { word: "Approved", tone: "blue" },
  SENDING: { word: "Sending", tone: "blue" },
  COMPLETED: { word: "Paid", tone: "green" },
  PARTIALLY_FAILED: { word: "Partially failed", tone: "red" },
  REJECTED: { word: "Rejected", tone: "red" },
  CANCELLED: { word: "Cancelled", tone: "grey" },
};

export const PAYOUT_STATUS: Record<PayoutStatus, StatusWord> = {
  PENDING: { word: "Not sent", tone: "grey" },
  PROCESSING: { word: "In transit", tone: "blue" },
  COMPLETED: { word: "Paid", tone: "green" },
  FAILED: { word: "Failed", tone: "red" },
  REVERSED: { word: "Came back", tone: "red" },
  CANCELLED: { word: "Dropped", tone: "grey" },
};

export const HOST_STATUS: Record<HostStatus, StatusWord> = {
  APPLIED: { word: "Applied", tone: "grey" },
  INTERVIEW: { word: "Interview", tone: "grey" },
  ACTIVE: { word: "Active", tone: "green" },
  SUSPENDED: { word: "Suspended", tone: "red" },
  REJECTED: { word: "Rejected", tone: "grey" },
  CLOSED: { word: "Closed", tone: "grey" },
  UNKNOWN: { word: "Not in a host file", tone: "amber" },
};

export const ADJUSTMENT_STATUS: Record<AdjustmentStatus, StatusWord> = {
  WAITING: { word: "Waits for approval", tone: "amber" },
  APPROVED: { word: "Approved", tone: "green" },
  REJECTED: { word: "Rejected", tone: "grey" },
};

export const BOOKING_STATUS: Record<BookingStatus, string> = {
  PENDING: "Payment not captured",
  CONFIRMED: "Paid, session ahead",
  COMPLETED: "Completed",
  NO_SHOW: "No-show",
  CANCELLED: "Cancelled",
  HOST_CANCELLED: "Cancelled by host",
  REFUNDED: "Refunded",
};

/** Why a block holds: the fraud rule, or the kind of block. */
export function causeOf(block: Pick<Block, "rule" | "kind">): Cause {
  return block.rule ?? (block.kind === "FRAUD_FLAG" ? "MANUAL_HOLD" : block.kind);
}

/** Whether a person can release a block, or it ends with something else. */
export function canBeReleased(block: Pick<Block, "kind">): boolean {
  return block.kind !== "DISPUTE" && block.kind !== "WAITING_ROW";
}

export const CAUSE: Record<Cause, { title: string; explanation: string }> = {
  DISPUTE: {
    title: "Open dispute",
    explanation: "A complaint or chargeback is open. The money waits until it is decided.",
  },
  MANUAL_HOLD: {
    title: "Held by a person",
    explanation: "Somebody put these on hold with a reason. They stay until released.",
  },
  WAITING_ROW: {
    title: "A row about it waits",
    explanation:
      "A row of a file about this booking couldn't be taken in. The money waits until that row is resolved under Imports, Exceptions.",
  },
  PRICE_OUTLIER: {
    title: "Price far above the host's usual",
    explanation: "Many times the median of the host's bookings of the 90 days before.",
  },
  SELF_BOOKING: {
    title: "Host booked their own session",
    explanation:
      "The participant is the host, or a host with the same e-mail address, payout account or TIN.",
  },
  VELOCITY: {
    title: "Many bookings in one day",
    explanation: "One participant booked one host unusually often within 24 hours.",
  },
  IMPOSSIBLE_SESSION: {
    title: "Session that can't be",
    explanation: "It ends before it starts, or lasts longer than a session can.",
  },
  REFUND_RATE: {
    title: "Many refunds",
    explanation: "Too large a share of the host's sessions of the last 30 days was refunded.",
  },
  SHARED_CHARGE: {
    title: "Payment shared with another booking",
    explanation:
      "Another booking names the same card payment: seats bought together, or one payment under two ids.",
  },
};

export const CARRIED_REASON: Record<CarriedReason, string> = {
  RECONCILE_FIRST: "Settle the restore first",
  NOT_VERIFIED: "Not verified",
  CLOSED: "Account closed",
  SUSPENDED: "Suspended",
  PAUSED: "Paused",
  NO_PAYOUT_ACCOUNT: "No payout account",
  TAX_DETAILS_MISSING: "Tax details missing",
  NOT_SCHEDULED: "Not due on this date",
  EXCLUDED: "Dropped from the batch",
  NEGATIVE_BALANCE: "Balance below zero",
  BELOW_MINIMUM: "Below the minimum",
};

export const PAYOUT_FLAG: Record<PayoutFlag, string> = {
  DESTINATION_CHANGED: "Destination changed",
  SHARED_DESTINATION: "Shared destination",
  FIRST_PAYOUT: "First payout",
  FAR_ABOVE_USUAL: "Far above usual",
  WAITING_ROWS: "Rows wait",
  HAS_ADJUSTMENT: "Adjustment",
};

export const TIER: Record<Tier, string> = {
  BEGINNER: "Beginner",
  INTERMEDIATE: "Intermediate",
  EXPERT: "Expert",
};

export const ROLE: Record<Role, { title: string; explanation: string }> = {
  VIEWER: { title: "Viewer", explanation: "Reads everything, changes nothing." },
  PREPARER: {
    title: "Preparer",
    explanation: "Imports, resolves exceptions, reviews, prepares and submits batches.",
  },
  APPROVER: {
    title: "Approver",
    explanation: "Approves or rejects batches somebody else prepared; sends and settles.",
  },
  ADMIN: {
    title: "Administrator",
    explanation: "Users, settings, institutions, undoing an import.",
  },
};

export const SCHEDULE: Record<Schedule, string> = {
  WEEKLY: "Weekly, on Mondays",
  BIWEEKLY: "Every second Monday",
  MONTHLY: "First Monday of the month",
};

export const ADJUSTMENT_KIND: Record<AdjustmentKind, string> = {
  CLAWBACK: "Clawback",
  CORRECTION: "Correction",
  RESERVE: "Reserve",
  RELEASE: "Release of a reserve",
  CARRIED_REMAINDER: "Carried remainder",
  WRITE_OFF: "Write-off",
  PARTIAL_REVERSAL: "Part came back",
  FOUND_AT_STRIPE: "Paid, found at Stripe",
  SENT_BEFORE_RESTORE: "Sent before the restore",
  BACKUP_WITHHOLDING: "Backup withholding",
  FINAL_PAYOUT: "Final payout",
  OPENING: "Opening balance",
};

export const BATCH_EVENT: Record<BatchEvent["what"], string> = {
  PREPARED: "Prepared",
  REFRESHED: "Refreshed",
  EXCLUDED: "Payout dropped",
  SUBMITTED: "Submitted",
  APPROVED: "Approved",
  REJECTED: "Rejected",
  CANCELLED: "Cancelled",
  SENT: "Sent",
  SETTLED: "Settled",
  RETRIED: "Retried",
  STOPPED: "Stopped",
};

/** With its first letter capital: "payout sent" stands at the head of something. */
export function asSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
