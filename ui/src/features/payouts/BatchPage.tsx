import { Button } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { BulkBar } from "../../components/BulkBar";
import { InstantText } from "../../components/DateText";
import { LinkButton } from "../../components/LinkButton";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { StatusBadge } from "../../components/StatusBadge";
import { useBack } from "../../components/useBack";
import type { Batch, BatchEvent, PayoutRow } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { inTheWindow } from "../../lib/in_the_window";
import { counted, formatMoneyList, sumMoney } from "../../lib/money";
import { BATCH_EVENT, BATCH_STATUS } from "../../lib/words";
import { BatchButtons } from "./BatchButtons";
import { BatchModal, type BatchStep } from "./BatchModals";
import { PayoutDrawer } from "./PayoutDrawer";
import { CarriedTable, PayoutTable, payoutKey, ViewSwitch } from "./PayoutTables";
import { payoutCount } from "./payout_rows";
import classes from "./payouts.module.css";
import { type Sending, StripeNotices, StripeProgress } from "./StripeProgress";
import { Totals } from "./Totals";
import { useSending } from "./useSending";

const route = getRouteApi("/payouts/$batchId");
const NONE: ReadonlySet<string> = new Set();

export function BatchPage() {
  const { batchId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/payouts/$batchId" });
  const found = useRead("get_batch", { batch_id: batchId }, { keep: false });
  const [step, setStep] = useState<BatchStep | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const { batch, sending, sendThroughStripe } = useSending(found.data);

  useBack("the batches", "/payouts");
  if (!batch) {
    return (
      <>
        <PageHeader above={<Link to="/payouts">Payouts</Link>} title="Batch" />
        <div className={classes.notices}>
          <ErrorNotice error={found.error} />
        </div>
      </>
    );
  }
  const view = search.view ?? "payouts";
  const opened = batch.payouts.find((row) => payoutKey(row) === search.open);
  const chosen = batch.payouts.filter((row) => selected.has(payoutKey(row)));
  const settling = allowed(batch, "SETTLE");
  const dropping = allowed(batch, "EXCLUDE");
  const viewSwitch = (
    <ViewSwitch
      view={view}
      payouts={batch.payouts.length}
      carried={batch.carried.length}
      onView={(next) => navigate({ search: { view: next } })}
    />
  );
  return (
    <>
      <PageHeader
        above={<Link to="/payouts">Payouts</Link>}
        title={`Batch of ${dateInWords(batch.date)}`}
        state={<BatchSentence batch={batch} />}
        actions={<BatchButtons batch={batch} sending={sending} onStep={setStep} />}
      />
      <BatchNotices batch={batch} sending={sending} />
      <StripeProgress batch={batch} rows={batch.payouts} sending={sending} />
      <div className={classes.summary}>
        <Totals totals={batch.totals} last={batch.last_batch} />
        <History batch={batch} />
      </div>
      {view === "payouts" ? (
        <PayoutTable
          name="Payouts of the batch"
          payouts={batch.payouts}
          totals={batch.totals}
          withStatus={batch.status !== "DRAFT" && batch.status !== "SUBMITTED"}
          running={sending.running}
          stale={found.isPlaceholderData}
          selected={selected}
          onSelect={settling ? setSelected : undefined}
          onOpen={(row: PayoutRow) => navigate({ search: { ...search, open: payoutKey(row) } })}
          toolbar={
            chosen.length > 0 ? (
              <BulkBar
                count={chosen.length}
                one="payout"
                totals={sumMoney(chosen)}
                onClear={() => setSelected(NONE)}
              >
                <Button
                  size="xs"
                  color="red"
                  onClick={() => setStep({ step: "FAIL", rows: chosen })}
                >
                  Record as failed
                </Button>
              </BulkBar>
            ) : (
              <>
                {viewSwitch}
                <span className="quiet small">
                  {settling
                    ? "Select payouts the bank refused, then record the rest as paid."
                    : dropping
                      ? "What has to be looked at stands first."
                      : ""}
                </span>
              </>
            )
          }
        />
      ) : (
        <CarriedTable carried={batch.carried} toolbar={viewSwitch} />
      )}
      {opened ? (
        <PayoutDrawer
          key={payoutKey(opened)}
          row={opened}
          batch={batch}
          sending={sending}
          onRetried={(next) =>
            navigate({ to: "/payouts/$batchId", params: { batchId: next.batch_id }, search: {} })
          }
          onClose={() => navigate({ search: { view: search.view } })}
        />
      ) : null}
      {step ? (
        <BatchModal
          batch={batch}
          step={step}
          onClose={() => setStep(null)}
          onStripe={() => {
            setStep(null);
            sendThroughStripe();
          }}
          onDone={() => {
            setStep(null);
            setSelected(NONE);
          }}
        />
      ) : null}
    </>
  );
}

function allowed(batch: Batch, action: string): boolean {
  return batch.actions.some((entry) => entry.action === action && entry.allowed);
}

function BatchSentence({ batch }: { batch: Batch }) {
  const ahead = ["DRAFT", "SUBMITTED", "APPROVED"].includes(batch.status);
  const flagged = ahead ? batch.payouts.filter((row) => row.flags.length > 0).length : 0;
  return (
    <>
      <StatusBadge
        {...(batch.frozen_because ? { word: "Stopped", tone: "red" } : BATCH_STATUS[batch.status])}
      />
      {" · "}
      {counted(payoutCount(batch.totals), "payout")}, {formatMoneyList(batch.totals)};{" "}
      {counted(batch.carried.length, "balance")} carried
      {flagged > 0 ? `; ${counted(flagged, "payout")} to look at` : ""}.
    </>
  );
}

/** What keeps this batch from going on, and why this person can't do the next step. */
function BatchNotices({ batch, sending }: { batch: Batch; sending: Sending }) {
  const { user, ledger } = useSignedIn();
  const stale = batch.payouts.filter((row) => row.stale);
  const approve = batch.actions.find((entry) => entry.action === "APPROVE");
  const failed = batch.payouts.filter((row) => row.status === "FAILED");
  return (
    <div className={classes.notices}>
      <StripeNotices batch={batch} rows={batch.payouts} sending={sending} />
      {batch.waiting.length > 0 ? (
        <Notice
          tone="amber"
          action={
            <LinkButton to="/imports/exceptions" size="xs" variant="default">
              See the rows
            </LinkButton>
          }
        >
          {batch.waiting.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
      ) : null}
      {stale.length > 0 ? (
        <Notice tone="amber">
          <p>
            {counted(stale.length, "payout")} changed since this batch was prepared:{" "}
            {stale
              .slice(0, 5)
              .map((row) => `${row.host_name} (${row.stale_because.join("; ")})`)
              .join(", ")}
            {stale.length > 5 ? ` and ${stale.length - 5} more` : ""}.{" "}
            {batch.status === "APPROVED"
              ? "They fail when the batch is sent, and their money is due again."
              : "Refresh or drop them before it can be approved."}
          </p>
        </Notice>
      ) : null}
      {batch.status === "SUBMITTED" && approve && !approve.allowed ? (
        <Notice
          tone="grey"
          action={
            ledger.approvers === 0 ? (
              <LinkButton to="/settings/users" size="xs" variant="default">
                Add a person
              </LinkButton>
            ) : undefined
          }
        >
          <p>{approve.why_not ?? `${user.name} can't approve this batch.`}</p>
        </Notice>
      ) : null}
      {batch.too_early_by_file ? (
        <Notice tone="grey">
          <p>{inTheWindow(batch.too_early_by_file)}</p>
        </Notice>
      ) : null}
      {failed.length > 0 ? (
        <Notice tone="red">
          <p>
            {counted(failed.length, "payout")} failed, {formatMoneyList(sumMoney(failed))}. The
            money is back on the hosts' balances; open a payout to retry it in a new batch.
          </p>
        </Notice>
      ) : null}
    </div>
  );
}

/** What was said with it, unless it stands elsewhere on the page. */
function commentOf({ what, comment }: BatchEvent, batch: Batch): string {
  if (!comment || comment === batch.payment_file?.path || comment === batch.off_cycle) {
    return "";
  }
  if (what === "STOPPED") {
    return comment === batch.frozen_because ? "" : `: ${comment}`;
  }
  return what === "SENT" ? ` through ${comment}` : `: “${comment}”`;
}

function History({ batch }: { batch: Batch }) {
  const { approvals, approvals_needed } = batch;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it where it is long
    <ul className={classes.history} aria-label="Who did what" tabIndex={0}>
      {approvals_needed > 1 && approvals.length < approvals_needed ? (
        <li>
          <StatusBadge
            tone="amber"
            word={`${approvals.length} of ${approvals_needed} approvals${approvals.length > 0 ? `: ${approvals.map((one) => one.by).join(", ")}` : ""}`}
          />
        </li>
      ) : approvals_needed > 1 ? (
        <li>
          {approvals.length} of {approvals_needed} approvals:{" "}
          {approvals.map((one) => one.by).join(", ")}
        </li>
      ) : null}
      {batch.off_cycle ? <li>Off-cycle: {batch.off_cycle}</li> : null}
      {batch.history.slice(-6).map((event) => (
        <li key={`${event.what}-${event.at}`}>
          {BATCH_EVENT[event.what]} by <strong>{event.by}</strong>, <InstantText at={event.at} />
          {commentOf(event, batch)}
        </li>
      ))}
      {approvals.flatMap((one) =>
        one.remarks.map((remark) => (
          <li key={`${one.by}-${remark}`}>
            <StatusBadge tone="amber" word="Look at the key" /> {remark}
          </li>
        )),
      )}
      {batch.submit_rail && !batch.rail ? (
        <li>
          <span className="quiet">Submitted for</span>{" "}
          {batch.submit_rail === "STRIPE" ? "Stripe" : "a payment file"}
        </li>
      ) : null}
      <li>
        <span className="quiet">Digest</span>{" "}
        <span className="mono" title={batch.digest}>
          {batch.digest.slice(0, 16)}…
        </span>
      </li>
      {batch.payment_file ? (
        <li style={{ overflowWrap: "anywhere" }}>
          <span className="quiet">Payment file</span> {batch.payment_file.path}
        </li>
      ) : null}
    </ul>
  );
}
