// The week's close as six steps, told from its figures. Pure: no clock, no screen.

import type { BatchStatus, BatchSummary, StripeRail, Week } from "../../ipc";
import { addDays, dateInWords, daysBetween, relativeDay, shortDateInWords } from "../../lib/dates";
import { counted, formatMoneyList } from "../../lib/money";
import type { Tone } from "../../lib/words";
import { modeInWords } from "../settings/stripe_words";

export type StepState = "DONE" | "NOW" | "NEEDS_A_PERSON" | "FAILED" | "LATER";

export type StepLink =
  | { to: "/imports" }
  | { to: "/imports/exceptions" }
  | { to: "/commissions" }
  | { to: "/payouts/prepare" }
  | { to: "/settings/users" }
  | { to: "/payouts/$batchId"; params: { batchId: string } };

export type Step = {
  title: string;
  state: StepState;
  figure: string;
  action: { label: string; link: StepLink } | null;
};

export const STEP_STATE: Record<StepState, { word: string; tone: Tone }> = {
  DONE: { word: "Done", tone: "green" },
  NOW: { word: "Next", tone: "blue" },
  NEEDS_A_PERSON: { word: "Needs a person", tone: "amber" },
  FAILED: { word: "Failed", tone: "red" },
  LATER: { word: "Later", tone: "grey" },
};

const ORDER: BatchStatus[] = [
  "DRAFT",
  "SUBMITTED",
  "APPROVED",
  "SENDING",
  "PARTIALLY_FAILED",
  "COMPLETED",
];

/** The batch this week is about: one in progress, or one that ended since Monday. */
export function batchOfTheWeek(week: Week): BatchSummary | null {
  const batch = week.current_batch;
  if (!batch || batch.status === "REJECTED" || batch.status === "CANCELLED") {
    return null;
  }
  const ended = batch.status === "COMPLETED" || batch.status === "PARTIALLY_FAILED";
  const weekday = new Date(`${week.business_date}T00:00:00Z`).getUTCDay();
  const monday = addDays(week.business_date, -((weekday + 6) % 7));
  return ended && batch.date < monday ? null : batch;
}

function payoutsAndSum(batch: Pick<BatchSummary, "totals">): string {
  const payouts = batch.totals.reduce((sum, total) => sum + total.payouts, 0);
  return `${counted(payouts, "payout")}, ${formatMoneyList(batch.totals)}`;
}

function openBatch(label: string, batch: BatchSummary): Step["action"] {
  return { label, link: { to: "/payouts/$batchId", params: { batchId: batch.batch_id } } };
}

export function weekPath(week: Week, approvers: number): Step[] {
  const batch = batchOfTheWeek(week);
  return [
    importStep(week),
    reviewStep(week),
    prepareStep(week, batch),
    approveStep(batch, approvers),
    sendStep(batch, week.stripe),
    settleStep(batch, week.stripe),
  ];
}

function importStep(week: Week): Step {
  const { bookings_until, days_that_look_missing, exceptions_open } = week.imports;
  if (bookings_until === null) {
    return {
      title: "Import",
      state: "NOW",
      figure: "Nothing imported yet. Take in the hosts file, then the bookings.",
      action: { label: "Import", link: { to: "/imports" } },
    };
  }
  const facts = [`Bookings until ${dateInWords(bookings_until)}`];
  if (days_that_look_missing.length > 0) {
    const named = days_that_look_missing.slice(0, 3).map(shortDateInWords).join(", ");
    const more = days_that_look_missing.length - 3;
    const verb = days_that_look_missing.length === 1 ? "looks" : "look";
    facts.push(`${named}${more > 0 ? ` and ${more} more` : ""} ${verb} missing`);
  }
  if (exceptions_open > 0) {
    facts.push(counted(exceptions_open, "exception"));
  }
  const behind = daysBetween(bookings_until, week.business_date);
  if (exceptions_open > 0) {
    return {
      title: "Import",
      state: "NEEDS_A_PERSON",
      figure: facts.join(" · "),
      action: { label: "Resolve exceptions", link: { to: "/imports/exceptions" } },
    };
  }
  if (days_that_look_missing.length > 0 || behind > 2) {
    if (behind > 2) {
      facts[0] += `, ${relativeDay(bookings_until, week.business_date)}`;
    }
    return {
      title: "Import",
      state: days_that_look_missing.length > 0 ? "NEEDS_A_PERSON" : "NOW",
      figure: facts.join(" · "),
      action: { label: "Import", link: { to: "/imports" } },
    };
  }
  return { title: "Import", state: "DONE", figure: facts.join(" · "), action: null };
}

