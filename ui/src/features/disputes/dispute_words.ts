// The words of disputes, and what a row of the desk says of its date. Pure: no clock, no screen.

import type {
  DisputeKind,
  DisputeOutcome,
  DisputeOverview,
  DisputeRow,
  DisputeStatus,
  Money,
  OutcomeEffect,
} from "../../ipc/contract";
import { dateInWords, daysBetween } from "../../lib/dates";
import {
  counted,
  formatMoney,
  formatMoneyList,
  isNegative,
  isZero,
  negateDecimal,
} from "../../lib/money";
import type { StatusWord, Tone } from "../../lib/words";

export const DISPUTE_KIND: Record<DisputeKind, string> = {
  COMPLAINT: "Complaint",
  CHARGEBACK: "Chargeback",
};

export const DISPUTE_STATUS: Record<DisputeStatus, StatusWord> = {
  WARNING_NEEDS_RESPONSE: { word: "Bank asks", tone: "amber" },
  WARNING_UNDER_REVIEW: { word: "Bank looks into it", tone: "blue" },
  WARNING_CLOSED: { word: "Bank let it be", tone: "amber" },
  NEEDS_RESPONSE: { word: "Needs a response", tone: "amber" },
  UNDER_REVIEW: { word: "Under review", tone: "blue" },
  WON: { word: "Won", tone: "green" },
  WITHDRAWN: { word: "Withdrawn", tone: "green" },
  LOST: { word: "Lost", tone: "red" },
  PREVENTED: { word: "Prevented", tone: "amber" },
  LET_GO: { word: "Let go", tone: "grey" },
};

/** What a status means for the money, in one sentence. */
export const STATUS_MEANS: Record<DisputeStatus, string> = {
  WARNING_NEEDS_RESPONSE:
    "The bank only asks; it took nothing yet. The booking is held until it is let go.",
  WARNING_UNDER_REVIEW: "The bank looks at the answer; it took nothing yet. The booking is held.",
  WARNING_CLOSED:
    "The bank asked and let it be. The booking stays held until somebody lets it go here.",
  NEEDS_RESPONSE: "The booking is held. What was paid for it already is held back.",
  UNDER_REVIEW: "Somebody else has the next word. The booking is held.",
  WON: "The host keeps the money.",
  WITHDRAWN: "It was taken back. The host keeps the money.",
  LOST: "The participant got the money back.",
  PREVENTED:
    "Stripe settled it before it became a chargeback. The booking stays held until somebody lets it go here.",
  LET_GO: "It took no money, and it holds nothing any more.",
};

/** Stripe's codes as a person would say them. Other reasons are words already. */
const REASON: Record<string, string> = {
  bank_cannot_process: "The bank could not process the charge",
  check_returned: "The check was returned",
  credit_not_processed: "A refund was promised and did not arrive",
  customer_initiated: "The cardholder asked the bank for it",
  debit_not_authorized: "The debit was not authorized",
  duplicate: "Charged more than once",
  fraudulent: "The cardholder did not make this payment",
  general: "The bank gave no reason",
  incorrect_account_details: "The account details were wrong",
  insufficient_funds: "The account had too little money",
  noncompliant: "The payment broke a rule of the card network",
  product_not_received: "The session was paid and did not take place",
  product_unacceptable: "The session was not as described",
  subscription_canceled: "It was cancelled before it was charged",
  unrecognized: "The cardholder does not recognize the payment",
};

export function reasonInWords(reason: string): string {
  return reason === "" ? "No reason given" : (REASON[reason] ?? reason);
}

/** Short enough for a column, and still told apart: long ids differ at their end. */
export function shortId(row: Pick<DisputeRow, "dispute_id" | "made_here">): string {
  const id = row.dispute_id;
  if (row.made_here) {
    return `…${id.slice(-8)}`;
  }
  return id.length > 13 ? `${id.slice(0, 3)}…${id.slice(-6)}` : id;
}

