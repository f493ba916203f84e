import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { PayoutRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { isDate } from "../../lib/dates";
import { compareDecimals, formatMoney, isDecimal, isZero } from "../../lib/money";

/** What can be recorded of money that came back after a payout was settled. */
export function hasReturnActions(row: PayoutRow): boolean {
  return row.payout_id !== null && (row.left_to_return !== null || row.recorded_return);
}

type Props = { row: PayoutRow; onDone?: () => void };

/** Record that a bank sent a settled payout back; take such a record back. */
export function ReturnActions({ row, onDone }: Props) {
  const may = useMay("SEND");
  const [step, setStep] = useState<"RECORD" | "TAKE_BACK" | null>(null);
  const close = () => setStep(null);
  const done = (words: string) => {
    toast(words);
    close();
    onDone?.();
  };
  const id = row.payout_id;
  if (!id || !hasReturnActions(row)) {
    return null;
  }
  return (
    <>
      {row.left_to_return !== null ? (
        <Button variant="default" disabled={!may} onClick={() => setStep("RECORD")}>
          Record a return
        </Button>
      ) : null}
      {row.recorded_return ? (
        <Button variant="default" disabled={!may} onClick={() => setStep("TAKE_BACK")}>
          Take the last return back
        </Button>
      ) : null}
      {step === "RECORD" && row.left_to_return !== null ? (
        <ReturnForm
          row={row}
          payoutId={id}
          left={row.left_to_return}
          onClose={close}
          onDone={done}
        />
      ) : null}
      {step === "TAKE_BACK" ? (
        <TakeBack row={row} payoutId={id} onClose={close} onDone={done} />
      ) : null}
    </>
  );
}

type StepProps = {
  row: PayoutRow;
  payoutId: string;
  onClose: () => void;
  onDone: (words: string) => void;
};

function ReturnForm(props: StepProps & { left: string }) {
  const { row, payoutId, left, onClose, onDone } = props;
  const { ledger, user } = useSignedIn();
  const [amount, setAmount] = useState(left);
  const [on, setOn] = useState(ledger.practice_date ?? ledger.business_date);
  const [reason, setReason] = useState("");
  const record = useAct("return_payout");
  const plain = amount.trim().replaceAll(",", "");
  const amountWrong = amountError(plain, left, row.currency);
  const dayWrong = on !== "" && !isDate(on.trim());
  const complete =
    plain !== "" && !amountWrong && isDate(on.trim()) && reason.trim() !== "" && !record.isPending;
  const money = { amount: complete ? plain : left, currency: row.currency };
  const whole = plain === row.amount;
  return (
    <Modal opened onClose={onClose} title={`Money back from ${row.host_name}'s bank`} size={500}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) {
            record.mutate(
              { payout_id: payoutId, amount: plain, on: on.trim(), reason: reason.trim() },
              {
                onSuccess: () =>
                  onDone(`${formatMoney(money)} recorded as returned; it is due again.`),
              },
            );
          }
        }}
      >
        <Stack gap="sm">
          <p>
            {whole
              ? "All of it came back: the payout's lines are due again, and the next batch takes them."
              : "A part came back: the payout stays paid, and the part is due to the host by an adjustment."}{" "}
            It is posted against the account that the payout left from, and recorded by you,{" "}
            {user.name}.
          </p>
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label={`Amount in ${row.currency}`}
              description={`At most ${formatMoney({ amount: left, currency: row.currency })}`}
              value={amount}
              error={amountWrong}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
            <TextInput
              label="On"
              description="The day on the bank's statement"
              value={on}
              error={dayWrong ? "A date like 2026-03-20" : null}
              onChange={(event) => setOn(event.currentTarget.value)}
            />
          </Group>
          <Textarea
            label="Reason"
            description="What the bank said, with its reference"
            placeholder="R03, no account"
            autosize
            minRows={2}
            value={reason}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ErrorNotice error={record.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <SubmitButton busy={record.isPending} disabled={!complete}>
              Record {formatMoney(money)} as returned
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Why an amount can't have come back; null: it can, or nothing was typed yet. */
export function amountError(plain: string, left: string, currency: string): string | null {
  if (plain === "") {
    return null;
  }
  if (!isDecimal(plain) || isZero(plain) || plain.startsWith("-")) {
    return "An amount like 12.50";
  }
  return compareDecimals(plain, left) > 0
    ? `Only ${formatMoney({ amount: left, currency })} is left`
    : null;
}

function TakeBack({ row, payoutId, onClose, onDone }: StepProps) {
  const takeBack = useAct("take_back_return");
  return (
    <ConfirmModal
      title="Take the last return back"
      confirm="It didn't come back"
      danger
      reason={{ label: "Reason", placeholder: "Another payout's line on the statement" }}
      busy={takeBack.isPending}
      error={takeBack.error}
      onClose={onClose}
      onConfirm={(reason) =>
        takeBack.mutate(
          { payout_id: payoutId, reason },
          { onSuccess: () => onDone("Taken back. The payout stands as paid.") },
        )
      }
    >
      <p>
        For a return that was recorded in error. Its entry is reversed, and what it made due to{" "}
        {row.host_name} isn't any more. It can't be done once a batch holds that money.
      </p>
    </ConfirmModal>
  );
}
