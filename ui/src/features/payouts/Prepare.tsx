import { Button, Select, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { JobProgress } from "../../components/JobProgress";
import { useMay } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useBack } from "../../components/useBack";
import type { PayoutRow } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { addDays, dateInWords } from "../../lib/dates";
import { counted, formatMoneyList } from "../../lib/money";
import { PayoutDrawer } from "./PayoutDrawer";
import { CarriedTable, PayoutTable, ViewSwitch } from "./PayoutTables";
import { payoutCount } from "./payout_rows";
import classes from "./payouts.module.css";
import { Totals } from "./Totals";

const route = getRouteApi("/payouts/prepare");
const OTHER = "OTHER";

/** Who would get what on a date, and who is carried and why. Nothing is stored until prepared. */
export function Prepare() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/payouts/prepare" });
  const may = useMay("PREPARE");
  const dates = useRead("get_payout_dates", null);
  const date = search.date ?? dates.data?.suggested ?? null;
  const [offCycleDraft, setOffCycleDraft] = useState(search.off_cycle ?? "");
  const offCycle = search.off_cycle ?? null;
  const preview = useRead(
    "preview_batch",
    { date: date ?? "", off_cycle: offCycle },
    { enabled: date !== null },
  );
  const prepare = useAct("prepare_batch");
  useBack("the batches", "/payouts");
  const [opened, setOpened] = useState<PayoutRow | null>(null);
  const view = search.view ?? "payouts";
  const found = preview.data;
  const scheduled = dates.data?.dates.some((offered) => offered.date === date) ?? true;

  const change = (next: { date?: string; off_cycle?: string }) =>
    navigate({ search: { view: search.view, ...next } });
  const count = found ? payoutCount(found.totals) : 0;
  const needsReason = found !== undefined && !found.on_schedule && !offCycle;

  return (
    <>
      <PageHeader
        above={<Link to="/payouts">Payouts</Link>}
        title="Prepare a batch"
        state={
          found && date
            ? `${dateInWords(date)}: ${count > 0 ? `${counted(count, "payout")}, ${formatMoneyList(found.totals)}` : "nobody is paid"}; ${counted(found.carried.length, "balance")} carried. Nothing is stored yet.`
            : null
        }
        actions={
          <Button
            loading={prepare.isPending}
            disabled={!may || !found || count === 0 || needsReason || preview.isPlaceholderData}
            onClick={() =>
              date &&
              prepare.mutate(
                { date, off_cycle: offCycle },
                {
                  onSuccess: (batch) =>
                    navigate({ to: "/payouts/$batchId", params: { batchId: batch.batch_id } }),
                },
              )
            }
          >
            {count > 0 && found
              ? `Prepare ${counted(count, "payout")}, ${formatMoneyList(found.totals)}`
              : "Prepare"}
          </Button>
        }
      />
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          change({ date: date ?? undefined, off_cycle: offCycleDraft.trim() || undefined });
        }}
      >
        <Select
          label="Payout date"
          w={230}
          allowDeselect={false}
          data={[
            ...(dates.data?.dates ?? []).map((offered) => ({
              value: offered.date,
              label: dateInWords(offered.date),
            })),
            { value: OTHER, label: "Another date" },
          ]}
          value={date === null ? null : scheduled ? date : OTHER}
          onChange={(value) => {
            if (value === OTHER) {
              change({ date: date === null ? undefined : addDays(date, 1) });
            } else if (value) {
              setOffCycleDraft("");
              change({ date: value });
            }
          }}
        />
        {scheduled ? null : (
          <>
            <DateInput
              label="Another date"
              w={160}
              valueFormat="YYYY-MM-DD"
              value={date}
              onChange={(value) =>
                value && change({ date: value, off_cycle: offCycle ?? undefined })
              }
            />
            <TextInput
              label="Off-cycle reason"
              w={280}
              value={offCycleDraft}
              onChange={(event) => setOffCycleDraft(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={offCycleDraft.trim() === ""}>
              Use this reason
            </Button>
          </>
        )}
      </form>
      <div className={classes.notices}>
        {needsReason ? (
          <Notice tone="amber">
            <p>This date is on nobody's schedule. Give an off-cycle reason to prepare it.</p>
          </Notice>
        ) : null}
        {found?.warnings.map((warning) => (
          <Notice key={warning} tone="amber">
            <p>{warning}</p>
          </Notice>
        ))}
        {prepare.isPending ? (
          <JobProgress progress={prepare.progress} label="Preparing the batch" />
        ) : null}
        {prepare.error || preview.error ? (
          <ErrorNotice error={prepare.error ?? preview.error} />
        ) : null}
      </div>
      {found ? (
        <>
          <div className={classes.summary}>
            <Totals
              totals={found.totals}
              last={
                found.last_batch_totals.length > 0
                  ? { date: null, totals: found.last_batch_totals }
                  : null
              }
            />
          </div>
          {view === "payouts" ? (
            <PayoutTable
              name="Payouts of the preview"
              payouts={found.payouts}
              totals={found.totals}
              withStatus={false}
              stale={preview.isPlaceholderData}
              onOpen={setOpened}
              toolbar={
                <ViewSwitch
                  view={view}
                  payouts={found.payouts.length}
                  carried={found.carried.length}
                  onView={(next) => navigate({ search: { ...search, view: next } })}
                />
              }
            />
          ) : (
            <CarriedTable
              carried={found.carried}
              stale={preview.isPlaceholderData}
              toolbar={
                <ViewSwitch
                  view={view}
                  payouts={found.payouts.length}
                  carried={found.carried.length}
                  onView={(next) => navigate({ search: { ...search, view: next } })}
                />
              }
            />
          )}
        </>
      ) : null}
      {opened && date ? (
        <PayoutDrawer
          row={opened}
          preview={{ date, off_cycle: offCycle }}
          onClose={() => setOpened(null)}
        />
      ) : null}
    </>
  );
}
