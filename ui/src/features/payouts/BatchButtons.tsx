import { Button, Menu } from "@mantine/core";
import { type Action, useActions } from "../../components/actions";
import { toast } from "../../components/toast";
import type { Batch, BatchAction } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
import { counted, formatMoneyList, sumMoney } from "../../lib/money";
import { useSessionAct } from "../session/session_acts";
import type { BatchStep } from "./BatchModals";
import { payoutCount } from "./payout_rows";
import type { Sending } from "./StripeProgress";
import { transferTotals } from "./transfer_progress";
import { sayWarning } from "./useSending";

type Props = { batch: Batch; sending: Sending; onStep: (step: BatchStep) => void };

/** The one primary action of the batch's state, the rest beside it or in the menu. */
export function BatchButtons({ batch, sending, onStep }: Props) {
  const submit = useAct("submit_batch");
  const refresh = useAct("refresh_batch");
  const resume = useAct("resume_batch");
  const handOver = useSessionAct("hand_over_for_approval");
  const can = (action: BatchAction) =>
    batch.actions.some((entry) => entry.action === action && entry.allowed);
  const sum = `${counted(payoutCount(batch.totals), "payout")}, ${formatMoneyList(batch.totals)}`;
  const id = { batch_id: batch.batch_id };
  const stale = batch.payouts.some((row) => row.stale);
  const overStripe = batch.rail === "STRIPE";
  const waiting = overStripe
    ? transferTotals(batch.payouts, sending.running).find((total) => total.group === "WAITING")
    : undefined;
  const inTransit = batch.payouts.filter((row) => row.status === "PROCESSING");

  // Its day hasn't come: the button stands there and says so, instead of failing.
  const early = can("SEND") ? null : batch.too_early_by_file;
  const writePdf = () => onStep({ step: "PDF" });
  const send = () => onStep({ step: "SEND" });
  // Where there are two ways out, the person says which one is approved.
  const submitBatch = () =>
    batch.stripe
      ? onStep({ step: "SUBMIT" })
      : submit.mutate(
          { ...id, rail: null },
          { onSuccess: () => toast("Submitted. It waits for a second person.") },
        );
  const draft = batch.status === "DRAFT";
  const submitAnew = () => onStep({ step: "SUBMIT" });
  const offer = (label: string, allowed: boolean, run: () => void, keys?: string): Action[] =>
    allowed ? [{ label, group: "This page", keys, run }] : [];
  useActions([
    ...offer("Submit this batch", can("SUBMIT") && draft, submitBatch),
    ...offer("Submit this batch anew", can("SUBMIT") && !draft, submitAnew),
    ...offer("Hand over for approval", can("HAND_OVER"), () => handOver.mutate(id)),
    ...offer("Approve this batch", can("APPROVE"), () => onStep({ step: "APPROVE" })),
    ...offer("Reject this batch", can("REJECT"), () => onStep({ step: "REJECT" })),
    ...offer(
      batch.submit_rail === "STRIPE" ? "Send this batch through Stripe" : "Send to a payment file",
      can("SEND") && !sending.running,
      send,
    ),
    ...offer(
      waiting ? "Resume sending through Stripe" : "Ask Stripe what became of unknown payouts",
      overStripe && sending.mayResume && !sending.running,
      sending.resume,
    ),
    ...offer("Pause sending", sending.running, sending.pause),
    ...offer("Record this batch as paid", can("SETTLE"), () => onStep({ step: "SETTLE" })),
    ...offer("Compute changed payouts anew", can("REFRESH"), () => refresh.mutate(id)),
    ...offer("Batch as PDF", true, writePdf),
  ]);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={writePdf}>Batch as PDF</Menu.Item>
          {can("REFRESH") ? (
            <Menu.Item onClick={() => refresh.mutate(id)}>Compute changed payouts anew</Menu.Item>
          ) : null}
          {can("REJECT") && !can("APPROVE") ? (
            <Menu.Item onClick={() => onStep({ step: "REJECT" })}>Reject</Menu.Item>
          ) : null}
          {can("SUBMIT") && !draft && !sending.running ? (
            <Menu.Item onClick={submitAnew}>Submit anew</Menu.Item>
          ) : null}
          {can("CANCEL") && !sending.running ? (
            <Menu.Item onClick={() => onStep({ step: "CANCEL" })}>Cancel the batch</Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {can("REFRESH") && stale ? (
        <Button loading={refresh.isPending} onClick={() => refresh.mutate(id)}>
          Refresh changed payouts
        </Button>
      ) : null}
      {can("SUBMIT") && draft ? (
        <Button
          variant={stale ? "default" : "filled"}
          loading={submit.isPending}
          onClick={submitBatch}
        >
          Submit {sum}
        </Button>
      ) : null}
      {can("APPROVE") ? (
        <>
          <Button variant="default" onClick={() => onStep({ step: "REJECT" })}>
            Reject
          </Button>
          <Button onClick={() => onStep({ step: "APPROVE" })}>Approve {sum}</Button>
        </>
      ) : can("HAND_OVER") ? (
        <Button loading={handOver.isPending} onClick={() => handOver.mutate(id)}>
          Hand over for approval
        </Button>
      ) : null}
      {can("SEND") && !sending.running ? <Button onClick={send}>Send {sum}</Button> : null}
      {early ? (
        <Button disabled title={inTheWindow(early)}>
          Send {sum}
        </Button>
      ) : null}
      {overStripe && waiting && sending.mayResume && !sending.running ? (
        <Button onClick={sending.resume}>
          Resume sending {counted(waiting.rows.length, "payout")}, {formatMoneyList(waiting.totals)}
        </Button>
      ) : null}
      {can("RESUME") && !overStripe ? (
        <Button
          loading={resume.isPending}
          onClick={() => resume.mutate(id, { onSuccess: sayWarning })}
        >
          Resume sending
        </Button>
      ) : null}
      {can("SETTLE") && inTransit.length > 0 ? (
        <Button onClick={() => onStep({ step: "SETTLE" })}>
          Record as paid {counted(inTransit.length, "payout")},{" "}
          {formatMoneyList(sumMoney(inTransit))}
        </Button>
      ) : null}
    </>
  );
}
