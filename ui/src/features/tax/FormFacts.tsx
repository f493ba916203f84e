import { Link } from "@tanstack/react-router";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { Money } from "../../components/Money";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import type { TaxFormDetail, TaxStep } from "../../ipc";
import classes from "./tax.module.css";
import { FORM_KIND, formBadge } from "./tax_words";

type Props = { detail: TaxFormDetail };

/** The rules that made it due, with their sources, and which date counts. */
export function FormReasons({ detail }: Props) {
  return (
    <Section title="Why it is due">
      <ul className={classes.lines}>
        {detail.because_in_words.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <p className="quiet">{detail.date_basis}</p>
    </Section>
  );
}

function step(done: TaxStep | null, none: string) {
  return done ? (
    <>
      {done.by}, <InstantText at={done.at} />
    </>
  ) : (
    <span className="quiet">{none}</span>
  );
}

/** Who made, reviewed, furnished and filed it, and the hash it is known by. */
export function FormSteps({ detail }: Props) {
  return (
    <Section title="Steps">
      <Facts
        facts={[
          ["Made", step(detail.made, "")],
          ["Reviewed", step(detail.reviewed, "not yet, by somebody else")],
          ["Furnished", step(detail.furnished, "not yet")],
          ["Filed", step(detail.filed, "not yet")],
          [
            "SHA-256",
            detail.furnished ? (
              <span key="hash" className={classes.hash}>
                {detail.sha256}
              </span>
            ) : null,
          ],
        ]}
      />
      {detail.furnished ? (
        <p className="quiet small">
          What it says is frozen and known by this hash. What changes afterwards is corrected.
        </p>
      ) : null}
    </Section>
  );
}

export function OtherForms({ detail, year }: Props & { year: number | undefined }) {
  if (detail.others.length === 0) {
    return null;
  }
  return (
    <Section title="Other forms of this host in the year">
      <table className={small.plain}>
        <tbody>
          {detail.others.map((other) => (
            <tr key={other.form_id}>
              <td>
                <Link
                  to="/tax/form/$formId"
                  params={{ formId: other.form_id }}
                  search={year === undefined ? {} : { year }}
                >
                  {FORM_KIND[other.kind]}
                </Link>
              </td>
              <td>
                <StatusBadge {...formBadge(other)} />
              </td>
              <td className={small.right}>
                <Money amount={other.gross} currency={other.currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
