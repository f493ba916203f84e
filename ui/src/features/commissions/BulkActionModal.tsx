import { ConfirmModal } from "../../components/ConfirmModal";
import { bulkInWords, toast } from "../../components/toast";
import type { BulkResult, Cause, CommissionRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted, formatMoneyList, sumMoney } from "../../lib/money";

export type BulkAction = {
  verb: "HOLD" | "RELEASE" | "VOID";
  rows: Pick<CommissionRow, "booking_id" | "host_amount" | "currency">[];
  /** Release only what has this cause. */
  cause?: Cause;
};

const WORDS = {
  HOLD: {
    verb: "Hold",
    done: "held",
    refused: "could not be held",
    what: "They are not processed and not paid out until somebody releases them.",
  },
  RELEASE: {
    verb: "Release",
    done: "released",
    refused: "could not be released",
    what: "Their flags and holds are settled with your reason; an open dispute stays. They become payable when their hold has passed and the daily job has run.",
  },
  VOID: {
    verb: "Void",
    done: "voided",
    refused: "could not be voided",
    what: "The host earns nothing for them; the money stays with the platform. An import does not undo it.",
  },
} as const;

type Props = { action: BulkAction; onClose: () => void; onDone: () => void };

/** Hold, release or void one or many, with one reason and the sum in the button. */
export function BulkActionModal({ action, onClose, onDone }: Props) {
  const hold = useAct("hold_commissions");
  const release = useAct("release_commissions");
  const voiding = useAct("void_commissions");
  const { verb, done, refused, what } = WORDS[action.verb];
  const busy = hold.isPending || release.isPending || voiding.isPending;
  const error = hold.error ?? release.error ?? voiding.error;
  const sums = sumMoney(
    action.rows.map((row) => ({ amount: row.host_amount, currency: row.currency })),
  );
  const count = counted(action.rows.length, "commission");

  const run = (reason: string) => {
    const booking_ids = action.rows.map((row) => row.booking_id);
    const onSuccess = (result: BulkResult) => {
      toast(bulkInWords(result, done, refused));
      onDone();
    };
    if (action.verb === "HOLD") {
      hold.mutate({ booking_ids, reason }, { onSuccess });
    } else if (action.verb === "RELEASE") {
      release.mutate({ booking_ids, cause: action.cause ?? null, reason }, { onSuccess });
    } else {
      voiding.mutate({ booking_ids, reason }, { onSuccess });
    }
  };
  return (
    <ConfirmModal
      title={`${verb} ${count}`}
      confirm={`${verb} ${count}, ${formatMoneyList(sums)}`}
      danger={action.verb === "VOID"}
      reason={{ label: "Reason", placeholder: "Kept with each commission and in the audit trail" }}
      busy={busy}
      error={error}
      onClose={onClose}
      onConfirm={run}
    >
      <p>{what}</p>
    </ConfirmModal>
  );
}