/** "Complaint about bk-1" */
export function disputeTitle(row: Pick<DisputeRow, "kind" | "booking_id">): string {
  return `${DISPUTE_KIND[row.kind]} about ${row.booking_id}`;
}

function dayAndMonth(date: string, today: string): string {
  const words = dateInWords(date).split(" ").slice(1);
  return (date.slice(0, 4) === today.slice(0, 4) ? words.slice(0, 2) : words).join(" ");
}

/** "3 days overdue, 8 Mar", "In 5 days, 16 Mar". Null where no date presses. */
export function dueInWords(
  row: Pick<DisputeRow, "open" | "takes_evidence" | "due_on">,
  today: string,
): { words: string; tone: Tone } | null {
  if (!row.open || !row.takes_evidence || row.due_on === null) {
    return null;
  }
  const days = daysBetween(today, row.due_on);
  const date = dayAndMonth(row.due_on, today);
  if (days < 0) {
    return { words: `${counted(-days, "day")} overdue, ${date}`, tone: "red" };
  }
  const when = days === 0 ? "Today" : days === 1 ? "Tomorrow" : `In ${days} days`;
  return { words: `${when}, ${date}`, tone: days <= 7 ? "amber" : "grey" };
}

/** "7 open, 1 overdue, 2 due within a week, 412.30 USD held back." */
export function deskSentence(overview: DisputeOverview): string {
  const { open, overdue, due_soon, reserved } = overview;
  if (open === 0) {
    return reserved.length > 0
      ? `Nothing open, ${formatMoneyList(reserved)} held back.`
      : "Nothing open, nothing held back.";
  }
  const parts = [`${open} open`];
  if (overdue > 0) {
    parts.push(`${overdue} overdue`);
  }
  if (due_soon > overdue) {
    parts.push(`${due_soon - overdue} due within a week`);
  } else if (overdue === 0) {
    parts.push("none due within a week");
  }
  parts.push(reserved.length > 0 ? `${formatMoneyList(reserved)} held back` : "nothing held back");
  return `${parts.join(", ")}.`;
}

export const OUTCOME: Record<DisputeOutcome, { title: string; means: string }> = {
  WON: { title: "Won", means: "The host keeps the money." },
  LOST: { title: "Lost", means: "The participant gets the money back." },
  WITHDRAWN: { title: "Withdrawn", means: "The participant or the bank took it back: as won." },
};

const ONLY_BLOCKS: DisputeStatus[] = [
  "WARNING_NEEDS_RESPONSE",
  "WARNING_UNDER_REVIEW",
  "WARNING_CLOSED",
  "PREVENTED",
];

/** Whether nothing was taken, so that closing it only lets the booking go. */
export function onlyBlocks(status: DisputeStatus): boolean {
  return ONLY_BLOCKS.includes(status);
}

function unsigned(money: Money): Money {
  return isNegative(money.amount) ? { ...money, amount: negateDecimal(money.amount) } : money;
}

/** The verb and what it does to the host's money: "Close as lost, take back 66.80 USD". */
export function closeInWords(effect: OutcomeEffect, status: DisputeStatus): string {
  const verb = onlyBlocks(status)
    ? "Let it go"
    : `Close as ${OUTCOME[effect.outcome].title.toLowerCase()}`;
  if (!isZero(effect.clawback.amount)) {
    const amount = unsigned(effect.clawback);
    return isNegative(effect.clawback.amount)
      ? `${verb}, take back ${formatMoney(amount)}`
      : `${verb}, give back ${formatMoney(amount)}`;
  }
  if (!isZero(effect.released.amount)) {
    return `${verb}, set ${formatMoney(effect.released)} free`;
  }
  if (!isZero(effect.host_moves.amount)) {
    const amount = unsigned(effect.host_moves);
    return isNegative(effect.host_moves.amount)
      ? `${verb}, host loses ${formatMoney(amount)}`
      : `${verb}, host gains ${formatMoney(amount)}`;
  }
  return `${verb}, host keeps ${formatMoney(effect.host_amount)}`;
}
