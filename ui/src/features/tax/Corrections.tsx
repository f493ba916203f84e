import { Button } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useActions } from "../../components/actions";
import { EmptyState } from "../../components/EmptyState";
import { Section } from "../../components/Facts";
import { JobProgress } from "../../components/JobProgress";
import { LinkButton } from "../../components/LinkButton";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { CorrectionKind, TaxCorrection, TaxSeason } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { HostTaxLink } from "./SeasonParts";
import classes from "./tax.module.css";
import { TaxHead, useSeason, useTaxMay, useTaxYear } from "./tax_desk";
import { CORRECTION } from "./tax_words";

const route = getRouteApi("/tax/corrections");

/** Furnished forms about which the ledger says something else by now. */
export function Corrections() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/tax/corrections" });
  const { year, years } = useTaxYear(search.year);
  const found = useSeason(year);
  const season = found.data?.year === year ? found.data : undefined;
  const may = useTaxMay();
  const make = useAct("make_tax_corrections");
  const needed = season?.corrections ?? [];
  const open = needed.filter((correction) => !correction.made).length;
  const possible = may.prepare && needed.length > 0 && season?.who_files === "LEDGER";
  const start = () =>
    make.mutate(
      { year },
      {
        onSuccess: ({ forms }) =>
          toast(`${counted(forms, "form")} made as drafts. A second person reviews them.`),
      },
    );
  useActions(
    possible ? [{ label: "Make the corrections", group: "This page", keys: "n", run: start }] : [],
  );
  return (
    <>
      <TaxHead
        title={`Corrections of ${year}`}
        state={season ? sentence(season, open) : null}
        year={year}
        choose={{ years, onYear: (next) => navigate({ search: { year: next } }) }}
        actions={
          <Button
            variant={open > 0 ? "filled" : "default"}
            disabled={!possible}
            loading={make.isPending}
            onClick={start}
          >
            Make the corrections
          </Button>
        }
      />
      <Scroll>
        <div className={classes.page}>
          <ErrorNotice error={found.error} />
          {make.isPending ? (
            <JobProgress progress={make.progress} label="Making corrections" />
          ) : null}
          <ErrorNotice error={make.error} />
          {needed.length > 0 && season ? (
            <>
              <Queue corrections={needed} year={year} />
              <Kinds />
              {may.prepare ? null : <p className="quiet">A preparer makes corrections.</p>}
            </>
          ) : season ? (
            <EmptyState
              title="Nothing to correct"
              action={
                <LinkButton to="/tax/forms" search={{ year }} variant="default">
                  Forms
                </LinkButton>
              }
            >
              Once forms are furnished, what they say is frozen. Where the ledger says something
              else later, because of a changed booking or a new W-9, the form is listed here with
              what differs, sentence by sentence.
            </EmptyState>
          ) : null}
        </div>
      </Scroll>
    </>
  );
}

function sentence(season: TaxSeason, open: number): string {
  const all = season.corrections.length;
  if (all === 0) {
    return "Furnished forms say what the ledger says.";
  }
  return `${counted(all, "furnished form")} ${all === 1 ? "says" : "say"} something else than the ledger, ${open === 0 ? "all corrections made" : `${counted(open, "correction")} not made`}.`;
}

function Queue({ corrections, year }: { corrections: TaxCorrection[]; year: number }) {
  return (
    <div className={classes.scrollX}>
      <table className={small.plain}>
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Correction</th>
            <th scope="col">What differs</th>
            <th scope="col" className={small.right}>
              Gross was
            </th>
            <th scope="col" className={small.right}>
              Gross is
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {corrections.map((correction) => (
            <tr key={correction.form_id}>
              <td style={{ whiteSpace: "nowrap" }}>
                <HostTaxLink hostId={correction.host_id} name={correction.host_name} year={year} />
                <div>
                  <Link
                    to="/tax/form/$formId"
                    params={{ formId: correction.form_id }}
                    search={{ year }}
                  >
                    The form it has
                  </Link>
                </div>
              </td>
              <td>{CORRECTION[correction.correction].title}</td>
              <td>
                {correction.what.map((what) => (
                  <div key={what}>{what}</div>
                ))}
              </td>
              <td className={small.right}>
                <Money {...correction.gross_was} />
              </td>
              <td className={small.right}>
                <Money
                  amount={correction.gross_now?.amount ?? null}
                  currency={correction.gross_was.currency}
                />
              </td>
              <td>
                {correction.made ? (
                  <StatusBadge word="Made, not furnished" tone="blue" />
                ) : (
                  <StatusBadge word="Not made" tone="amber" />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kinds() {
  return (
    <Section title="What a correction is">
      <ul className={classes.lines}>
        {(Object.keys(CORRECTION) as CorrectionKind[]).map((kind) => (
          <li key={kind}>
            <strong>{CORRECTION[kind].title}.</strong> {CORRECTION[kind].explanation}
          </li>
        ))}
      </ul>
      <p>
        Other money, other months or another address is put right in one form; another TIN or name
        in two. Corrections are drafts: a second person reviews them, then they are furnished and
        filed like other forms. What was made before and isn't furnished yet is made anew.
      </p>
    </Section>
  );
}
