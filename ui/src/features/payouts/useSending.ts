import { toast } from "../../components/toast";
import type { Batch, SendResult } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import type { Sending } from "./StripeProgress";
import { mergeTransfers, sendingJob } from "./transfer_progress";

/** Often enough to be watched. */
const LIVE_MS = 400;

/**
 * A batch as it is this moment: while a job sends it through Stripe its rows are asked for
 * several times a second. The job runs in the application; leaving the page doesn't end it.
 */
export function useSending(known: Batch | undefined): {
  batch: Batch | undefined;
  sending: Sending;
  sendThroughStripe: () => void;
} {
  const jobs = useRead("list_jobs", null);
  const job = known ? sendingJob(jobs.data, known.batch_id) : null;
  const send = useAct("send_batch");
  const resume = useAct("resume_batch");
  const cancel = useAct("cancel_job");
  const running = job?.status === "RUNNING" || send.isPending || resume.isPending;
  const id = { batch_id: known?.batch_id ?? "" };
  const live = useRead("list_transfers", id, {
    enabled: known !== undefined && (running || known.rail === "STRIPE"),
    refetchEvery: () => (running ? LIVE_MS : false),
    keep: false,
  });
  const batch = known ? { ...known, payouts: mergeTransfers(known.payouts, live.data) } : undefined;
  // A first transfer means that it is being sent, before the batch itself was read again.
  const begun = batch && batch.rail === null && (live.data?.length ?? 0) > 0;
  return {
    batch: begun ? { ...batch, rail: "STRIPE" } : batch,
    sending: {
      job,
      running,
      mayResume:
        known?.actions.some((entry) => entry.action === "RESUME" && entry.allowed) ?? false,
      resume: () => resume.mutate(id, { onSuccess: (done) => toast(outcomeInWords(done)) }),
      pause: () => {
        if (job) {
          cancel.mutate({ job_id: job.job_id });
        }
      },
    },
    sendThroughStripe: () =>
      send.mutate(
        { ...id, rail: "STRIPE", path: null },
        { onSuccess: (done) => toast(outcomeInWords(done)) },
      ),
  };
}

/** "36 payouts sent, 1 failed, 2 of unknown outcome." */
export function outcomeInWords({ sent, failed, unknown, status }: SendResult): string {
  const parts = [`${counted(sent, "payout")} sent`];
  if (failed > 0) {
    parts.push(`${failed} failed`);
  }
  if (unknown > 0) {
    parts.push(`${unknown} of unknown outcome`);
  }
  const paused = status === "SENDING" && unknown === 0 ? " The rest waits." : "";
  return `${parts.join(", ")}.${paused}`;
}
