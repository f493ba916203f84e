import { getRouteApi, Link } from "@tanstack/react-router";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import { useBack } from "../../components/useBack";
import type { TaxFormDetail } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { formatMoney, isZero } from "../../lib/money";
import { Bridges } from "./BridgeTable";
import { FormButtons } from "./FormButtons";
import { FormReasons, FormSteps, OtherForms } from "./FormFacts";
import { FormPaper } from "./FormPaper";
import { HostTaxLink } from "./SeasonParts";
import classes from "./tax.module.css";
import { FORM_KIND, FORM_STATUS, NO_ADVICE, OUTDATED, transactionsInWords } from "./tax_words";

const route = getRouteApi("/tax/form/$formId");

/** A form as on paper, beside the way from its gross to what the host was paid. */
export function FormPage() {
  const { formId } = route.useParams();
  const asked = route.useSearch();
  const found = useRead("get_tax_form", { form_id: formId }, { keep: false });
  const year = found.data?.year ?? asked.year;
  const search = year === undefined ? {} : { year };
  useBack("the forms", "/tax/forms", search);
  const detail = found.data;
  return (
    <>
      <PageHeader
        above={
          <Link to="/tax/forms" search={search}>
            Forms 1099-K{year === undefined ? "" : ` of ${year}`}
          </Link>
        }
        title={detail ? `Form 1099-K of ${detail.form.name}` : "Form 1099-K"}
        state={detail ? <Sentence detail={detail} /> : null}
        actions={detail ? <FormButtons detail={detail} year={year} /> : null}
      />
      <Scroll>
        <ErrorNotice error={found.error} />
        {detail ? (
          <>
            {detail.form.outdated ? (
              <Notice tone="amber">
                <p>{OUTDATED}</p>
              </Notice>
            ) : null}
            {detail.form.status === "VOID" ? (
              <Notice tone="grey">
                <p>
                  Void: {detail.void_reason ?? "no reason given"}. It is neither furnished nor
                  filed.
                </p>
              </Notice>
            ) : null}
            <div className={classes.columns}>
              <div>
                <FormPaper detail={detail} year={year} />
                <FormReasons detail={detail} />
              </div>
              <div>
                <Bridges bridges={detail.bridges} />
                <FormSteps detail={detail} />
                <OtherForms detail={detail} year={year} />
                {year === undefined ? null : (
                  <p className={classes.advice}>
                    <HostTaxLink
                      hostId={detail.form.host_id}
                      name={`Tax profile of ${detail.form.name}`}
                      year={year}
                    />
                    {" · "}
                    <Link to="/hosts/$hostId" params={{ hostId: detail.form.host_id }}>
                      Host
                    </Link>
                  </p>
                )}
              </div>
            </div>
            <p className={`quiet small ${classes.advice}`}>{NO_ADVICE}</p>
          </>
        ) : null}
      </Scroll>
    </>
  );
}

function Sentence({ detail: { form } }: { detail: TaxFormDetail }) {
  const money = (amount: string) => formatMoney({ amount, currency: form.currency });
  return (
    <>
      <StatusBadge {...FORM_STATUS[form.status]} />
      {" · "}
      {FORM_KIND[form.kind]}, {money(form.gross)} in box 1a,{" "}
      {transactionsInWords(form.transactions)}
      {isZero(form.withheld) ? "" : `, ${money(form.withheld)} withheld`}.
    </>
  );
}
