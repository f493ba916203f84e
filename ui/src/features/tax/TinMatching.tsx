import { Button, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import { SaveFileModal } from "../../components/SaveFileModal";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { TinAnswers } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import { HostTaxLink } from "./SeasonParts";
import classes from "./tax.module.css";

/** Every W-9's name and TIN, for the IRS to compare. */
export function TinFileModal({ onClose }: { onClose: () => void }) {
  const write = useAct("write_tin_matching");
  return (
    <SaveFileModal
      title="Write the file for TIN matching"
      purpose="TAX_FILE"
      suggestedName="tin-matching.txt"
      confirm="Write the file"
      busy={write.isPending}
      error={write.error}
      onClose={onClose}
      onSave={(path) =>
        write.mutate(
          { path },
          {
            onSuccess: (file) => {
              toast(`${file.path} is written. Upload it to the IRS's bulk TIN matching.`);
              onClose();
            },
          },
        )
      }
    >
      <p>
        Name and TIN of every W-9, as the IRS's bulk TIN matching takes them, at most 100,000 lines
        a file. Nothing is sent from here.
      </p>
      <Notice tone="amber">
        <p>
          The file carries whole TINs. It can be read by you only; delete it once it is uploaded.
        </p>
      </Notice>
    </SaveFileModal>
  );
}

type AnswersProps = { year: number; onClose: () => void };

/** What the IRS said about names and TINs. */
export function TinAnswersModal({ year, onClose }: AnswersProps) {
  const [path, setPath] = useState("");
  const read = useAct("read_tin_answers");
  const answers = read.data;
  return (
    <Modal opened onClose={onClose} title="Take in the answers of TIN matching" size={560}>
      {answers ? (
        <Stack gap="md">
          <Answers answers={answers} year={year} />
          <Group justify="flex-end">
            <Button onClick={onClose} data-autofocus>
              Close
            </Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isWholePath(path) && !read.isPending) {
              read.mutate({ path: path.trim() });
            }
          }}
        >
          <Stack gap="md">
            <p>
              Choose the result file of the IRS's bulk TIN matching. Each answer is kept with the
              profile it is about.
            </p>
            <PathField label="File" purpose="TAX_FILE" value={path} onChange={setPath} autoFocus />
            <ErrorNotice error={read.error} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose} disabled={read.isPending}>
                Back
              </Button>
              <SubmitButton busy={read.isPending} disabled={!isWholePath(path)}>
                Take in the answers
              </SubmitButton>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function Answers({ answers, year }: { answers: TinAnswers; year: number }) {
  const { matched, mismatched, unknown } = answers;
  return (
    <>
      <p role="status">
        {counted(matched, "host")} {matched === 1 ? "matches" : "match"}, {mismatched.length}{" "}
        {mismatched.length === 1 ? "doesn't" : "don't"}, {unknown.length} unknown.
      </p>
      {mismatched.length > 0 ? (
        <>
          <p>Ask these hosts for a new W-9:</p>
          <table className={small.plain}>
            <thead>
              <tr>
                <th scope="col">Host</th>
                <th scope="col">The IRS's answer</th>
              </tr>
            </thead>
            <tbody>
              {mismatched.map((one) => (
                <tr key={one.host_id}>
                  <td>
                    <HostTaxLink hostId={one.host_id} year={year} />
                  </td>
                  <td>{one.answer}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : null}
      {unknown.length > 0 ? (
        <div>
          <p>Ignored, because the ledger has no such account or another TIN by now:</p>
          <ul className={classes.lines}>
            {unknown.map((account, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: answers without an account are all called ""
              <li key={`${index} ${account}`}>{account || "an answer without an account"}</li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}
