import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { DateText, InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { useMay } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { RightDrawer } from "../../components/RightDrawer";
import { StatusBadge } from "../../components/StatusBadge";
import { SubjectLink } from "../../components/SubjectLink";
import { Tabs } from "../../components/Tabs";
import { toast } from "../../components/toast";
import type { AdjustmentRow, AdjustmentStatus } from "../../ipc";
import { useAct, usePaged, useRead } from "../../ipc/hooks";
import { counted, formatMoney } from "../../lib/money";
import { ADJUSTMENT_KIND, ADJUSTMENT_STATUS } from "../../lib/words";
import { AdjustmentForm } from "./AdjustmentForm";
import { PAYOUT_TABS } from "./Payouts";

const COLUMNS: LedgerColumn<AdjustmentRow>[] = [
  {
    id: "host",
    header: "Host",
    width: 170,
    cell: (row) => (
      <Link to="/hosts/$hostId" params={{ hostId: row.host_id }} tabIndex={-1}>
        {row.host_name}
      </Link>
    ),
  },
  { id: "kind", header: "Kind", width: 160, cell: (row) => ADJUSTMENT_KIND[row.kind] },
  {
    id: "status",
    header: "State",
    width: 160,
    cell: (row) => <StatusBadge {...ADJUSTMENT_STATUS[row.status]} />,
  },
  {
    id: "amount",
    header: "Amount",
    width: 150,
    align: "right",
    cell: (row) => <Money amount={row.amount} currency={row.currency} />,
  },
  {
    id: "reason",
    header: "Reason",
    width: 240,
    grow: true,
    cell: (row) => <span title={row.reason}>{row.reason}</span>,
  },
  { id: "by", header: "By", width: 110, cell: (row) => row.added_by },
  {
    id: "on",
    header: "Added",
    width: 126,
    cell: (row) => <DateText date={row.added_at.slice(0, 10)} />,
  },
];

export function Adjustments() {
  const [status, setStatus] = useState<AdjustmentStatus | null>(null);
  const [opened, setOpened] = useState<AdjustmentRow | null>(null);
  const [adding, setAdding] = useState(false);
  const list = usePaged("list_adjustments", { status, host_id: null });
  const counts = useRead("get_rail_counts", null);
  const may = useMay("ADJUST");
  const waiting = counts.data?.adjustments ?? 0;
  const add = (
    <Button onClick={() => setAdding(true)} disabled={!may}>
      Add an adjustment
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Adjustments"
        state={
          counts.data
            ? `${counted(waiting, "adjustment")} ${waiting === 1 ? "waits" : "wait"} for a second person.`
            : null
        }
        actions={add}
      />
      <Tabs name="Payouts" tabs={PAYOUT_TABS} />
      <LedgerTable
        name="Adjustments"
        columns={COLUMNS}
        {...list}
        rowId={(row) => row.adjustment_id}
        onOpen={setOpened}
        toolbar={
          <FilterChips
            chips={
              status
                ? [
                    {
                      key: "status",
                      words: ADJUSTMENT_STATUS[status].word,
                      onRemove: () => setStatus(null),
                    },
                  ]
                : []
            }
            choices={[
              {
                label: "State",
                options: (Object.keys(ADJUSTMENT_STATUS) as AdjustmentStatus[]).map((value) => ({
                  label: ADJUSTMENT_STATUS[value].word,
                  onPick: () => setStatus(value),
                })),
              },
            ]}
          />
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="adjustment"
              filtered={status !== null}
              totals={list.totals}
            />
          ),
        }}
        empty={
          <EmptyState title="No adjustments" action={add}>
            An adjustment changes a host's balance by hand, or comes by itself when a paid booking
            is refunded. What a person adds counts once a second person has approved it.
          </EmptyState>
        }
      />
      {opened ? (
        <AdjustmentDrawer
          key={opened.adjustment_id}
          row={list.rows.find((row) => row.adjustment_id === opened.adjustment_id) ?? opened}
          onClose={() => setOpened(null)}
        />
      ) : null}
      {adding ? <AdjustmentForm hostId={null} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function AdjustmentDrawer({ row, onClose }: { row: AdjustmentRow; onClose: () => void }) {
  const [step, setStep] = useState<"APPROVE" | "APPROVE_ALL" | "REJECT" | null>(null);
  const approve = useAct("approve_adjustment");
  const approveAll = useAct("approve_opening_balances");
  const reject = useAct("reject_adjustment");
  const id = { adjustment_id: row.adjustment_id };
  const isLast = row.kind === "FINAL_PAYOUT";
  const what = isLast ? "the final payout" : formatMoney(row);
  const done = (words: string) => {
    toast(words);
    onClose();
  };
  return (
    <RightDrawer
      title={
        isLast ? ADJUSTMENT_KIND[row.kind] : `${ADJUSTMENT_KIND[row.kind]}, ${formatMoney(row)}`
      }
      subtitle={row.host_name}
      onClose={onClose}
      footer={
        row.status === "WAITING" ? (
          <>
            <Button disabled={!row.decide.allowed} onClick={() => setStep("APPROVE")}>
              Approve {what}
            </Button>
            {row.import_id ? (
              <Button
                variant="default"
                disabled={!row.decide.allowed}
                onClick={() => setStep("APPROVE_ALL")}
              >
                Approve all of this file
              </Button>
            ) : null}
            <Button
              variant="default"
              disabled={!row.decide.allowed}
              onClick={() => setStep("REJECT")}
            >
              Reject
            </Button>
            {row.decide.why_not ? <span className="quiet small">{row.decide.why_not}</span> : null}
          </>
        ) : row.may_withdraw ? (
          <Button variant="default" onClick={() => setStep("REJECT")}>
            Take it back
          </Button>
        ) : null
      }
    >
      <ErrorNotice error={approve.error ?? reject.error} />
      <Facts
        facts={[
          ["State", <StatusBadge key="state" {...ADJUSTMENT_STATUS[row.status]} />],
          ["Reason", row.reason],
          [
            "Host",
            <SubjectLink
              key="host"
              subject={{ kind: "HOST", id: row.host_id, label: row.host_name }}
            />,
          ],
          [
            "Booking",
            row.booking_id ? (
              <SubjectLink
                key="booking"
                subject={{ kind: "BOOKING", id: row.booking_id, label: row.booking_id }}
              />
            ) : null,
          ],
          ["Added by", row.added_by],
          ["Added", <InstantText key="added" at={row.added_at} />],
          ["Decided by", row.decided_by],
          ["Decided", row.decided_at ? <InstantText key="decided" at={row.decided_at} /> : null],
        ]}
      />
      {step === "APPROVE" ? (
        <ConfirmModal
          title={isLast ? "Approve this final payout" : "Approve this adjustment"}
          confirm={`Approve ${what}`}
          busy={approve.isPending}
          error={approve.error}
          onClose={() => setStep(null)}
          onConfirm={() => approve.mutate(id, { onSuccess: () => done("Approved.") })}
        >
          <p>
            {isLast
              ? `${row.host_name}'s next payout goes whatever the minimum and though the account is closed, once.`
              : `${row.host_name}'s balance changes by ${formatMoney(row)}; the next batch takes it in.`}{" "}
            Reason given by {row.added_by}: “{row.reason}”
          </p>
        </ConfirmModal>
      ) : null}
      {step === "APPROVE_ALL" && row.import_id ? (
        <ConfirmModal
          title="Approve all opening balances of this file"
          confirm="Approve all"
          busy={approveAll.isPending}
          error={approveAll.error}
          onClose={() => setStep(null)}
          onConfirm={() =>
            approveAll.mutate(
              { import_id: row.import_id ?? "" },
              { onSuccess: (count) => done(`${counted(count, "opening balance")} approved.`) },
            )
          }
        >
          <p>
            Every opening balance that came with the same file and still waits is approved. The
            hosts' balances change as of the day through which they were paid elsewhere; the next
            batch takes them in.
          </p>
        </ConfirmModal>
      ) : null}
      {step === "REJECT" ? (
        <ConfirmModal
          title={
            row.may_withdraw
              ? "Take this final payout back"
              : isLast
                ? "Reject this final payout"
                : "Reject this adjustment"
          }
          confirm={row.may_withdraw ? "Take it back" : `Reject ${what}`}
          danger
          reason={{ label: "Reason" }}
          busy={reject.isPending}
          error={reject.error}
          onClose={() => setStep(null)}
          onConfirm={(reason) =>
            reject.mutate({ ...id, reason }, { onSuccess: () => done("Rejected.") })
          }
        >
          <p>
            {row.may_withdraw
              ? "The host is carried again as before. A batch that was prepared by it must be refreshed."
              : "The balance stays as it is. The adjustment stays on record as rejected."}
          </p>
        </ConfirmModal>
      ) : null}
    </RightDrawer>
  );
}
