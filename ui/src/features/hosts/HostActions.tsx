import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useMay } from "../../components/ledger_context";
import { toast } from "../../components/toast";
import type { HostDetail } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { formatMoneyList } from "../../lib/money";
import { AdjustmentForm } from "../payouts/AdjustmentForm";

/** Pause, resume, adjust: the first two with a reason, the third waits for a second person. */
export function HostActions({ detail }: { detail: HostDetail }) {
  const mayReview = useMay("REVIEW");
  const mayAdjust = useMay("ADJUST");
  const [step, setStep] = useState<"PAUSE" | "RESUME" | "ADJUST" | null>(null);
  const pause = useAct("pause_host");
  const resume = useAct("resume_host");
  const { host } = detail;
  const close = () => setStep(null);
  const done = (words: string) => () => {
    toast(words);
    close();
  };
  return (
    <>
      {host.paused ? (
        <Button disabled={!mayReview} onClick={() => setStep("RESUME")}>
          Resume payouts
        </Button>
      ) : (
        <Button variant="default" disabled={!mayReview} onClick={() => setStep("PAUSE")}>
          Pause payouts
        </Button>
      )}
      <Button variant="default" disabled={!mayAdjust} onClick={() => setStep("ADJUST")}>
        Adjust balance
      </Button>
      {step === "PAUSE" ? (
        <ConfirmModal
          title={`Pause payouts to ${host.name}`}
          confirm={`Pause, ${formatMoneyList(host.balances)} stays`}
          reason={{ label: "Reason", placeholder: "Shown wherever this host is carried" }}
          busy={pause.isPending}
          error={pause.error}
          onClose={close}
          onConfirm={(reason) =>
            pause.mutate(
              { host_id: host.host_id, reason },
              { onSuccess: done(`Payouts to ${host.name} are paused.`) },
            )
          }
        >
          <p>Money goes on accruing and is carried in every batch until payouts are resumed.</p>
        </ConfirmModal>
      ) : null}
      {step === "RESUME" ? (
        <ConfirmModal
          title={`Resume payouts to ${host.name}`}
          confirm="Resume payouts"
          reason={{ label: "Reason" }}
          busy={resume.isPending}
          error={resume.error}
          onClose={close}
          onConfirm={(reason) =>
            resume.mutate(
              { host_id: host.host_id, reason },
              { onSuccess: done(`Payouts to ${host.name} are resumed.`) },
            )
          }
        >
          <p>
            The balance of {formatMoneyList(host.balances)} goes into the next batch this host is
            due in.
          </p>
        </ConfirmModal>
      ) : null}
      {step === "ADJUST" ? <AdjustmentForm hostId={host.host_id} onClose={close} /> : null}
    </>
  );
}
