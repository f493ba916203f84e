import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { EmptyState } from "../../components/EmptyState";
import { LinkButton } from "../../components/LinkButton";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import type { TaxSeason } from "../../ipc";
import home from "../home/Home.module.css";
import { STEP_STATE } from "../home/week_path";
import { Blocked, Deadlines, DueGroups, Filings, TheYear, Warnings } from "./SeasonParts";
import { type SeasonLink, seasonPath } from "./season_path";
import classes from "./tax.module.css";
import { TaxHead, useSeason, useTaxMay, useTaxYear } from "./tax_desk";
import { NO_ADVICE, otherFiler, seasonBefore, seasonSentence } from "./tax_words";
import { type SeasonActs, useSeasonActs } from "./useSeasonActs";

const route = getRouteApi("/tax");

/** A tax year as a path of steps, what keeps it from going on, and what is due. */
export function Season() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/tax" });
  const { ledger } = useSignedIn();
  const { year, years } = useTaxYear(search.year);
  const found = useSeason(year);
  const season = found.data?.year === year ? found.data : undefined;
  const acts = useSeasonActs(season);
  const today = ledger.business_date;
  const before = seasonBefore(year, today);
  const empty = season !== undefined && season.hosts === 0 && made(season) === 0;
  return (
    <>
      <TaxHead
        title={`Tax year ${year}`}
        state={season ? (empty ? "No transactions yet." : seasonSentence(season)) : null}
        year={year}
        choose={{ years, onYear: (next) => navigate({ search: { year: next } }) }}
      />
      <Scroll>
        <ErrorNotice error={found.error} />
        {before !== null ? (
          <div className={classes.before}>
            <Notice
              tone="grey"
              action={
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => navigate({ search: { year: before } })}
                >
                  Tax year {before}
                </Button>
              }
            >
              <p>The forms of {before} are furnished and filed in these months.</p>
            </Notice>
          </div>
        ) : null}
        {empty ? (
          <EmptyState
            title={`No transactions in ${year}`}
            action={
              <LinkButton to="/imports" variant="default">
                Import tax profiles
              </LinkButton>
            }
          >
            Forms 1099-K are made here for hosts whose bookings reach a rule: made, looked at by a
            second person, furnished to the hosts and filed. Take in the hosts' W-9 and W-8 first: a
            tax profiles file, under Imports.
          </EmptyState>
        ) : found.data ? (
          <div className={season ? classes.page : `${classes.page} dimmed`}>
            <SeasonContent season={found.data} acts={acts} today={today} />
          </div>
        ) : null}
      </Scroll>
      {acts.modals}
    </>
  );
}

function made({ counts }: TaxSeason): number {
  return counts.draft + counts.reviewed + counts.furnished + counts.filed + counts.void;
}

function SeasonContent(props: { season: TaxSeason; acts: SeasonActs; today: string }) {
  const { season, acts, today } = props;
  const other = otherFiler(season, today);
  return (
    <>
      {other ? (
        <Notice tone="grey" action={<ToSettings />}>
          {other.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Notice>
      ) : season.filer_missing.length > 0 ? (
        <Notice tone="amber" action={<ToSettings />}>
          <p>
            The filer's {season.filer_missing.join(", ")}{" "}
            {season.filer_missing.length === 1 ? "is" : "are"} not set. Forms can be made, and not
            furnished.
          </p>
          <p>Set it under Settings, Tax forms, then make the forms.</p>
        </Notice>
      ) : null}
      {acts.notices}
      {other ? null : <Path season={season} acts={acts} today={today} />}
      <Deadlines season={season} today={today} />
      <Blocked season={season} />
      <Warnings season={season} />
      <DueGroups season={season} />
      <Filings season={season} />
      <TheYear season={season} />
      <p className={`quiet small ${classes.advice}`}>{NO_ADVICE}</p>
    </>
  );
}

function ToSettings() {
  return (
    <LinkButton to="/settings" size="xs" variant="default">
      Open Settings
    </LinkButton>
  );
}

function Path({ season, acts, today }: { season: TaxSeason; acts: SeasonActs; today: string }) {
  const may = useTaxMay();
  const steps = seasonPath(season, may, today);
  const first = steps.findIndex(
    (step) => step.action !== null && step.state !== "DONE" && step.state !== "LATER",
  );
  return (
    <ol className={home.path} aria-label="The season as a path">
      {steps.map((step, index) => {
        const variant = index === first ? "filled" : "default";
        const action = step.action;
        return (
          <li key={step.title} className={home.step} data-state={step.state}>
            <h2 className={home.stepTitle}>{step.title}</h2>
            <StatusBadge {...STEP_STATE[step.state]} />
            <p className={step.state === "LATER" ? "quiet" : undefined}>{step.figure}</p>
            <div className={home.stepAction}>
              {action === null ? null : "act" in action ? (
                <Button
                  size="xs"
                  variant={variant}
                  loading={action.act === "MAKE" && acts.busy}
                  onClick={() => acts.start(action.act)}
                >
                  {action.label}
                </Button>
              ) : (
                <LinkButton {...stepLink(action.link)} size="xs" variant={variant}>
                  {action.label}
                </LinkButton>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function stepLink(link: SeasonLink) {
  return link as { to: string };
}
