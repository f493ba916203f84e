import { PasswordInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useSignedIn } from "../../components/ledger_context";
import { ModeBadge } from "../../components/ModeBadge";
import { SaveFileModal } from "../../components/SaveFileModal";
import { toast } from "../../components/toast";
import { type Batch, IpcError, type PayoutRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoney, formatMoneyList, sumMoney } from "../../lib/money";
import { PAYOUT_FLAG } from "../../lib/words";
import { type LookAt, payoutCount, toLookAt } from "./payout_rows";
import classes from "./payouts.module.css";
import { SendModal } from "./SendModal";
import { SubmitModal } from "./SubmitModal";

export type BatchStep =
  | { step: "SUBMIT" }
  | { step: "APPROVE" }
  | { step: "REJECT" }
  | { step: "CANCEL" }
  | { step: "SEND" }
  | { step: "PDF" }
  | { step: "SETTLE" }
  | { step: "FAIL"; rows: PayoutRow[] };

type Props = {
  batch: Batch;
  onClose: () => void;
  onDone: () => void;
  /** Begins to send through Stripe. */
  onStripe: () => void;
};

export function BatchModal({ step, ...props }: Props & { step: BatchStep }) {
  switch (step.step) {
    case "SUBMIT":
      return <SubmitModal {...props} />;
    case "APPROVE":
      return <Approve {...props} />;
    case "REJECT":
      return <Reject {...props} />;
    case "CANCEL":
      return <Cancel {...props} />;
    case "SEND":
      return <SendModal {...props} />;
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

/** Shows exactly what is signed: the sums, the list's digest, the account, and who signs. */
function Approve({ batch, onClose, onDone }: Props) {
  const { user } = useSignedIn();
  const [passphrase, setPassphrase] = useState("");
  const approve = useAct("approve_batch");
  const preparer = batch.history.find((event) => event.what === "PREPARED");
  return (
    <ConfirmModal
      title={`Approve the batch of ${dateInWords(batch.date)}`}
      confirm={`Approve ${sumOf(batch)}`}
      size={560}
      busy={approve.isPending}
      error={approve.error ? notSigned(approve.error) : null}
      disabled={passphrase === ""}
      onClose={onClose}
      onConfirm={() =>
        approve.mutate(
          { batch_id: batch.batch_id, digest: batch.digest, passphrase },
          {
            onSuccess: (signed) => {
              toast(
                signed.status === "APPROVED"
                  ? "Approved. It can be sent now."
                  : `Signed: ${signed.approvals.length} of ${signed.approvals_needed} approvals. Another person must approve it too.`,
              );
              onDone();
            },
            onError: () => setPassphrase(""),
          },
        )
      }
    >
      <p>
        You, {user.name}, sign {sumOf(batch)}
        {preparer ? `, prepared by ${preparer.by}` : ""}. {counted(batch.carried.length, "balance")}{" "}
        carried are not paid.
        {batch.approvals_needed > 1
          ? ` Its sum asks for ${batch.approvals_needed} approvals; yours is number ${batch.approvals.length + 1}.`
          : ""}
      </p>
      <LookAtList batch={batch} />
      {batch.own_remark ? (
        <p className="small" style={{ marginTop: 8 }}>
          Beside your approval will stand: {batch.own_remark}
        </p>
      ) : null}
      <div className={classes.signed}>
        <div className="quiet small">
          The signature covers this digest of every payout's host, name, destination, currency,
          amount and lines:
        </div>
        <span className="mono">{batch.digest}</span>
        <div className="quiet small" style={{ marginTop: 8 }}>
          and the way by which it may leave:
        </div>
        {batch.submit_rail === "STRIPE" && batch.stripe ? (
          <>
            Stripe, <span className="mono">{batch.stripe.account_id}</span>{" "}
            <ModeBadge live={batch.stripe.live} />
          </>
        ) : (
          "A payment file, handed to the bank"
        )}
      </div>
      <PasswordInput
        mt="md"
        label="Your passphrase"
        description="It opens the key that signs."
        autoComplete="current-password"
        data-autofocus
        value={passphrase}
        onChange={(event) => {
          if (approve.error) {
            approve.reset();
          }
          setPassphrase(event.currentTarget.value);
        }}
      />
    </ConfirmModal>
  );
}

/** So many payouts of a kind are named before the rest is counted. */
const NAMED = 6;
/** Where the money would go to a wrong account, each one is said in full. */
const IN_FULL: readonly string[] = ["DESTINATION_CHANGED", "SHARED_DESTINATION"];

/** What to look at before signing, by kind. */
function LookAtList({ batch }: { batch: Batch }) {
  const kinds = toLookAt(batch.payouts.filter((row) => row.status !== "CANCELLED"));
  if (kinds.length === 0) {
    return null;
  }
  return (
    <ul className={classes.lookAt} aria-label="Look at">
      {kinds.map((kind) => (
        <li key={kind.flag}>
          <strong>
            {PAYOUT_FLAG[kind.flag]}: {counted(kind.rows.length, "payout")}
          </strong>
          <LookAtRows kind={kind} />
        </li>
      ))}
    </ul>
  );
}

function LookAtRows({ kind }: { kind: LookAt }) {
  const name = ({ row }: LookAt["rows"][number]) => `${row.host_name}, ${formatMoney(row)}`;
  if (IN_FULL.includes(kind.flag)) {
    return (
      <ul>
        {kind.rows.map((it) => (
          <li key={it.row.payout_id}>
            {name(it)}: {it.text}
          </li>
        ))}
      </ul>
    );
  }
  const more = kind.rows.length - NAMED;
  return (
    <>
      {" "}
      {kind.rows.slice(0, NAMED).map(name).join("; ")}
      {more > 0 ? `; and ${more} more` : ""}.
    </>
  );
}

/** Signing asks for the passphrase alone: what is said about signing in doesn't fit here. */
function notSigned(error: IpcError): IpcError {
  return error.code === "SIGN_IN_FAILED"
    ? new IpcError({
        code: error.code,
        message: "That isn't your passphrase. Nothing was signed. Type it again.",
        details: null,
        remedy: null,
      })
    : error;
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