function reviewStep(week: Week): Step {
  const { clear, clear_totals, need_a_person, need_a_person_totals } = week.commissions;
  if (week.imports.bookings_until === null) {
    return { title: "Review", state: "LATER", figure: "No commissions yet.", action: null };
  }
  const clearWords = `${counted(clear, "commission")} clear, ${formatMoneyList(clear_totals)}`;
  if (need_a_person > 0) {
    const verb = need_a_person === 1 ? "needs" : "need";
    return {
      title: "Review",
      state: "NEEDS_A_PERSON",
      figure: `${counted(need_a_person, "commission")} ${verb} a person, ${formatMoneyList(need_a_person_totals)} waiting · ${clearWords}`,
      action: { label: "Review", link: { to: "/commissions" } },
    };
  }
  if (week.daily_job.due && week.daily_job.would_process > 0) {
    return {
      title: "Review",
      state: "NOW",
      figure: `${counted(week.daily_job.would_process, "commission")} came out of the hold and wait for the daily job · ${clearWords}`,
      action: null,
    };
  }
  return { title: "Review", state: "DONE", figure: clearWords, action: null };
}

function prepareStep(week: Week, batch: BatchSummary | null): Step {
  if (!batch) {
    const next = week.next_batch;
    const date = dateInWords(next.date);
    if (next.payouts === 0) {
      return {
        title: "Prepare",
        state: "LATER",
        figure:
          week.daily_job.would_process > 0
            ? `The daily job makes ${counted(week.daily_job.would_process, "commission")} payable first.`
            : `Nothing to pay out by ${date}.`,
        action: null,
      };
    }
    const carried = next.carried > 0 ? ` · ${counted(next.carried, "balance")} carried` : "";
    return {
      title: "Prepare",
      state: "NOW",
      figure: `Next batch ${date}, ${relativeDay(next.date, week.business_date)} · about ${payoutsAndSum(next)}${carried}`,
      action: { label: "Prepare the batch", link: { to: "/payouts/prepare" } },
    };
  }
  const words = `Batch of ${dateInWords(batch.date)} · ${payoutsAndSum(batch)}`;
  if (batch.status !== "DRAFT") {
    return { title: "Prepare", state: "DONE", figure: words, action: null };
  }
  return {
    title: "Prepare",
    state: batch.stale > 0 ? "NEEDS_A_PERSON" : "NOW",
    figure:
      batch.stale > 0
        ? `${words} · ${counted(batch.stale, "payout")} changed since`
        : `${words} · draft, not submitted`,
    action: openBatch("Check and submit", batch),
  };
}

function approveStep(batch: BatchSummary | null, approvers: number): Step {
  const place = batch ? ORDER.indexOf(batch.status) : -1;
  if (approvers === 0) {
    return {
      title: "Approve",
      state: "NEEDS_A_PERSON",
      figure: "Nobody may approve. Add a second person: who prepares never approves.",
      action: { label: "Add a person", link: { to: "/settings/users" } },
    };
  }
  if (!batch || place < 1) {
    return { title: "Approve", state: "LATER", figure: "By a second person.", action: null };
  }
  if (batch.status === "SUBMITTED") {
    return {
      title: "Approve",
      state: "NEEDS_A_PERSON",
      figure: `Prepared by ${batch.prepared_by}, waits for a second person.`,
      action: openBatch("Open the batch", batch),
    };
  }
  return {
    title: "Approve",
    state: "DONE",
    figure: batch.approved_by ? `Approved by ${batch.approved_by}.` : "Approved.",
    action: null,
  };
}

