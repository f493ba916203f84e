import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useSignedIn } from "../../components/ledger_context";
import { PathField } from "../../components/PathField";
import { SaveFileModal } from "../../components/SaveFileModal";
import { toast } from "../../components/toast";
import type { Batch, PayoutRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoney, formatMoneyList, sumMoney } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import { payoutCount } from "./payout_rows";
import classes from "./payouts.module.css";

export type BatchStep =
  | { step: "APPROVE" }
  | { step: "REJECT" }
  | { step: "CANCEL" }
  | { step: "SEND" }
  | { step: "PDF" }
  | { step: "SETTLE" }
  | { step: "FAIL"; rows: PayoutRow[] };

type Props = { batch: Batch; onClose: () => void; onDone: () => void };

export function BatchModal({ step, ...props }: Props & { step: BatchStep }) {
  switch (step.step) {
    case "APPROVE":
      return <Approve {...props} />;
    case "REJECT":
      return <Reject {...props} />;
    case "CANCEL":
      return <Cancel {...props} />;
    case "SEND":
      return <Send {...props} />;
    case "PDF":
      return <Pdf {...props} />;
    case "SETTLE":
      return <Settle {...props} />;
    case "FAIL":
      return <Fail {...props} rows={step.rows} />;
  }
}

function sumOf(batch: Batch): string {
  return `${counted(payoutCount(batch.totals), "payout")}, ${formatMoneyList(batch.totals)}`;
}

/** Shows exactly what is signed: the sums, the list's digest, and who signs. */
function Approve({ batch, onClose, onDone }: Props) {
  const { user } = useSignedIn();
  const approve = useAct("approve_batch");
  const flagged = batch.payouts.filter((row) => row.flags.length > 0);
  const preparer = batch.history.find((event) => event.what === "PREPARED");
  return (
    <ConfirmModal
      title={`Approve the batch of ${dateInWords(batch.date)}`}
      confirm={`Approve ${sumOf(batch)}`}
      busy={approve.isPending}
      error={approve.error}
      onClose={onClose}
      onConfirm={() =>
        approve.mutate(
          { batch_id: batch.batch_id, digest: batch.digest },
          {
            onSuccess: () => {
              toast("Approved. It can be sent now.");
              onDone();
            },
          },
        )
      }
    >
      <p>
        You, {user.name}, sign {sumOf(batch)}
        {preparer ? `, prepared by ${preparer.by}` : ""}. {counted(batch.carried.length, "balance")}{" "}
        carried are not paid.
      </p>
      {flagged.length > 0 ? (
        <p style={{ marginTop: 8 }}>
          {counted(flagged.length, "payout")} to look at:{" "}
          {flagged
            .slice(0, 6)
            .map((row) => `${row.host_name}, ${formatMoney(row)}`)
            .join("; ")}
          {flagged.length > 6 ? `; and ${flagged.length - 6} more` : ""}.
        </p>
      ) : null}
      <div className={classes.signed}>
        <div className="quiet small">
          The signature covers this digest of every payout's host, destination, currency, amount and
          lines:
        </div>
        <span className="mono">{batch.digest}</span>
      </div>
    </ConfirmModal>
  );
}

function Reject({ batch, onClose, onDone }: Props) {
  const reject = useAct("reject_batch");
  return (
    <ConfirmModal
      title="Reject this batch"
      confirm={`Reject ${sumOf(batch)}`}
      danger
      reason={{ label: "Comment for the preparer" }}
      busy={reject.isPending}
      error={reject.error}
      onClose={onClose}
      onConfirm={(reason) =>
        reject.mutate({ batch_id: batch.batch_id, reason }, { onSuccess: onDone })
      }
    >
      <p>Nothing is paid. Every line is free again and goes into the next batch prepared.</p>
    </ConfirmModal>
  );
}

function Cancel({ batch, onClose, onDone }: Props) {
  const cancel = useAct("cancel_batch");
  return (
    <ConfirmModal
      title="Cancel this batch"
      confirm={`Cancel ${sumOf(batch)}`}
      danger
      reason={{ label: "Reason" }}
      busy={cancel.isPending}
      error={cancel.error}
      onClose={onClose}
      onConfirm={(reason) =>
        cancel.mutate({ batch_id: batch.batch_id, reason }, { onSuccess: onDone })
      }
    >
      <p>Nothing is paid. Every line is free again and goes into the next batch prepared.</p>
    </ConfirmModal>
  );
}

