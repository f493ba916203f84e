import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { useMay } from "../../components/ledger_context";
import { SaveFileModal } from "../../components/SaveFileModal";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { DisputeDetail, DisputeFile } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { AttachModal } from "./AttachModal";
import classes from "./disputes.module.css";
import { sizeInWords } from "./file_words";
import { PdfButton } from "./PdfButton";

type Step = { what: "ATTACH" } | { what: "SAVE" | "DETACH"; file: DisputeFile };

/** Files kept with the dispute, encrypted with the ledger. */
export function DisputeFiles({ detail }: { detail: DisputeDetail }) {
  const may = useMay("REVIEW");
  const [step, setStep] = useState<Step | null>(null);
  const save = useAct("save_attachment");
  const detach = useAct("detach_file");
  const letter = useAct("write_dispute_letter");
  const row = detail.dispute;
  const close = () => setStep(null);
  return (
    <Section title="Files and letters">
      {detail.files.length === 0 ? (
        <p className="quiet">
          None. Screenshots, mails and recordings' logs are kept here, encrypted with the ledger.
        </p>
      ) : (
        <table className={small.plain}>
          <tbody>
            {detail.files.map((file) => (
              <tr key={file.attachment_id}>
                <td style={{ overflowWrap: "anywhere" }}>
                  {file.name}
                  <div className="quiet">
                    {sizeInWords(file.bytes)}, {file.added_by}, <InstantText at={file.added_at} />
                  </div>
                </td>
                <td className={small.right} style={{ whiteSpace: "nowrap" }}>
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    aria-label={`Save a copy of ${file.name}`}
                    onClick={() => setStep({ what: "SAVE", file })}
                  >
                    Save a copy
                  </Button>
                  {may ? (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`Take off ${file.name}`}
                      onClick={() => setStep({ what: "DETACH", file })}
                    >
                      Take off
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={classes.choose}>
        {may ? (
          <Button variant="default" size="xs" onClick={() => setStep({ what: "ATTACH" })}>
            Attach a file
          </Button>
        ) : null}
        <PdfButton
          label="Letter to the host"
          size="xs"
          title="A letter to the host about this dispute"
          suggestedName={`letter-${row.booking_id}.pdf`}
          about={`It tells ${row.host_name} what is disputed and what it does to the balance. Nothing is sent from here.`}
          busy={letter.isPending}
          error={letter.error}
          write={(path, onSuccess) =>
            letter.mutate({ dispute_id: row.dispute_id, path }, { onSuccess })
          }
        />
      </div>
      {step?.what === "ATTACH" ? <AttachModal disputeId={row.dispute_id} onClose={close} /> : null}
      {step?.what === "SAVE" ? (
        <SaveFileModal
          title={`Save a copy of ${step.file.name}`}
          purpose="ATTACHMENT_COPY"
          suggestedName={step.file.name}
          confirm="Save the copy"
          busy={save.isPending}
          error={save.error}
          onClose={close}
          onSave={(path) =>
            save.mutate(
              { attachment_id: step.file.attachment_id, path },
              {
                onSuccess: () => {
                  toast(`${path} is written.`);
                  close();
                },
              },
            )
          }
        />
      ) : null}
      {step?.what === "DETACH" ? (
        <ConfirmModal
          title={`Take ${step.file.name} off`}
          confirm={`Take ${sizeInWords(step.file.bytes)} off`}
          danger
          reason={{ label: "Reason" }}
          busy={detach.isPending}
          error={detach.error}
          onClose={close}
          onConfirm={(reason) =>
            detach.mutate(
              { attachment_id: step.file.attachment_id, reason },
              {
                onSuccess: () => {
                  toast(`${step.file.name} is taken off.`);
                  close();
                },
              },
            )
          }
        >
          <p>
            Its content is removed from the ledger for good. That it was here stays in the audit
            trail.
          </p>
        </ConfirmModal>
      ) : null}
    </Section>
  );
}
