import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { DateText, InstantText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { LinkButton } from "../../components/LinkButton";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { MoneyList } from "../../components/Money";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import { SubjectLink } from "../../components/SubjectLink";
import type { WaitingItem, WaitingKind, Week } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { dateInWords, relativeDay } from "../../lib/dates";
import { counted, formatCount, formatMoneyList } from "../../lib/money";
import classes from "./Home.module.css";
import { batchOfTheWeek, STEP_STATE, type StepLink, weekPath } from "./week_path";

export function Home() {
  const week = useRead("get_week", null);
  const { ledger } = useSignedIn();
  return (
    <>
      <PageHeader
        title="This week's close"
        state={week.data ? <WeekSentence week={week.data} /> : null}
      />
      <Scroll>
        <ErrorNotice error={week.error} />
        {week.data ? (
          <div className={classes.columns}>
            <DailyJob week={week.data} />
            <Path week={week.data} approvers={ledger.approvers} />
            <Waiting items={week.data.waiting_for_me} />
            <DueSoon week={week.data} />
            <Backups week={week.data} />
          </div>
        ) : null}
      </Scroll>
    </>
  );
}

function WeekSentence({ week }: { week: Week }) {
  const { clear, need_a_person, need_a_person_totals } = week.commissions;
  const batch = batchOfTheWeek(week);
  const next =
    batch?.status === "COMPLETED"
      ? `batch of ${dateInWords(batch.date)} paid`
      : `next batch ${dateInWords(week.next_batch.date)}`;
  return (
    <>
      {dateInWords(week.business_date)}: {formatCount(clear)} clear, {formatCount(need_a_person)}{" "}
      {need_a_person === 1 ? "needs" : "need"} a person
      {need_a_person > 0 ? `, ${formatMoneyList(need_a_person_totals)} waiting` : ""}, {next}.
    </>
  );
}

/** Offered whenever something came out of the hold; its result stays until the page is left. */
function DailyJob({ week }: { week: Week }) {
  const process = useAct("process_commissions");
  const may = useMay("PREPARE");
  const { due, would_process } = week.daily_job;
  if (process.data) {
    const { processed, processed_totals, still_pending, flagged } = process.data;
    return (
      <div role="status">
        <Notice tone={flagged > 0 ? "amber" : "grey"}>
          <p>
            Daily job for {dateInWords(process.data.as_of)}: {counted(processed, "commission")}{" "}
            processed ({formatMoneyList(processed_totals)}), {formatCount(still_pending)} still
            pending, {formatCount(flagged)} flagged.
          </p>
          {flagged > 0 ? (
            <p>Flagged ones wait under Commissions until a person settles them.</p>
          ) : null}
        </Notice>
      </div>
    );
  }
  if (process.error) {
    return <ErrorNotice error={process.error} />;
  }
  if (!due) {
    return null;
  }
  return (
    <Notice
      tone="grey"
      action={
        <Button
          loading={process.isPending}
          disabled={!may}
          onClick={() => process.mutate({ as_of: null })}
        >
          Run the daily job
        </Button>
      }
    >
      <p>
        {would_process > 0
          ? `${counted(would_process, "commission")} ${would_process === 1 ? "has" : "have"} come out of the 7-day hold.`
          : "The daily job has not run today."}
      </p>
      <p className="quiet">
        It raises fraud flags first, then makes what is due payable.
        {may ? "" : " A preparer runs it."}
      </p>
    </Notice>
  );
}

function Path({ week, approvers }: { week: Week; approvers: number }) {
  const steps = weekPath(week, approvers);
  // One primary action on the page: the daily job while it is due, else the first step to take.
  const first = week.daily_job.due ? -1 : steps.findIndex((step) => step.action !== null);
  return (
    <ol className={classes.path} aria-label="The week as a path">
      {steps.map((step, index) => (
        <li key={step.title} className={classes.step} data-state={step.state}>
          <h2 className={classes.stepTitle}>{step.title}</h2>
          <StatusBadge {...STEP_STATE[step.state]} />
          <p className={step.state === "LATER" ? "quiet" : undefined}>{step.figure}</p>
          <div className={classes.stepAction}>
            {step.action ? (
              <LinkButton
                {...stepLink(step.action.link)}
                size="xs"
                variant={index === first ? "filled" : "default"}
              >
                {step.action.label}
              </LinkButton>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

function stepLink(link: StepLink) {
  return link as { to: string };
}

const WAITING: Record<WaitingKind, { words: (count: number) => string; to: string }> = {
  EXCEPTIONS: {
    words: (count) => `${counted(count, "exception")} to resolve`,
    to: "/imports/exceptions",
  },
  COMMISSIONS: {
    words: (count) => `${counted(count, "commission")} to release, hold or void`,
    to: "/commissions",
  },
  DISPUTES: {
    words: (count) => `${counted(count, "dispute")} to answer or let go`,
    to: "/disputes",
  },
  APPROVE_BATCH: { words: () => "A batch to approve or reject", to: "/payouts/$batchId" },
  SUBMIT_BATCH: { words: () => "A draft to check and submit", to: "/payouts/$batchId" },
  SEND_BATCH: { words: () => "An approved batch to send", to: "/payouts/$batchId" },
  SETTLE_BATCH: { words: () => "A sent batch to record as paid", to: "/payouts/$batchId" },
  RESUME_BATCH: {
    words: (count) => `A batch to go on sending, ${counted(count, "payout")} waiting`,
    to: "/payouts/$batchId",
  },
  UNKNOWN_PAYOUTS: {
    words: (count) => `${counted(count, "payout")} of unknown outcome: ask Stripe again`,
    to: "/payouts/$batchId",
  },
  FROZEN_BATCH: {
    words: () => "A stopped batch: Stripe shows what can't be",
    to: "/payouts/$batchId",
  },
  STRIPE_NOTICES: {
    words: (count) => `${counted(count, "thing")} that Stripe did, to look at`,
    to: "/settings/stripe",
  },
  FAILED_PAYOUTS: {
    words: (count) => `${counted(count, "failed payout")} to look into`,
    to: "/payouts/$batchId",
  },
  APPROVE_ADJUSTMENT: {
    words: (count) => `${counted(count, "adjustment")} to approve or reject`,
    to: "/payouts/adjustments",
  },
  ADD_SECOND_USER: {
    words: () => "A second person to add: nothing can be approved without one",
    to: "/settings/users",
  },
};

function Waiting({ items }: { items: WaitingItem[] }) {
  return (
    <Section title="Waits for you">
      {items.length === 0 ? (
        <p className="quiet">Nothing. What needs you will be listed here.</p>
      ) : (
        <Lines>
          {items.map((item) => (
            <li key={`${item.kind}-${item.batch_id}`}>
              <SubjectOrPlace item={item} />
              <MoneyOrNothing item={item} />
            </li>
          ))}
        </Lines>
      )}
    </Section>
  );
}

function SubjectOrPlace({ item }: { item: WaitingItem }) {
  const { words, to } = WAITING[item.kind];
  const params = item.batch_id ? { batchId: item.batch_id } : undefined;
  const place = to.includes("$") && !params ? "/payouts" : to;
  return (
    <LinkButton to={place} params={params} variant="transparent" px={0} size="compact-sm">
      {words(item.count)}
    </LinkButton>
  );
}

function MoneyOrNothing({ item }: { item: WaitingItem }) {
  return item.totals.length > 0 ? <MoneyList totals={item.totals} /> : null;
}

function DueSoon({ week }: { week: Week }) {
  return (
    <Section title="Due soon">
      {week.due_soon.length === 0 ? (
        <p className="quiet">Nothing in the next two weeks.</p>
      ) : (
        <Lines>
          {week.due_soon.map((item) => (
            <li key={`${item.on}-${item.what}`}>
              <span>
                <DateText date={item.on} words />{" "}
                <span className="quiet">{relativeDay(item.on, week.business_date)}</span> ·{" "}
                {item.subject ? (
                  <SubjectLink subject={{ ...item.subject, label: item.what }} />
                ) : (
                  item.what
                )}
              </span>
              {item.totals.length > 0 ? <MoneyList totals={item.totals} /> : null}
            </li>
          ))}
        </Lines>
      )}
    </Section>
  );
}

function Backups({ week }: { week: Week }) {
  return (
    <Section title="Backup">
      {week.last_backup ? (
        <p>
          Last verified backup <InstantText at={week.last_backup.at} />.{" "}
          {week.last_copy_outside_at ? (
            <>
              Last copy off this machine <InstantText at={week.last_copy_outside_at} />.
            </>
          ) : (
            <span className="tone-amber">No copy off this machine yet.</span>
          )}
        </p>
      ) : (
        <p>
          <span className="tone-amber">No backup yet.</span>{" "}
          <LinkButton to="/books/check" variant="transparent" px={0} size="compact-sm">
            Make one
          </LinkButton>
        </p>
      )}
    </Section>
  );
}

function Lines({ children }: { children: ReactNode }) {
  return <ul className={classes.lines}>{children}</ul>;
}