function sendStep(batch: BatchSummary | null, stripe: StripeRail | null): Step {
  const title = "Send";
  if (batch?.status === "APPROVED") {
    if (batch.running) {
      return { title, state: "NOW", figure: "Begins now.", action: openBatch("Watch", batch) };
    }
    return {
      title,
      state: "NOW",
      figure: stripe
        ? `${payoutsAndSum(batch)}, ready for Stripe in ${modeInWords(stripe)}, or for a payment file.`
        : `${payoutsAndSum(batch)}, ready for the payment file.`,
      action: openBatch("Send", batch),
    };
  }
  if (batch?.status === "SENDING" && batch.rail === "STRIPE") {
    return { title, ...onItsWay(batch) };
  }
  if (batch && ORDER.indexOf(batch.status) >= 3) {
    const through = batch.stripe
      ? `Sent through Stripe in ${modeInWords(batch.stripe)}.`
      : "Payment file written.";
    return { title, state: "DONE", figure: through, action: null };
  }
  return {
    title,
    state: "LATER",
    figure: stripe
      ? `Through Stripe in ${modeInWords(stripe)}, or to a payment file.`
      : "To a payment file.",
    action: null,
  };
}

/** A batch that is leaving through Stripe, or stands half-way. */
function onItsWay(batch: BatchSummary): Omit<Step, "title"> {
  const through = batch.stripe
    ? `Through Stripe in ${modeInWords(batch.stripe)}`
    : "Through Stripe";
  if (batch.frozen) {
    return {
      state: "FAILED",
      figure: `${through}: stopped, because Stripe shows what can't be.`,
      action: openBatch("See why", batch),
    };
  }
  if (batch.running) {
    return { state: "NOW", figure: `${through}: being sent.`, action: openBatch("Watch", batch) };
  }
  const waiting = batch.waiting > 0 ? `, ${counted(batch.waiting, "payout")} not sent yet` : "";
  if (batch.unknown > 0) {
    return {
      state: "NEEDS_A_PERSON",
      figure: `${through}: ${counted(batch.unknown, "payout")} of unknown outcome, ${formatMoneyList(batch.unknown_totals)}${waiting}.`,
      action: openBatch("Ask Stripe again", batch),
    };
  }
  return {
    state: "NOW",
    figure: `${through}: paused${waiting}.`,
    action: openBatch("Resume", batch),
  };
}

function settleStep(batch: BatchSummary | null, stripe: StripeRail | null): Step {
  if (batch?.status === "SENDING" && batch.rail === "STRIPE") {
    return {
      title: "Settle",
      state: "LATER",
      figure: "By itself: Stripe says what became of each payout.",
      action: null,
    };
  }
  if (batch?.status === "SENDING") {
    return {
      title: "Settle",
      state: "NOW",
      figure: `${payoutsAndSum(batch)}, in transit until the bank's answer is recorded.`,
      action: openBatch("Record as paid", batch),
    };
  }
  if (batch?.status === "PARTIALLY_FAILED") {
    return {
      title: "Settle",
      state: "FAILED",
      figure: `${counted(batch.failed, "payout")} failed. ${batch.failed === 1 ? "Its money is back on the host's balance" : "Their money is back on the hosts' balances"}.`,
      action: openBatch("See what failed", batch),
    };
  }
  if (batch?.status === "COMPLETED") {
    return {
      title: "Settle",
      state: "DONE",
      figure: `${payoutsAndSum(batch)}, paid.`,
      action: null,
    };
  }
  return {
    title: "Settle",
    state: "LATER",
    figure: stripe
      ? "By itself through Stripe; with a payment file, when the bank has paid."
      : "When the bank has paid.",
    action: null,
  };
}
