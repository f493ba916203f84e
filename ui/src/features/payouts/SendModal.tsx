import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { ModeBadge } from "../../components/ModeBadge";
import { ErrorNotice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import { toast } from "../../components/toast";
import type { Batch, PayoutRow, Preflight, PreflightCheck } from "../../ipc";
import { useAct, useLongRead } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
import { counted, formatMoney, formatMoneyList, sumMoney } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import { modeInWords } from "../settings/stripe_words";
import { payoutCount } from "./payout_rows";
import classes from "./payouts.module.css";
import { sayWarning } from "./useSending";

type Props = {
  batch: Batch;
  onClose: () => void;
  onDone: () => void;
  /** Begins to send through Stripe; the page shows how far it is. */
  onStripe: () => void;
};

/** What will happen, by the way that was approved, before the first payout leaves. */
export function SendModal(props: Props) {
  const { batch } = props;
  return batch.submit_rail === "STRIPE" ? <ThroughStripe {...props} /> : <ToFile {...props} />;
}

function ToFile({ batch, onClose, onDone }: Props) {
  const send = useAct("send_batch");
  const [path, setPath] = useState("");
  return (
    <ConfirmModal
      title="Send to a payment file"
      confirm={`Send ${counted(payoutCount(batch.totals), "payout")}, ${formatMoneyList(batch.totals)}`}
      size={600}
      busy={send.isPending}
      error={send.error}
      disabled={!isWholePath(path)}
      onClose={onClose}
      onConfirm={() =>
        send.mutate(
          { batch_id: batch.batch_id, rail: "FILE", path: path.trim() },
          {
            onSuccess: (result) => {
              sayWarning(result);
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
        {batch.stripe
          ? " It was approved for this way; to send it through Stripe, submit it anew."
          : ""}
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

function ThroughStripe({ batch, onClose, onStripe }: Props) {
  const preflight = useLongRead("preflight_batch", { batch_id: batch.batch_id });
  const found = preflight.data && !preflight.isFetching ? preflight.data : null;
  const failing = new Set(found?.checks.flatMap((check) => check.payouts));
  const leaving = batch.payouts.filter(
    (row) => row.status === "PENDING" && !(row.payout_id && failing.has(row.payout_id)),
  );
  const sum = `${counted(leaving.length, "payout")}, ${formatMoneyList(sumMoney(leaving))}`;
  const mode = batch.stripe ? modeInWords(batch.stripe) : "";
  return (
    <ConfirmModal
      title="Send through Stripe"
      confirm={`Send ${sum}, ${mode}`}
      size={600}
      busy={false}
      error={null}
      disabled={!found?.may_send || leaving.length === 0}
      onClose={onClose}
      onConfirm={onStripe}
    >
      {preflight.error ? (
        <ErrorNotice error={preflight.error} />
      ) : found ? (
        <Checks found={found} rows={batch.payouts} nothingLeaves={leaving.length === 0} />
      ) : (
        <p className="quiet" role="status">
          Asking Stripe whether everything is ready…
        </p>
      )}
    </ConfirmModal>
  );
}

const CHECK: Record<string, string> = {
  date: "Payout date",
  account: "Stripe account",
  approval: "Approval",
  lines: "Payouts and lines",
  transfers: "Stripe's list",
  balance: "Balance at Stripe",
  destinations: "Hosts' accounts",
  unchanged: "Since the approval",
};

const WORD = { ok: "ready", stop: "stops the batch", fail: "some fail" };

type ChecksProps = { found: Preflight; rows: PayoutRow[]; nothingLeaves: boolean };

function Checks({ found, rows, nothingLeaves }: ChecksProps) {
  return (
    <>
      <p>
        From <span className="mono">{found.rail.account_id}</span>{" "}
        <ModeBadge live={found.rail.live} />
      </p>
      <ul className={classes.checks} aria-label="Looked at before sending">
        {found.checks.map((check) => (
          <CheckLine key={check.name} check={check} rows={rows} />
        ))}
      </ul>
      <p role="status">
        {!found.may_send
          ? "Nothing can be sent before what is marked ✕ is mended."
          : nothingLeaves
            ? "No payout is left to send."
            : "Sending can be paused at any time; nothing is paid twice."}
      </p>
    </>
  );
}

function CheckLine({ check, rows }: { check: PreflightCheck; rows: PayoutRow[] }) {
  const state = check.ok ? "ok" : check.stops ? "stop" : "fail";
  const named = rows.filter((row) => row.payout_id && check.payouts.includes(row.payout_id));
  const one = named.length === 1;
  const why =
    check.name === "destinations"
      ? one
        ? "goes to an account that can't receive now"
        : "go to accounts that can't receive now"
      : "changed since the approval";
  return (
    <li data-state={state}>
      <span className={classes.checkMark} aria-hidden="true">
        {state === "ok" ? "✓" : state === "stop" ? "✕" : "!"}
      </span>
      <div className="small">
        <strong>{CHECK[check.name] ?? check.name}</strong>
        <span className="visually-hidden">, {WORD[state]}</span>
        {": "}
        <span className={state === "ok" ? undefined : `tone-${state === "stop" ? "red" : "amber"}`}>
          {named.length > 0 ? (
            <>
              {counted(named.length, "payout")} {why}:{" "}
              {named
                .slice(0, 5)
                .map((row) => `${row.host_name}, ${formatMoney(row)}`)
                .join("; ")}
              {named.length > 5 ? `; and ${named.length - 5} more` : ""}.{" "}
              {one ? "It fails and its money is" : "They fail and their money is"} due again.
            </>
          ) : (
            inTheWindow(check.detail)
          )}
        </span>
      </div>
    </li>
  );
}
