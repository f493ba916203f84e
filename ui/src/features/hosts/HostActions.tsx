import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useMay } from "../../components/ledger_context";
import { toast } from "../../components/toast";
import type { HostDetail, Money } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import {
  formatMoney,
  formatMoneyList,
  formatRate,
  isNegative,
  negateDecimal,
} from "../../lib/money";
import { AdjustmentForm } from "../payouts/AdjustmentForm";
import { ReserveForm } from "./ReserveForm";

type Step =
  | "PAUSE"
  | "RESUME"
  | "ADJUST"
  | "RESERVE"
  | "END_RESERVE"
  | "FINAL_PAYOUT"
  | { writeOff: Money };

function positive(balance: Money): Money {
  return { ...balance, amount: negateDecimal(balance.amount) };
}

/** Pause, hold back, adjust, write off, let go: the last three wait for a second person. */
export function HostActions({ detail }: { detail: HostDetail }) {
  const mayReview = useMay("REVIEW");
  const mayAdjust = useMay("ADJUST");
  const [step, setStep] = useState<Step | null>(null);
  const pause = useAct("pause_host");
  const resume = useAct("resume_host");
  const setReserve = useAct("set_host_reserve");
  const writeOff = useAct("write_off_balance");
  const finalPayout = useAct("propose_final_payout");
  const { host, reserve } = detail;
  const owed = host.balances.filter((balance) => isNegative(balance.amount));
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
      <Button variant="default" disabled={!mayReview} onClick={() => setStep("RESERVE")}>
        {reserve ? "Change the part held back" : "Hold back a part"}
      </Button>
      {reserve ? (
        <Button variant="default" disabled={!mayReview} onClick={() => setStep("END_RESERVE")}>
          Hold nothing back
        </Button>
      ) : null}
      {owed.map((balance) => (
        <Button
          key={balance.currency}
          variant="default"
          disabled={!mayAdjust}
          onClick={() => setStep({ writeOff: balance })}
        >
          Write off {formatMoney(positive(balance))}
        </Button>
      ))}
      {detail.final_payout ? null : (
        <Button variant="default" disabled={!mayAdjust} onClick={() => setStep("FINAL_PAYOUT")}>
          Final payout
        </Button>
      )}
      {step === "FINAL_PAYOUT" ? (
        <ConfirmModal
          title={`Final payout to ${host.name}`}
          confirm={`Propose, ${formatMoneyList(host.balances)} is left`}
          reason={{ label: "Reason", placeholder: "Shown to the second person and on the batch" }}
          busy={finalPayout.isPending}
          error={finalPayout.error}
          onClose={close}
          onConfirm={(reason) =>
            finalPayout.mutate(
              { host_id: host.host_id, reason },
              { onSuccess: done("Proposed. It waits for a second person under Adjustments.") },
            )
          }
        >
          <p>
            For a host who leaves. Once a second person has approved it, the next payout goes
            whatever the minimum and though the account with the platform is closed. It is used up
            when that payout is sent.
          </p>
        </ConfirmModal>
      ) : null}
      {step === "RESERVE" ? <ReserveForm detail={detail} onClose={close} /> : null}
      {step === "END_RESERVE" && reserve ? (
        <ConfirmModal
          title={`Hold nothing back of payouts to ${host.name}`}
          confirm={`End holding back ${formatRate(reserve.percent)}`}
          reason={{ label: "Reason" }}
          busy={setReserve.isPending}
          error={setReserve.error}
          onClose={close}
          onConfirm={(reason) =>
            setReserve.mutate(
              { host_id: host.host_id, percent: null, days: null, reason },
              { onSuccess: done(`Payouts to ${host.name} are whole from the next batch on.`) },
            )
          }
        >
          <p>What is held back already stays until its day.</p>
        </ConfirmModal>
      ) : null}
      {typeof step === "object" && step ? (
        <ConfirmModal
          title={`Write off what ${host.name} owes`}
          confirm={`Write off ${formatMoney(positive(step.writeOff))}`}
          danger
          reason={{ label: "Reason", placeholder: "Shown to the second person" }}
          busy={writeOff.isPending}
          error={writeOff.error}
          onClose={close}
          onConfirm={(reason) =>
            writeOff.mutate(
              { host_id: host.host_id, currency: step.writeOff.currency, reason },
              { onSuccess: done("Proposed. It waits for a second person under Adjustments.") },
            )
          }
        >
          <p>
            The platform bears {formatMoney(positive(step.writeOff))}, and the balance becomes zero
            once a second person has approved it. Later payouts are not reduced by it any more.
          </p>
        </ConfirmModal>
      ) : null}
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
