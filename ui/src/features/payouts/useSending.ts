import { toast, warn } from "../../components/toast";
import type { Batch, SendResult } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
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
      resume: () => resume.mutate(id, { onSuccess: sayHowItWent }),
      pause: () => {
        if (job) {
          cancel.mutate({ job_id: job.job_id });
        }
      },
    },
    sendThroughStripe: () =>
      send.mutate({ ...id, rail: "STRIPE", path: null }, { onSuccess: sayHowItWent }),
  };
}

/** What needs a person stands on the page instead. */
function sayHowItWent(result: SendResult): void {
  const { sent, failed, unknown, status } = result;
  sayWarning(result);
  if (status === "COMPLETED" && failed === 0 && unknown === 0) {
    toast(`${counted(sent, "payout")} sent through Stripe.`);
  }
}

/** What went wrong beside a send, such as the backup after it. */
export function sayWarning({ warning }: SendResult): void {
  if (warning) {
    warn(inTheWindow(warning));
  }
}
