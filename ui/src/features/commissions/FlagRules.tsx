import { Section } from "../../components/Facts";
import { LinkButton } from "../../components/LinkButton";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import type { RulePrecision } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { monthInWords } from "../../lib/dates";
import { counted, EN_DASH, formatCount, formatRate } from "../../lib/money";
import { CAUSE } from "../../lib/words";
import { COMMISSION_TABS } from "./Commissions";

/** How often each rule was right, by the month in which it raised its flags. */
export function FlagRules() {
  const found = useRead("get_rule_precision", null);
  const rows = found.data ?? [];
  const months = [...new Set(rows.map((row) => row.month))];
  const raised = rows.reduce((sum, row) => sum + row.raised, 0);
  const open = rows.reduce((sum, row) => sum + row.raised - row.released - row.voided, 0);
  return (
    <>
      <PageHeader
        title="How often each rule was right"
        state={
          found.data
            ? raised === 0
              ? "No flag was raised yet."
              : `${counted(raised, "flag")} raised so far, ${formatCount(open)} not settled yet.`
            : null
        }
        actions={
          <LinkButton to="/settings" variant="default">
            Change the rules
          </LinkButton>
        }
      />
      <Tabs name="Commissions" tabs={COMMISSION_TABS} />
      <Scroll>
        <ErrorNotice error={found.error} />
        <div style={{ maxWidth: 760 }}>
          <p className="quiet" style={{ marginTop: 8 }}>
            A rule was right where somebody voided what it flagged, and wrong where somebody
            released it. One that is seldom right costs time: raise its threshold in Settings.
          </p>
          {months.map((month) => (
            <Section key={month} title={monthInWords(month)}>
              <Month rows={rows.filter((row) => row.month === month)} />
            </Section>
          ))}
        </div>
      </Scroll>
    </>
  );
}

function Month({ rows }: { rows: RulePrecision[] }) {
  return (
    <table className={small.plain}>
      <thead>
        <tr>
          <th scope="col" style={{ width: "44%" }}>
            Rule
          </th>
          {["Raised", "Released", "Voided", "Open", "Right"].map((head) => (
            <th key={head} scope="col" className={small.right}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.rule}>
            <td>{CAUSE[row.rule].title}</td>
            <td className={small.right}>{formatCount(row.raised)}</td>
            <td className={small.right}>{formatCount(row.released)}</td>
            <td className={small.right}>{formatCount(row.voided)}</td>
            <td className={small.right}>{formatCount(row.raised - row.released - row.voided)}</td>
            <td className={small.right}>{row.right === null ? EN_DASH : formatRate(row.right)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
