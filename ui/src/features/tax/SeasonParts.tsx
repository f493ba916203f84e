import { Link } from "@tanstack/react-router";
import { DateText, InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { Money } from "../../components/Money";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import type { TaxGroup, TaxSeason } from "../../ipc";
import { relativeDay } from "../../lib/dates";
import { inTheWindow } from "../../lib/in_the_window";
import { counted, EN_DASH, formatCount } from "../../lib/money";
import classes from "./tax.module.css";
import { grossDue, ruleName, rulesInShort } from "./tax_words";

type Props = { season: TaxSeason };

/** At most so many hosts are named in one place; the rest is in the profiles. */
const MOST = 120;

export function HostTaxLink(props: { hostId: string; name?: string; year: number }) {
  const { hostId, name, year } = props;
  return (
    <Link to="/tax/profiles" search={{ year, host: hostId }} title={hostId}>
      {name || hostId}
    </Link>
  );
}

export function Deadlines({ season, today }: Props & { today: string }) {
  if (season.who_files !== "LEDGER") {
    return null;
  }
  const days: [string, string][] = [
    [season.furnish_by, "Payees have their copies"],
    [season.file_by, "The IRS has the forms"],
  ];
  return (
    <Section title="Deadlines">
      <ul className={classes.lines}>
        {days.map(([on, what]) => (
          <li key={what}>
            <DateText date={on} words /> <span className="quiet">{relativeDay(on, today)}</span> ·{" "}
            {what}
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Blocked({ season }: Props) {
  if (season.blocked.length === 0) {
    return null;
  }
  return (
    <Section title={`${counted(season.blocked.length, "host")} blocked`}>
      <p className="quiet">
        No form is made for them before it is mended, and none of them is left out silently.
      </p>
      <div className={classes.scrollX}>
        <table className={small.plain}>
          <thead>
            <tr>
              <th scope="col">Host</th>
              <th scope="col">Why</th>
              <th scope="col">Due by</th>
              <th scope="col" className={small.right}>
                Transactions
              </th>
              <th scope="col" className={small.right}>
                Gross
              </th>
            </tr>
          </thead>
          <tbody>
            {season.blocked.slice(0, MOST).map((host) => (
              <tr key={host.host_id}>
                <td>
                  <HostTaxLink hostId={host.host_id} name={host.host_name} year={season.year} />
                </td>
                <td>{inTheWindow(host.sentence)}</td>
                <td>{host.because.length > 0 ? rulesInShort(host.because) : "not known yet"}</td>
                <td className={small.right}>{formatCount(host.transactions)}</td>
                <td className={small.right}>
                  <Money {...host.gross} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {season.blocked.length > MOST ? (
        <p className="quiet small">
          And {formatCount(season.blocked.length - MOST)} more:{" "}
          <Link to="/tax/profiles" search={{ year: season.year, missing: true }}>
            all hosts that lack something
          </Link>
        </p>
      ) : null}
    </Section>
  );
}

export function Warnings({ season }: Props) {
  // What is missing of the filer stands at the top of the page.
  const warnings = season.warnings.filter((warning) => warning.code !== "FILER_INCOMPLETE");
  if (warnings.length === 0) {
    return null;
  }
  return (
    <Section title="To know before forms go out">
      {warnings.map((warning) => (
        <div key={`${warning.code} ${warning.message}`} className={classes.warning}>
          {warning.hosts.length === 0 ? (
            <p>{inTheWindow(warning.message)}</p>
          ) : (
            <details>
              <summary>{inTheWindow(warning.message)}</summary>
              <div className={classes.hosts}>
                {warning.hosts.slice(0, MOST).map((host) => (
                  <HostTaxLink key={host} hostId={host} year={season.year} />
                ))}
                {warning.hosts.length > MOST ? (
                  <span className="quiet">and {formatCount(warning.hosts.length - MOST)} more</span>
                ) : null}
              </div>
            </details>
          )}
        </div>
      ))}
    </Section>
  );
}

export function DueGroups({ season }: Props) {
  if (season.due === 0) {
    return null;
  }
  return (
    <div className={classes.pair}>
      <Section title="Forms due by rule">
        <Groups
          season={season}
          head="Rule"
          groups={season.by_rule}
          name={ruleName}
          search={(name) => ({ year: season.year, rule: name })}
        />
        <p className="quiet small">A form that several rules make due stands in each.</p>
      </Section>
      <Section title="Forms due by state">
        <Groups
          season={season}
          head="State"
          groups={season.by_state}
          name={(name) => (name === "" ? "None known" : name)}
          search={(name) => ({ year: season.year, state: name })}
        />
      </Section>
    </div>
  );
}

function Groups(props: {
  season: TaxSeason;
  head: string;
  groups: TaxGroup[];
  name: (name: string) => string;
  search: (name: string) => { year: number; rule?: string; state?: string };
}) {
  return (
    <table className={small.plain}>
      <thead>
        <tr>
          <th scope="col">{props.head}</th>
          <th scope="col" className={small.right}>
            Forms
          </th>
          <th scope="col" className={small.right}>
            Box 1a
          </th>
        </tr>
      </thead>
      <tbody>
        {props.groups.map((group) => (
          <tr key={group.name}>
            <td>
              <Link to="/tax/forms" search={props.search(group.name)}>
                {props.name(group.name)}
              </Link>
            </td>
            <td className={small.right}>{formatCount(group.forms)}</td>
            <td className={small.right}>
              <Money {...group.gross} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Filings({ season }: Props) {
  if (season.filings.length === 0) {
    return null;
  }
  return (
    <Section title="Filings">
      <div className={classes.scrollX}>
        <table className={small.plain}>
          <thead>
            <tr>
              <th scope="col">Written</th>
              <th scope="col" className={small.right}>
                Forms
              </th>
              <th scope="col">Files</th>
              <th scope="col">State</th>
              <th scope="col">Receipt</th>
            </tr>
          </thead>
          <tbody>
            {season.filings.map((filing) => (
              <tr key={filing.filing_id}>
                <td>
                  <InstantText at={filing.written_at} />
                  <div className="quiet">{filing.written_by}</div>
                </td>
                <td className={small.right}>{formatCount(filing.forms)}</td>
                <td>
                  <details>
                    <summary>{counted(filing.files.length, "file")}</summary>
                    <ul className={classes.lines}>
                      {filing.files.map((file) => (
                        <li key={file} className="mono">
                          {file}
                        </li>
                      ))}
                    </ul>
                  </details>
                </td>
                <td>
                  {filing.filed_at ? (
                    <StatusBadge word="Filed" tone="green" />
                  ) : (
                    <StatusBadge word="Waits for the receipt" tone="amber" />
                  )}
                </td>
                <td>
                  {filing.receipt ? <span className="mono">{filing.receipt}</span> : EN_DASH}
                  {filing.filed_at ? (
                    <div className="quiet">
                      {filing.filed_by}, <InstantText at={filing.filed_at} />
                    </div>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

export function TheYear({ season }: Props) {
  return (
    <Section title="The year">
      <Facts
        facts={[
          ["Hosts with transactions", formatCount(season.hosts)],
          ["Gross of all of them", <Money key="gross" {...season.gross} />],
          [
            "Box 1a of forms due",
            <span key="due" className="figure">
              {grossDue(season)}
            </span>,
          ],
          ["Tax withheld, for form 945", <Money key="withheld" {...season.withheld} />],
        ]}
      />
    </Section>
  );
}
