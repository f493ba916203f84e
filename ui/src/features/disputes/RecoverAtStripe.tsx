import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Section } from "../../components/Facts";
import { useMay } from "../../components/ledger_context";
import { Notice } from "../../components/Notice";
import { toast } from "../../components/toast";
import type { DisputeRow, Recoverable } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";

type Props = { row: DisputeRow; recoverable: Recoverable | null };

/** What a lost dispute claws back, taken from the host's balance at Stripe instead of from later
 *  payouts. */
export function RecoverAtStripe({ row, recoverable }: Props) {
  const may = useMay("REVIEW");
  const [asking, setAsking] = useState(false);
  const recover = useAct("recover_dispute");
  if (recoverable === null) {
    return null;
  }
  const { amount, unanswered } = recoverable;
  const sum = formatMoney(amount);
  const verb = unanswered ? `Ask Stripe again about ${sum}` : `Take back ${sum} at Stripe`;
  return (
    <Section title="Take it back at Stripe">
      {unanswered ? (
        <Notice tone="amber">
          <p>
            An attempt to take back {sum} went out and Stripe gave no answer. Asking again makes
            sure, and takes it once.
          </p>
        </Notice>
      ) : (
        <p>
          {sum} of this loss waits to be set against {row.host_name}'s later earnings. Where the
          host's balance at Stripe covers it, it can be taken from there now.
        </p>
      )}
      <Button
        variant="default"
        size="xs"
        mt={8}
        disabled={!may}
        onClick={() => {
          recover.reset();
          setAsking(true);
        }}
      >
        {verb}
      </Button>
      {may ? null : <p className="quiet small">A preparer takes money back.</p>}
      {asking ? (
        <ConfirmModal
          title={unanswered ? "Ask Stripe again" : "Take it back at Stripe"}
          confirm={verb}
          busy={recover.isPending}
          error={recover.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            recover.mutate(
              { dispute_id: row.dispute_id },
              {
                onSuccess: (taken) => {
                  toast(`${formatMoney(taken)} came back from ${row.host_name}'s Stripe account.`);
                  setAsking(false);
                },
              },
            )
          }
        >
          <p>
            A part of the transfer that paid this booking is reversed. {row.host_name} sees it in
            the Stripe account, and nothing is taken from later payouts. If the balance there is too
            low, nothing moves and the loss stays to be set against later earnings.
          </p>
        </ConfirmModal>
      ) : null}
    </Section>
  );
}
