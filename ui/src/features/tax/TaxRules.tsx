import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { DateText, InstantText } from "../../components/DateText";
import { useMay } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import type { TaxRule } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { FxRates } from "./FxRates";
import { RuleForm } from "./RuleForm";
import classes from "./tax.module.css";
import { TaxHead } from "./tax_desk";
import { NO_ADVICE, ruleInWords, ruleName, yearsInWords } from "./tax_words";

const route = getRouteApi("/tax/rules");

const key = (rule: TaxRule) => `${rule.jurisdiction} ${rule.from_year}`;

/** When a form is due: data with a source that people look at, not a constant. */
export function TaxRules() {
  const search = route.useSearch();
  const rules = useRead("list_tax_rules", null);
  const may = useMay("ADMIN");
  const [editing, setEditing] = useState<TaxRule | "NEW" | null>(null);
  const all = rules.data ?? [];
  const unsure = all.filter((rule) => !rule.is_sure).length;
  const on = all.filter((rule) => rule.is_on).length;
  useActions(
    may
      ? [
          {
            label: "Add a state's rule",
            group: "This page",
            keys: "n",
            run: () => setEditing("NEW"),
          },
        ]
      : [],
  );
  return (
    <>
      <TaxHead
        title="Tax rules"
        state={
          rules.data
            ? `${counted(all.length, "rule")}, ${on} on, ${unsure} unsure. A form names the rules that made it due.`
            : null
        }
        year={search.year}
        actions={
          <Button disabled={!may} onClick={() => setEditing("NEW")}>
            Add a state's rule
          </Button>
        }
      />
      <Scroll>
        <div className={classes.page}>
          <ErrorNotice error={rules.error} />
          {rules.data ? (
            <div className={classes.scrollX}>
              <table className={small.plain}>
                <thead>
                  <tr>
                    <th scope="col">Where</th>
                    <th scope="col">Tax years</th>
                    <th scope="col">A form is due for</th>
                    <th scope="col">State</th>
                    <th scope="col">Source</th>
                    <th scope="col">Looked at on</th>
                    <th scope="col">Changed by</th>
                    <th scope="col">
                      <span className="visually-hidden">Change</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((rule) => (
                    <RuleLine
                      key={key(rule)}
                      rule={rule}
                      may={may}
                      onChange={() => setEditing(rule)}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          ) : null}
          <p className={`quiet small ${classes.advice}`}>
            {may ? "" : "An administrator changes rules. "}A changed rule holds for forms that are
            made from then on; the one before is kept. {NO_ADVICE}
          </p>
          <FxRates />
        </div>
      </Scroll>
      {editing ? (
        <RuleForm before={editing === "NEW" ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </>
  );
}

function RuleLine({ rule, may, onChange }: { rule: TaxRule; may: boolean; onChange: () => void }) {
  const name = ruleName(rule.jurisdiction);
  return (
    <tr>
      <td>{name}</td>
      <td>{yearsInWords(rule)}</td>
      <td>
        {ruleInWords(rule)}
        {rule.withholding ? <div className="quiet">Withheld: {rule.withholding}</div> : null}
      </td>
      <td>
        <div>
          <StatusBadge word={rule.is_on ? "On" : "Off"} tone={rule.is_on ? "green" : "grey"} />
        </div>
        {rule.is_sure ? (
          <div className="quiet">sure</div>
        ) : (
          <StatusBadge word="unsure" tone="amber" />
        )}
      </td>
      <td>{rule.source}</td>
      <td>
        <DateText date={rule.verified_on} />
      </td>
      <td>
        {rule.set_by ? (
          <>
            {rule.set_by}, <InstantText at={rule.set_at} />
            {rule.reason ? <div className="quiet">{rule.reason}</div> : null}
          </>
        ) : (
          <span className="quiet">As shipped</span>
        )}
      </td>
      <td className={small.right}>
        <Button
          variant="subtle"
          size="compact-xs"
          disabled={!may}
          aria-label={`Change the rule: ${name}, ${yearsInWords(rule)}`}
          onClick={onChange}
        >
          Change
        </Button>
      </td>
    </tr>
  );
}
