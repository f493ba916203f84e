import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { toast } from "../../components/toast";
import type { DisputeRow, EvidenceStep, Evidence as Kept } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { counted, formatCount } from "../../lib/money";
import { EvidenceDue } from "./dispute_columns";
import classes from "./disputes.module.css";
import { PdfButton } from "./PdfButton";

/** The most characters a bank takes in one text; the application refuses more. */
const LONGEST = 20_000;

/** What is handed in against a chargeback: put right, saved, looked through, handed in once. */
export function Evidence({ row }: { row: DisputeRow }) {
  const found = useRead("get_evidence", { dispute_id: row.dispute_id }, { keep: false });
  return (
    <div className={classes.evidence}>
      <ErrorNotice error={found.error} />
      {found.data ? (
        <EvidenceForm key={found.data.saved?.at ?? "new"} row={row} evidence={found.data} />
      ) : null}
    </div>
  );
}

function EvidenceForm({ row, evidence }: { row: DisputeRow; evidence: Kept }) {
  const { ledger } = useSignedIn();
  const may = useMay("REVIEW");
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [handing, setHanding] = useState<"STRIPE" | "ELSEWHERE" | null>(null);
  const id = { dispute_id: row.dispute_id };
  const save = useAct("save_evidence");
  const review = useAct("review_evidence");
  const submit = useAct("submit_evidence");
  const elsewhere = useAct("evidence_handed_in");
  const pdf = useAct("write_evidence_pdf");
  const changed = evidence.fields.filter(
    (field) => texts[field.name] !== undefined && texts[field.name] !== field.text,
  );
  const tooLong = evidence.fields.some(
    (field) => (texts[field.name] ?? field.text).length > LONGEST,
  );
  const fixed = evidence.submitted !== null || !evidence.open || !may;
  const ready = evidence.reviewed !== null && changed.length === 0;
  const unanswered =
    evidence.submitted !== null &&
    evidence.submitted_through_stripe &&
    evidence.confirmed_at === null;
  const filled = evidence.fields.filter((field) => (texts[field.name] ?? field.text) !== "").length;

  const saveNow = () =>
    save.mutate(
      {
        ...id,
        // The first time all are kept as they stand: what was put together counts as said.
        fields: (evidence.saved ? changed : evidence.fields).map((field) => ({
          name: field.name,
          text: texts[field.name] ?? field.text,
        })),
      },
      { onSuccess: () => toast("The evidence is saved. Look it through before it is handed in.") },
    );
  return (
    <>
      <p>
        {evidence.saved
          ? "These texts are handed in as they stand here."
          : "Put together from what the ledger knows. Put the texts right, then save them."}{" "}
        A bank takes evidence once.
      </p>
      <div className={classes.head}>
        <ol className={classes.steps}>
          <li>
            <span className="quiet">Due</span>{" "}
            <EvidenceDue row={row} today={ledger.business_date} />
          </li>
          <Step name="Saved" step={evidence.saved} />
          <Step name="Looked through" step={evidence.reviewed} />
          <Step
            name={
              evidence.submitted && evidence.submitted_through_stripe
                ? "Handed in through Stripe"
                : "Handed in"
            }
            step={evidence.submitted}
          />
        </ol>
        <PdfButton
          label="Evidence as PDF"
          size="xs"
          title="The evidence as a PDF"
          suggestedName={`evidence-${row.dispute_id.replaceAll("/", "-")}.pdf`}
          about="The texts as they are saved, with the facts of the booking and the list of files. Nothing is handed in by it."
          busy={pdf.isPending}
          error={pdf.error}
          write={(path, onSuccess) => pdf.mutate({ ...id, path }, { onSuccess })}
        />
      </div>
      {unanswered ? (
        <Notice
          tone="amber"
          action={
            <Button
              variant="default"
              size="xs"
              loading={submit.isPending}
              disabled={!may}
              onClick={() =>
                submit.mutate(id, { onSuccess: () => toast("Stripe has the evidence.") })
              }
            >
              Hand in again
            </Button>
          }
        >
          <p>
            Stripe gave no answer. Handing in again goes out under the same key, so it counts once.
          </p>
        </Notice>
      ) : null}
      {!evidence.open && evidence.submitted === null ? (
        <Notice tone="grey">
          <p>Evidence is taken while the dispute needs a response. Nothing was handed in.</p>
        </Notice>
      ) : null}
      {evidence.fields.map((field) => {
        const text = texts[field.name] ?? field.text;
        return fixed && text === "" ? null : (
          <div key={field.name} className={classes.field}>
            <Textarea
              label={field.label}
              autosize
              minRows={1}
              maxRows={14}
              readOnly={fixed}
              value={text}
              error={text.length > LONGEST ? "Longer than a bank takes" : null}
              onChange={(event) => {
                const next = event.currentTarget.value;
                setTexts((before) => ({ ...before, [field.name]: next }));
              }}
            />
            {text === "" ? null : (
              <div className={`figure ${classes.used}`}>
                {formatCount(text.length)} of {formatCount(LONGEST)}
              </div>
            )}
          </div>
        );
      })}
      <ErrorNotice error={save.error ?? review.error ?? submit.error ?? elsewhere.error} />
      {fixed ? null : (
        <div className={classes.bar}>
          <Button
            variant={changed.length > 0 || evidence.saved === null ? "filled" : "default"}
            loading={save.isPending}
            disabled={tooLong || (evidence.saved !== null && changed.length === 0)}
            onClick={saveNow}
          >
            {evidence.saved === null ? `Save ${counted(filled, "text")}` : "Save"}
          </Button>
          <Button
            variant={evidence.saved && !evidence.reviewed ? "filled" : "default"}
            loading={review.isPending}
            disabled={evidence.saved === null || evidence.reviewed !== null || changed.length > 0}
            onClick={() =>
              review.mutate(id, { onSuccess: () => toast("Looked through. It can be handed in.") })
            }
          >
            I have looked it through
          </Button>
          {evidence.through_stripe ? (
            <Button
              variant={ready ? "filled" : "default"}
              disabled={!ready}
              onClick={() => setHanding("STRIPE")}
            >
              Hand in through Stripe
            </Button>
          ) : null}
          <Button
            variant={ready && !evidence.through_stripe ? "filled" : "default"}
            disabled={!ready}
            onClick={() => setHanding("ELSEWHERE")}
          >
            I handed it in elsewhere
          </Button>
        </div>
      )}
      {handing === "STRIPE" ? (
        <ConfirmModal
          title="Hand the evidence in through Stripe"
          confirm={`Hand in ${counted(filled, "text")}`}
          busy={submit.isPending}
          error={submit.error}
          onClose={() => setHanding(null)}
          onConfirm={() =>
            submit.mutate(id, {
              onSuccess: () => {
                toast("Stripe has the evidence. The bank looks at it now.");
                setHanding(null);
              },
            })
          }
        >
          <p>
            It is handed in once, about {row.dispute_id}, and can't be changed afterwards. Files
            attached here are not sent along.
          </p>
        </ConfirmModal>
      ) : null}
      {handing === "ELSEWHERE" ? (
        <ConfirmModal
          title="Record that it was handed in"
          confirm={`Record ${counted(filled, "text")} as handed in`}
          busy={elsewhere.isPending}
          error={elsewhere.error}
          onClose={() => setHanding(null)}
          onConfirm={() =>
            elsewhere.mutate(id, {
              onSuccess: () => {
                toast("Recorded. The bank looks at it now.");
                setHanding(null);
              },
            })
          }
        >
          <p>
            Nothing is sent from here. The dispute is under review from now on, and the texts can't
            be changed any more.
          </p>
        </ConfirmModal>
      ) : null}
    </>
  );
}

function Step({ name, step }: { name: string; step: EvidenceStep | null }) {
  return (
    <li>
      <span className="quiet">{name}</span>{" "}
      {step ? (
        <>
          {step.by}, <InstantText at={step.at} />
        </>
      ) : (
        "not yet"
      )}
    </li>
  );
}
