import { useNavigate } from "@tanstack/react-router";
import { Facts, Section } from "../../components/Facts";
import { LinkButton } from "../../components/LinkButton";
import { Money } from "../../components/Money";
import { ErrorNotice, Notice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { StatusBadge } from "../../components/StatusBadge";
import { SubjectLink } from "../../components/SubjectLink";
import { useRead } from "../../ipc/hooks";
import { EN_DASH, formatCount, formatMoney } from "../../lib/money";
import { FormReasons, FormSteps } from "./FormFacts";
import { FORM_KIND, FORM_STATUS, OUTDATED } from "./tax_words";

type Props = { formId: string; year: number; onClose: () => void };

/** What matters of a form at a glance. */
export function FormDrawer({ formId, year, onClose }: Props) {
  const found = useRead("get_tax_form", { form_id: formId }, { keep: false });
  const navigate = useNavigate();
  const detail = found.data;
  const form = detail?.form;
  const page = { to: "/tax/form/$formId", params: { formId }, search: { year } } as const;
  return (
    <RightDrawer
      title={form ? form.name : "Form 1099-K"}
      subtitle={
        form
          ? `${FORM_KIND[form.kind]} · ${formatMoney({ amount: form.gross, currency: form.currency })} in box 1a`
          : formId
      }
      onClose={onClose}
      onFullPage={() => navigate(page)}
      footer={
        form ? (
          <>
            <LinkButton {...page}>Open the form</LinkButton>
            <LinkButton to="/tax/profiles" search={{ year, host: form.host_id }} variant="default">
              Tax profile
            </LinkButton>
          </>
        ) : null
      }
    >
      <ErrorNotice error={found.error} />
      {detail && form ? (
        <>
          {form.outdated ? (
            <Notice tone="amber">
              <p>{OUTDATED}</p>
            </Notice>
          ) : null}
          <Section title="Form">
            <Facts
              facts={[
                ["Status", <StatusBadge key="status" {...FORM_STATUS[form.status]} />],
                ["Void because", detail.void_reason],
                [
                  "Host",
                  <SubjectLink
                    key="host"
                    subject={{ kind: "HOST", id: form.host_id, label: form.host_id }}
                  />,
                ],
                [
                  "TIN",
                  <span key="tin" className="mono">
                    {form.tin || EN_DASH}
                  </span>,
                ],
                ["State", form.state || EN_DASH],
                ["Gross, box 1a", <Money key="1a" amount={form.gross} currency={form.currency} />],
                ["Transactions, box 3", formatCount(form.transactions)],
                [
                  "Tax withheld, box 4",
                  <Money key="4" amount={form.withheld} currency={form.currency} />,
                ],
              ]}
            />
          </Section>
          <FormReasons detail={detail} />
          <FormSteps detail={detail} />
        </>
      ) : null}
    </RightDrawer>
  );
}
