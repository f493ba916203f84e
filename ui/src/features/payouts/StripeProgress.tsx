import { Button } from "@mantine/core";
import { ModeBadge } from "../../components/ModeBadge";
import { ErrorNotice, Notice } from "../../components/Notice";
import { StatusBadge } from "../../components/StatusBadge";
import { toast } from "../../components/toast";
import type { Batch, Job, PayoutRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
import { counted, formatCount, formatMoneyList } from "../../lib/money";
import classes from "./payouts.module.css";
import { TRANSFER_GROUP, type TransferTotal, transferTotals } from "./transfer_progress";

export type Sending = {
  /** The newest job that sends this batch through Stripe. */
  job: Job | null;
  running: boolean;
  /** Goes on: asks what became of the unknown ones, then sends what waits. */
  resume: () => void;
  pause: () => void;
  mayResume: boolean;
};

type Props = { batch: Batch; rows: PayoutRow[]; sending: Sending };

/** How far the batch is: a bar while it is on its way, and counts and sums by state. */
export function StripeProgress({ batch, rows, sending }: Props) {
  const { job, running } = sending;
  if (batch.rail !== "STRIPE" && !running) {
    return null;
  }
  const totals = transferTotals(rows, running);
  const all = totals.reduce((sum, total) => sum + total.rows.length, 0);
  const open = batch.status === "SENDING" || running;
  const words = running
    ? job?.stopping
      ? "Pausing: what is on its way ends first."
      : batch.rail === "STRIPE"
        ? stepInWords(job, totals)
        : "Looking at everything once more; nothing has left yet"
    : null;
  return (
    <section className={classes.progress} aria-label="Sending through Stripe">
      <div className={classes.progressLine}>
        <span>Stripe {batch.stripe ? <ModeBadge live={batch.stripe.live} /> : null}</span>
        {batch.rail === "STRIPE"
          ? totals.map(({ group, rows: members, totals: sums }) => (
              <span key={group} className="figure">
                <StatusBadge
                  tone={TRANSFER_GROUP[group].tone}
                  word={`${formatCount(members.length)} ${TRANSFER_GROUP[group].inCounts}`}
                />{" "}
                <span className="quiet small">{formatMoneyList(sums)}</span>
              </span>
            ))
          : null}
        <span className={`quiet small ${classes.progressFill}`} role="status">
          {words ?? (open && sending.mayResume ? "Nothing is being sent now." : "")}
        </span>
        {running && job?.can_cancel && !job.stopping ? (
          <Button variant="default" size="xs" onClick={sending.pause}>
            Pause
          </Button>
        ) : null}
      </div>
      {open && batch.rail === "STRIPE" ? (
        <div
          className={classes.bar}
          role="progressbar"
          aria-label="Payouts sent through Stripe"
          aria-valuemin={0}
          aria-valuemax={all}
          aria-valuenow={totals.find((total) => total.group === "SENT")?.rows.length ?? 0}
        >
          {totals.map(({ group, rows: members }) => (
            <span
              key={group}
              data-tone={TRANSFER_GROUP[group].tone}
              style={{ width: `${(members.length / Math.max(all, 1)) * 100}%` }}
            />
          ))}
        </div>
      ) : null}
    </section>
  );
}

/** The first payouts are on their way before the job counts one. */
function stepInWords(job: Job | null, totals: TransferTotal[]): string {
  const isCalling = totals.some((total) => total.group === "ON_ITS_WAY");
  return isCalling ? "Sending payouts" : (job?.step ?? "Sending payouts");
}

/** What keeps a batch on its way through Stripe from ending, and what to do about it. */
export function StripeNotices({ batch, rows, sending }: Props) {
  const reconcile = useAct("reconcile_stripe");
  const { job, running } = sending;
  const can = (action: string) =>
    batch.actions.some((entry) => entry.action === action && entry.allowed);
  const unknown = transferTotals(rows, running).find((total) => total.group === "UNKNOWN");
  const open = batch.status === "APPROVED" || batch.status === "SENDING";
  const stopped = open && !running && job?.status === "FAILED" ? job.error : null;
  return (
    <>
      {batch.frozen_because ? (
        <Notice
          tone="red"
          action={
            <Button
              size="xs"
              variant="default"
              loading={reconcile.isPending}
              disabled={!can("RECONCILE")}
              onClick={() =>
                reconcile.mutate(null, {
                  onSuccess: (done) =>
                    toast(
                      done.unfrozen > 0
                        ? "Stripe shows one transfer per payout. The batch may go on."
                        : "Compared. The batch is still stopped.",
                    ),
                })
              }
            >
              Reconcile
            </Button>
          }
        >
          <p>
            <strong>This batch is stopped.</strong> {endedAsSentence(batch.frozen_because)}
          </p>
          <p>
            Nothing more of it is sent. Look at these transfers in Stripe's dashboard, reverse there
            what is too much, then reconcile: it goes on once Stripe shows one transfer per payout.
          </p>
          <ErrorNotice error={reconcile.error} />
        </Notice>
      ) : null}
      {!batch.frozen_because && unknown && !running ? (
        <Notice
          tone="amber"
          action={
            <Button
              size="xs"
              variant="default"
              disabled={!sending.mayResume}
              onClick={sending.resume}
            >
              Ask Stripe again
            </Button>
          }
        >
          <p>
            {counted(unknown.rows.length, "payout")} of unknown outcome,{" "}
            {formatMoneyList(unknown.totals)}: {unknown.rows.length === 1 ? "its" : "their"} lines
            stay locked, so that nothing is paid twice, until Stripe says whether the money went.
          </p>
        </Notice>
      ) : null}
      {stopped && !batch.frozen_because ? (
        <Notice tone="red">
          <p>{inTheWindow(stopped.message)}</p>
          {stopped.remedy ? <p>{inTheWindow(stopped.remedy)}</p> : null}
        </Notice>
      ) : null}
    </>
  );
}

function endedAsSentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
