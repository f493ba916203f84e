import { Button, Checkbox, Menu } from "@mantine/core";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useSignedIn } from "../../components/ledger_context";
import { SaveFileModal } from "../../components/SaveFileModal";
import { toast } from "../../components/toast";
import type { TaxCopy, TaxFormDetail } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";
import { useTaxMay } from "./tax_desk";
import { COPY } from "./tax_words";

type Props = { detail: TaxFormDetail; year: number | undefined };
type Step = "VOID" | "REVIEW" | { copy: TaxCopy };

/** Copies as PDF, and what can still be done with a form that isn't furnished. */
export function FormButtons({ detail, year }: Props) {
  const { form } = detail;
  const { user } = useSignedIn();
  const may = useTaxMay();
  const [step, setStep] = useState<Step | null>(null);
  const reopen = useAct("reopen_tax_form");
  // The filer's and the states' copies hold the whole TIN.
  const copies = (Object.keys(COPY) as TaxCopy[]).filter(
    (copy) => copy === "PAYEE" || user.roles.some((role) => role !== "VIEWER"),
  );
  const open = form.status === "DRAFT" || form.status === "REVIEWED";
  const own = form.made_by.toLowerCase() === user.name.toLowerCase();
  const mayReview =
    year !== undefined && form.status === "DRAFT" && may.approve && !own && !form.outdated;
  const putBack = () =>
    reopen.mutate({ form_id: form.form_id }, { onSuccess: () => toast("It is a draft again.") });
  useActions([
    ...copies.map((copy) => ({
      label: `${COPY[copy].title} as PDF`,
      group: "This page" as const,
      run: () => setStep({ copy }),
    })),
    ...(mayReview
      ? [{ label: "Review this form", group: "This page" as const, run: () => setStep("REVIEW") }]
      : []),
    ...(open && may.prepare
      ? [{ label: "Void this form", group: "This page" as const, run: () => setStep("VOID") }]
      : []),
    ...(form.status === "VOID" && may.prepare
      ? [{ label: "Put this form back", group: "This page" as const, run: putBack }]
      : []),
  ]);
  const close = () => setStep(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">Save as PDF</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {copies.map((copy) => (
            <Menu.Item key={copy} onClick={() => setStep({ copy })}>
              {COPY[copy].title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {open ? (
        <Button variant="default" disabled={!may.prepare} onClick={() => setStep("VOID")}>
          Void…
        </Button>
      ) : null}
      {form.status === "VOID" ? (
        <Button
          variant="default"
          disabled={!may.prepare}
          loading={reopen.isPending}
          onClick={putBack}
        >
          Put it back
        </Button>
      ) : null}
      {mayReview ? <Button onClick={() => setStep("REVIEW")}>Review this form</Button> : null}
      {step === "VOID" ? <VoidModal detail={detail} onClose={close} /> : null}
      {step === "REVIEW" && year !== undefined ? (
        <ReviewOne detail={detail} year={year} onClose={close} />
      ) : null}
      {step !== null && typeof step === "object" ? (
        <CopyModal detail={detail} year={year} copy={step.copy} onClose={close} />
      ) : null}
    </>
  );
}

type ModalProps = { detail: TaxFormDetail; onClose: () => void };

function grossOf({ form }: TaxFormDetail): string {
  return formatMoney({ amount: form.gross, currency: form.currency });
}

function VoidModal({ detail, onClose }: ModalProps) {
  const act = useAct("void_tax_form");
  return (
    <ConfirmModal
      title={`Take the form of ${detail.form.name} out`}
      confirm={`Void the form, ${grossOf(detail)}`}
      danger
      reason={{ label: "Reason", placeholder: "Kept with the form and in the audit trail" }}
      busy={act.isPending}
      error={act.error}
      onClose={onClose}
      onConfirm={(reason) =>
        act.mutate(
          { form_id: detail.form.form_id, reason },
          {
            onSuccess: () => {
              toast("The form is void. It can be put back.");
              onClose();
            },
          },
        )
      }
    >
      <p>
        It is neither furnished nor filed, and making forms doesn't bring it back. It can be put
        back from its page.
      </p>
    </ConfirmModal>
  );
}

function ReviewOne({ detail, year, onClose }: ModalProps & { year: number }) {
  const act = useAct("review_tax_forms");
  const { form } = detail;
  return (
    <ConfirmModal
      title={`Review the form of ${form.name}`}
      confirm={`Review 1 form, ${grossOf(detail)}`}
      busy={act.isPending}
      error={act.error}
      onClose={onClose}
      onConfirm={() =>
        act.mutate(
          { year, form_ids: [form.form_id] },
          {
            onSuccess: () => {
              toast("Reviewed. It can be furnished.");
              onClose();
            },
          },
        )
      }
    >
      <p>
        {form.made_by} made it. You say that you looked at it and that it can go out as it stands.
        Your name is kept with it.
      </p>
    </ConfirmModal>
  );
}

function CopyModal(props: ModalProps & { year: number | undefined; copy: TaxCopy }) {
  const { detail, year, copy, onClose } = props;
  const [bridge, setBridge] = useState(copy === "PAYEE");
  const write = useAct("write_tax_form");
  const { form } = detail;
  const { title, explanation, file } = COPY[copy];
  const name = ["1099-K", year, form.host_id, file].filter((part) => part !== undefined).join("-");
  return (
    <SaveFileModal
      title={`${title} as PDF`}
      purpose="LETTER"
      suggestedName={`${name}.pdf`}
      confirm="Write the PDF"
      busy={write.isPending}
      error={write.error}
      onClose={onClose}
      onSave={(path) =>
        write.mutate(
          { form_id: form.form_id, copy, bridge: bridge && copy !== "STATE", path },
          {
            onSuccess: (written) => {
              toast(`${written.path} is written.`);
              onClose();
            },
          },
        )
      }
    >
      <p>
        {explanation}
        {detail.furnished
          ? ""
          : " The form isn't furnished yet: the paper says what the draft says."}
      </p>
      {copy === "STATE" ? null : (
        <Checkbox
          label="With the bridge from box 1a to what was paid"
          checked={bridge}
          onChange={(event) => setBridge(event.currentTarget.checked)}
        />
      )}
    </SaveFileModal>
  );
}