function Send({ batch, onClose, onDone }: Props) {
  const send = useAct("send_batch");
  const [path, setPath] = useState("");
  return (
    <ConfirmModal
      title="Send to a payment file"
      confirm={`Send ${sumOf(batch)}`}
      size={560}
      busy={send.isPending}
      error={send.error}
      disabled={!isWholePath(path)}
      onClose={onClose}
      onConfirm={() =>
        send.mutate(
          { batch_id: batch.batch_id, rail: "FILE", path: path.trim() },
          {
            onSuccess: (result) => {
              toast(
                result.failed > 0
                  ? `${counted(result.sent, "payout")} sent, ${result.failed} failed.`
                  : `${counted(result.sent, "payout")} written to ${result.path ?? path}`,
              );
              onDone();
            },
          },
        )
      }
    >
      <p>
        The payouts become in transit in the books, then the file is written. A payout that changed
        since the approval is left out and fails. Hand the file to the bank once.
      </p>
      <div style={{ marginTop: 12 }}>
        <PathField
          label="Payment file"
          purpose="PAYMENT_FILE"
          suggestedName={`payouts-${batch.date}.csv`}
          value={path}
          onChange={setPath}
          autoFocus
        />
      </div>
    </ConfirmModal>
  );
}

function Pdf({ batch, onClose, onDone }: Props) {
  const pdf = useAct("write_batch_pdf");
  return (
    <SaveFileModal
      title="The batch as a PDF"
      purpose="BATCH_PDF"
      suggestedName={`batch-${batch.date}.pdf`}
      confirm="Write the PDF"
      busy={pdf.isPending}
      error={pdf.error}
      onClose={onClose}
      onSave={(path) =>
        pdf.mutate(
          { batch_id: batch.batch_id, path },
          {
            onSuccess: (file) => {
              toast(`PDF written to ${file.path}`);
              onDone();
            },
          },
        )
      }
    >
      <p>
        Who is paid what and to where, who is carried and why, who prepared and approved it, with
        the digest that was signed.
      </p>
    </SaveFileModal>
  );
}

function Settle({ batch, onClose, onDone }: Props) {
  const settle = useAct("settle_batch");
  const inTransit = batch.payouts.filter((row) => row.status === "PROCESSING");
  const sum = `${counted(inTransit.length, "payout")}, ${formatMoneyList(sumMoney(inTransit))}`;
  return (
    <ConfirmModal
      title="Record what the bank did"
      confirm={`Record ${sum} as paid`}
      busy={settle.isPending}
      error={settle.error}
      onClose={onClose}
      onConfirm={() =>
        settle.mutate(
          { batch_id: batch.batch_id, completed: null, failed: [] },
          {
            onSuccess: () => {
              toast(`${sum} recorded as paid.`);
              onDone();
            },
          },
        )
      }
    >
      <p>
        Every payout still in transit is recorded as paid. If the bank refused some, go back, select
        them in the list and record those as failed first.
      </p>
    </ConfirmModal>
  );
}

function Fail({ batch, rows, onClose, onDone }: Props & { rows: PayoutRow[] }) {
  const settle = useAct("settle_batch");
  const inTransit = rows.filter((row) => row.status === "PROCESSING");
  const sum = `${counted(inTransit.length, "payout")}, ${formatMoneyList(sumMoney(inTransit))}`;
  return (
    <ConfirmModal
      title="Record as failed"
      confirm={`Record ${sum} as failed`}
      danger
      reason={{ label: "What the bank said", placeholder: "Account closed" }}
      busy={settle.isPending}
      error={settle.error}
      disabled={inTransit.length === 0}
      onClose={onClose}
      onConfirm={(reason) =>
        settle.mutate(
          {
            batch_id: batch.batch_id,
            completed: [],
            failed: inTransit.flatMap((row) =>
              row.payout_id ? [{ payout_id: row.payout_id, reason }] : [],
            ),
          },
          { onSuccess: onDone },
        )
      }
    >
      <p>
        {inTransit.map((row) => `${row.host_name}, ${formatMoney(row)}`).join("; ") ||
          "None of the selected payouts is in transit."}
      </p>
      <p>The money goes back on the hosts' balances. A retry is a new payout, approved again.</p>
    </ConfirmModal>
  );
}
