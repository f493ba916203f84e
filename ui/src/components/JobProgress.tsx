import { Progress as Bar, Button } from "@mantine/core";
import type { Progress } from "../ipc";
import { useAct } from "../ipc/hooks";
import { formatCount } from "../lib/money";

/** How far a long job is, with counts, and the way to stop it. */
export function JobProgress({ progress, label }: { progress: Progress | null; label: string }) {
  const cancel = useAct("cancel_job");
  const words = progress
    ? progress.total === null
      ? `${progress.label}: ${formatCount(progress.done)}`
      : `${progress.label}: ${formatCount(progress.done)} of ${formatCount(progress.total)}`
    : label;
  const percent = progress?.total ? (progress.done / progress.total) * 100 : 0;
  return (
    <div style={{ maxWidth: 560, padding: "8px 0" }}>
      <div
        style={{
          display: "flex",
          justifyContent: "space-between",
          alignItems: "center",
          height: 30,
        }}
      >
        <span className="figure" role="status">
          {words}
        </span>
        {progress ? (
          <Button
            variant="default"
            size="xs"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ job_id: progress.job_id })}
          >
            Cancel
          </Button>
        ) : null}
      </div>
      <Bar size={4} radius={0} value={percent} aria-label={label} />
    </div>
  );
}
