import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { Notice } from "../../components/Notice";
import { toast } from "../../components/toast";
import type { PayoutRow, Transfer } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
import { formatMoney } from "../../lib/money";
import { transferGroup } from "./transfer_progress";

type Props = {
  row: PayoutRow;
  transfer: Transfer;
  running: boolean;
  /** Asks Stripe what became of it; absent where that isn't offered. */
  onResume?: () => void;
};

/** A payout's transfer at Stripe: its id, or what is known while the outcome isn't. */
export function TransferFacts({ row, transfer, running, onResume }: Props) {
  const [releasing, setReleasing] = useState(false);
  const group = transferGroup(row, running);
  const unknown = group === "UNKNOWN";
  return (
    <Section title="At Stripe">
      {unknown ? (
        <div style={{ marginBottom: 12 }}>
          <Notice tone="amber">
            <p>
              It isn't known whether Stripe made this transfer. The money counts as on its way and
              its lines stay locked, so that it can't be paid twice.
            </p>
            <p>{nextStep(transfer)}</p>
          </Notice>
        </div>
      ) : null}
      <Facts
        facts={[
          [
            "Transfer",
            transfer.transfer_id ? (
              <span key="t" className="mono">
                {transfer.transfer_id}
              </span>
            ) : null,
          ],
          ["Tries", triesInWords(transfer)],
          [
            "First try",
            transfer.first_try_at ? <InstantText key="f" at={transfer.first_try_at} /> : null,
          ],
          [
            "Last try",
            transfer.tries > 1 && transfer.last_try_at ? (
              <InstantText key="l" at={transfer.last_try_at} />
            ) : null,
          ],
          ["Instead of an answer", transfer.unclear ? inTheWindow(transfer.unclear) : null],
          [
            isPast(transfer.protected_until) ? "Its key protected" : "Its key protects",
            unknown && transfer.protected_until ? (
              <span key="p">
                until <InstantText at={transfer.protected_until} />
              </span>
            ) : null,
          ],
          ["Released by", transfer.released_by],
        ]}
      />
      {unknown ? (
        <div style={{ display: "flex", flexWrap: "wrap", gap: 8, marginTop: 12 }}>
          {onResume ? (
            <Button variant="default" size="xs" onClick={onResume}>
              Ask Stripe again
            </Button>
          ) : null}
          {transfer.release.allowed ? (
            <Button variant="default" size="xs" onClick={() => setReleasing(true)}>
              Try anew…
            </Button>
          ) : null}
        </div>
      ) : null}
      {unknown && transfer.released_by && transfer.release.why_not ? (
        <p className="quiet small" style={{ marginTop: 8 }}>
          {transfer.release.why_not}
        </p>
      ) : null}
      {releasing ? (
        <ReleaseModal row={row} transfer={transfer} onClose={() => setReleasing(false)} />
      ) : null}
    </Section>
  );
}

function triesInWords({ tries, attempt }: Transfer): string {
  const words = tries === 0 ? "none yet" : String(tries);
  return attempt > 1 ? `${words}, the last under key ${attempt}` : words;
}

function isPast(instant: string | null): boolean {
  return instant !== null && Date.parse(instant) <= Date.now();
}

function nextStep({ protected_until, released_by, state }: Transfer): string {
  if (state === "SENDING") {
    return "Sending was interrupted before an answer was recorded. Ask Stripe again: it tells what happened.";
  }
  if (protected_until && !isPast(protected_until)) {
    return "Ask Stripe again: the same request under the same key is answered with what happened, or is done now, once.";
  }
  return released_by
    ? `Its key is too old to protect it. ${released_by} released it; a second person confirms that it is tried anew.`
    : "Its key is too old to protect it. Look in Stripe's dashboard first. If the transfer isn't there, two people let it be tried anew.";
}

function ReleaseModal(props: { row: PayoutRow; transfer: Transfer; onClose: () => void }) {
  const { row, transfer, onClose } = props;
  const release = useAct("release_payout");
  const first = transfer.released_by;
  return (
    <ConfirmModal
      title="Try this payout anew"
      confirm={
        first
          ? `Confirm: try anew ${formatMoney(row)}`
          : `Release ${formatMoney(row)}, as the first`
      }
      danger
      reason={{ label: "What was looked at", placeholder: "Kept in the audit trail" }}
      busy={release.isPending}
      error={release.error}
      onClose={onClose}
      onConfirm={(reason) =>
        row.payout_id &&
        release.mutate(
          { payout_id: row.payout_id, reason },
          {
            onSuccess: (done) => {
              toast(
                done.may_go_out
                  ? `${formatMoney(row)} to ${row.host_name} may go out. Resume sending.`
                  : "Released. A second person must confirm it.",
              );
              onClose();
            },
          },
        )
      }
    >
      <p>
        {formatMoney(row)} to {row.host_name} would be sent under a new key. If the first transfer
        was made after all, the host is paid twice. Look for it in Stripe's dashboard first.
      </p>
      <p style={{ marginTop: 8 }}>
        {first
          ? `${first} released it first. With you, the second person, it goes out at the next resume.`
          : "It takes two people: you release it, and somebody else confirms it."}
      </p>
    </ConfirmModal>
  );
}
