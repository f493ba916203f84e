import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useState } from "react";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { DisputeRow, DisputeStatus } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { isDecimal, isZero } from "../../lib/money";
import { DISPUTE_STATUS, disputeTitle } from "./dispute_words";

const OPEN: Record<DisputeRow["kind"], DisputeStatus[]> = {
  COMPLAINT: ["NEEDS_RESPONSE", "UNDER_REVIEW"],
  CHARGEBACK: [
    "NEEDS_RESPONSE",
    "UNDER_REVIEW",
    "WARNING_NEEDS_RESPONSE",
    "WARNING_UNDER_REVIEW",
    "WARNING_CLOSED",
    "PREVENTED",
  ],
};

/** What became known of an open dispute since: its state, amount, reason or date. */
export function EditDispute({ row, onClose }: { row: DisputeRow; onClose: () => void }) {
  const { ledger } = useSignedIn();
  const [status, setStatus] = useState<DisputeStatus>(row.status);
  const [amount, setAmount] = useState(row.amount);
  const [reason, setReason] = useState(row.reason);
  const [dueOn, setDueOn] = useState<string | null>(row.due_on);
  const update = useAct("update_dispute");
  const plain = amount.trim().replaceAll(",", "");
  const wrong = !isDecimal(plain) || isZero(plain);
  const same =
    status === row.status && plain === row.amount && reason === row.reason && dueOn === row.due_on;
  return (
    <Modal opened onClose={onClose} title={disputeTitle(row)} size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong || same) {
            return;
          }
          update.mutate(
            {
              dispute_id: row.dispute_id,
              status: status === row.status ? null : status,
              amount: plain === row.amount ? null : { amount: plain, currency: row.currency },
              reason: reason === row.reason ? null : reason.trim(),
              evidence_due_on: dueOn === row.due_on ? null : dueOn,
              owner: null,
              note: null,
            },
            {
              onSuccess: () => {
                toast(`${disputeTitle(row)} is changed.`);
                onClose();
              },
            },
          );
        }}
      >
        <Stack gap="sm">
          <Select
            label="State"
            allowDeselect={false}
            data={OPEN[row.kind].map((value) => ({ value, label: DISPUTE_STATUS[value].word }))}
            value={status}
            onChange={(value) => setStatus((value ?? row.status) as DisputeStatus)}
          />
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label={`Amount, ${row.currency}`}
              value={amount}
              error={wrong ? "An amount like 12.50" : null}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
            <DateInput
              label="Evidence due"
              valueFormat="YYYY-MM-DD"
              placeholder="No date"
              defaultDate={ledger.business_date}
              value={dueOn}
              onChange={setDueOn}
            />
          </Group>
          <Textarea
            label="Reason"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <p className="quiet small">
            What is held back follows a changed amount. To decide the dispute, close it.
          </p>
          <ErrorNotice error={update.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <SubmitButton busy={update.isPending} disabled={wrong || same}>
              Change
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
