import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Facts, Section } from "../../components/Facts";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { StatusBadge } from "../../components/StatusBadge";
import { SubjectLink } from "../../components/SubjectLink";
import { toast } from "../../components/toast";
import type { Batch, PayoutRow } from "../../ipc";
import { useAct, usePaged } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";
import { PayoutLines } from "./PayoutLines";
import { hasReturnActions, ReturnActions } from "./ReturnActions";
import type { Sending } from "./StripeProgress";
import { TransferFacts } from "./TransferFacts";
import { payoutState } from "./transfer_progress";

type Props = {
  row: PayoutRow;
  /** Set in a preview, where the payout has no id yet. */
  preview?: { date: string; off_cycle: string | null };
  batch?: Batch;
  sending?: Sending;
  onRetried?: (batch: Batch) => void;
  onClose: () => void;
};

export function PayoutDrawer({ row, preview, batch, sending, onRetried, onClose }: Props) {
  const [excluding, setExcluding] = useState(false);
  const retry = useAct("retry_payout");
  const may = (action: string) =>
    batch?.actions.some((allowed) => allowed.action === action && allowed.allowed) ?? false;
  const id = row.payout_id;
  const navigate = useNavigate();
  const retryable = row.status === "FAILED" && may("RETRY");
  const droppable = row.status === "PENDING" && may("EXCLUDE");
  return (
    <RightDrawer
      title={row.host_name}
      subtitle={formatMoney(row)}
      onClose={onClose}
      onFullPage={
        id
          ? () => navigate({ to: "/payouts/payout/$payoutId", params: { payoutId: id } })
          : undefined
      }
      footer={
        id && (retryable || droppable || hasReturnActions(row)) ? (
          <>
            {retryable ? (
              <Button
                loading={retry.isPending}
                onClick={() => retry.mutate({ payout_id: id }, { onSuccess: onRetried })}
              >
                Retry in a new batch
              </Button>
            ) : null}
            {droppable ? (
              <Button variant="default" onClick={() => setExcluding(true)}>
                Drop from the batch
              </Button>
            ) : null}
            <ReturnActions row={row} />
          </>
        ) : null
      }
    >
      <PayoutFacts row={row} running={sending?.running ?? false} />
      {row.transfer ? (
        <TransferFacts
          row={row}
          transfer={row.transfer}
          running={sending?.running ?? false}
          onResume={sending?.mayResume && !sending.running ? sending.resume : undefined}
        />
      ) : null}
      <Section title="Lines">
        {preview ? <PreviewLines row={row} preview={preview} /> : null}
        {id ? <StoredLines payoutId={id} /> : null}
      </Section>
      {excluding && batch && id ? (
        <ExcludeModal row={row} batchId={batch.batch_id} payoutId={id} onClose={onClose} />
      ) : null}
    </RightDrawer>
  );
}

export function PayoutFacts({ row, running }: { row: PayoutRow; running: boolean }) {
  const notices: ReactNode[] = [
    ...row.stale_because.map((words) => (
      <Notice key={words} tone="amber">
        <p>Changed since it was prepared: {words}</p>
      </Notice>
    )),
    ...row.flags.map((flag) => (
      <Notice key={flag.flag} tone="amber">
        <p>{flag.text}</p>
      </Notice>
    )),
    ...row.notes.map((words) => (
      <Notice key={words} tone="grey">
        <p>{words}</p>
      </Notice>
    )),
  ];
  return (
    <>
      {notices}
      <div style={{ marginTop: notices.length > 0 ? 12 : 0 }}>
        <Facts
          facts={[
            [
              "State",
              row.payout_id ? <StatusBadge key="s" {...payoutState(row, running)} /> : null,
            ],
            [
              "Host",
              <SubjectLink
                key="host"
                subject={{ kind: "HOST", id: row.host_id, label: row.host_id }}
              />,
            ],
            [
              "Destination",
              <span key="destination" className="mono">
                {row.destination || "none"}
              </span>,
            ],
            ["Batch before", <Money key="last" amount={row.last_amount} currency={row.currency} />],
            [row.status === "REVERSED" ? "Came back" : "Failed because", row.failed_reason],
          ]}
        />
      </div>
    </>
  );
}

function StoredLines({ payoutId }: { payoutId: string }) {
  return <PayoutLines lines={usePaged("list_payout_lines", { payout_id: payoutId })} />;
}

function PreviewLines(props: {
  row: PayoutRow;
  preview: { date: string; off_cycle: string | null };
}) {
  const { row, preview } = props;
  const lines = usePaged("list_preview_lines", {
    date: preview.date,
    host_id: row.host_id,
    currency: row.currency,
  });
  return <PayoutLines lines={lines} />;
}

function ExcludeModal(props: {
  row: PayoutRow;
  batchId: string;
  payoutId: string;
  onClose: () => void;
}) {
  const { row, batchId, payoutId, onClose } = props;
  const exclude = useAct("exclude_payout");
  return (
    <ConfirmModal
      title={`Drop ${row.host_name}`}
      confirm={`Drop ${formatMoney(row)}`}
      reason={{ label: "Reason", placeholder: "Kept with the batch and shown to the approver" }}
      busy={exclude.isPending}
      error={exclude.error}
      onClose={onClose}
      onConfirm={(reason) =>
        exclude.mutate(
          { batch_id: batchId, payout_id: payoutId, reason },
          {
            onSuccess: () => {
              toast(`${row.host_name} is dropped; ${formatMoney(row)} is carried.`);
              onClose();
            },
          },
        )
      }
    >
      <p>
        {row.host_name} is not paid in this batch. {formatMoney(row)} stays on the balance and goes
        into the next batch.
      </p>
    </ConfirmModal>
  );
}
