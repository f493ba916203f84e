import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { toast } from "../../components/toast";
import type { Batch, Rail } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted, formatMoneyList } from "../../lib/money";
import { modeInWords } from "../settings/stripe_words";
import { payoutCount } from "./payout_rows";

type Props = { batch: Batch; onClose: () => void; onDone: () => void };

/** Hands a batch over for approval, for one way out; another way is a new approval. */
export function SubmitModal({ batch, onClose, onDone }: Props) {
  const submit = useAct("submit_batch");
  const [rail, setRail] = useState<Rail>(batch.submit_rail ?? (batch.stripe ? "STRIPE" : "FILE"));
  const sum = `${counted(payoutCount(batch.totals), "payout")}, ${formatMoneyList(batch.totals)}`;
  const draft = batch.status === "DRAFT";
  return (
    <ConfirmModal
      title={draft ? "Submit this batch" : "Submit this batch anew"}
      confirm={`Submit ${sum}`}
      size={560}
      busy={submit.isPending}
      error={submit.error}
      onClose={onClose}
      onConfirm={() =>
        submit.mutate(
          { batch_id: batch.batch_id, rail },
          {
            onSuccess: () => {
              toast("Submitted. It waits for a second person.");
              onDone();
            },
          },
        )
      }
    >
      <Radio.Group
        label="How it may leave"
        value={rail}
        onChange={(value) => setRail(value as Rail)}
        mb="md"
      >
        <Stack gap={8} mt={8}>
          <Radio
            value="STRIPE"
            label={batch.stripe ? `Stripe, ${modeInWords(batch.stripe)}` : "Stripe"}
            disabled={!batch.stripe}
            description={
              batch.stripe
                ? `A transfer to each host's account, from ${batch.stripe.account_id}.`
                : "This ledger isn't connected to Stripe."
            }
          />
          <Radio
            value="FILE"
            label="Payment file"
            description="A file that you hand to the bank."
          />
        </Stack>
      </Radio.Group>
      <p>
        The approval is for this way alone.{" "}
        {draft
          ? "To send the batch another way later, submit it anew."
          : "What was approved before doesn't count any more; a second person approves it again."}
      </p>
    </ConfirmModal>
  );
}
