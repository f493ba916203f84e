import { Button, CloseButton, Progress } from "@mantine/core";
import type { Job } from "../ipc";
import { useAct, useRead } from "../ipc/hooks";
import { inTheWindow } from "../lib/in_the_window";
import { formatCount } from "../lib/money";
import classes from "./JobsTray.module.css";

const ENDED: Record<Job["status"], string> = {
  RUNNING: "",
  DONE: "done",
  FAILED: "failed",
  CANCELLED: "cancelled, nothing was changed",
};

/** What runs now, on every page and after a reload. Empty when nothing does. */
export function JobsTray() {
  const jobs = useRead("list_jobs", null, {
    refetchEvery: (known) => (known?.some((job) => job.status === "RUNNING") ? 1_000 : false),
  });
  // Whoever looked before sending was told there and then.
  const shown = (jobs.data ?? []).filter(
    (job) => job.status === "RUNNING" || (job.status === "FAILED" && job.kind !== "PREFLIGHT"),
  );
  if (shown.length === 0) {
    return null;
  }
  return (
    <section className={classes.tray} aria-label="Running jobs">
      {shown.map((job) => (
        <JobLine key={job.job_id} job={job} />
      ))}
    </section>
  );
}

function JobLine({ job }: { job: Job }) {
  const cancel = useAct("cancel_job");
  const dismiss = useAct("dismiss_job");
  const running = job.status === "RUNNING";
  return (
    <div className={classes.job}>
      <div className={classes.line}>
        <span className={classes.label}>{job.label}</span>
        {running ? null : (
          <CloseButton
            size="xs"
            aria-label={`Dismiss: ${job.label}`}
            onClick={() => dismiss.mutate({ job_id: job.job_id })}
          />
        )}
      </div>
      {running && job.total !== null ? (
        <Progress
          size={4}
          radius={0}
          value={job.total > 0 ? (job.done / job.total) * 100 : 0}
          aria-label={job.label}
        />
      ) : null}
      <div className={classes.line}>
        <span
          className={running ? `quiet small ${classes.step}` : `tone-red small ${classes.why}`}
          title={running ? undefined : job.error?.message}
        >
          {running
            ? job.stopping
              ? job.kind === "SEND_STRIPE"
                ? "Pausing: what is on its way ends first"
                : "Stopping"
              : job.total === null
                ? job.done > 0
                  ? formatCount(job.done)
                  : (job.step ?? "")
                : `${formatCount(job.done)} of ${formatCount(job.total)}`
            : job.error
              ? inTheWindow(job.error.message)
              : ENDED[job.status]}
        </span>
        {running && job.can_cancel && !job.stopping ? (
          <Button
            variant="subtle"
            size="compact-xs"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ job_id: job.job_id })}
          >
            {job.kind === "SEND_STRIPE" ? "Pause" : "Cancel"}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
