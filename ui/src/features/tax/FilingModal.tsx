import { Button, Checkbox, Group, Modal, PasswordInput, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { JobProgress } from "../../components/JobProgress";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import { SubmitButton } from "../../components/SubmitButton";
import type { TaxFilesWritten, TaxSeason } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { isWholePath } from "../../lib/paths";

type Props = { season: TaxSeason; onClose: () => void; onDone: (files: TaxFilesWritten) => void };

const SHORTEST = 12;

/** Lines of "Theirs=Ours"; null where one isn't of that form. */
export function namedColumns(text: string): { theirs: string; ours: string }[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const named = lines.map((line) => {
    const at = line.indexOf("=");
    return { theirs: line.slice(0, Math.max(at, 0)).trim(), ours: line.slice(at + 1).trim(), at };
  });
  if (named.some(({ at, ours }) => at < 0 || ours === "")) return null;
  return named.map(({ theirs, ours }) => ({ theirs, ours }));
}

/** The files for the portal and the states; nothing is sent from here. */
export function FilingModal({ season, onClose, onDone }: Props) {
  const [folder, setFolder] = useState("");
  const [template, setTemplate] = useState("");
  const [columns, setColumns] = useState("");
  const [sealed, setSealed] = useState(false);
  const [archive, setArchive] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const write = useAct("file_tax_forms");
  const forms = counted(season.counts.furnished, "form");
  const tooShort = passphrase !== "" && passphrase.length < SHORTEST;
  const differ = again !== "" && again !== passphrase;
  const archiveComplete =
    isWholePath(archive) && passphrase.length >= SHORTEST && again === passphrase;
  const named = template.trim() === "" ? [] : namedColumns(columns);
  const complete =
    isWholePath(folder) &&
    named !== null &&
    (template.trim() === "" || isWholePath(template)) &&
    (!sealed || archiveComplete);
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Write the filing of ${season.year}`}
      size={560}
      closeOnClickOutside={!write.isPending}
      closeOnEscape={!write.isPending}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete && !write.isPending) {
            write.mutate(
              {
                year: season.year,
                folder: folder.trim(),
                template: template.trim() === "" ? null : template.trim(),
                columns: named,
                archive: sealed ? archive.trim() : null,
                passphrase: sealed ? passphrase : null,
              },
              { onSuccess: onDone },
            );
          }
        }}
      >
        <Stack gap="md">
          <p>
            {forms} furnished and not filed: CSV files for the IRS's portal with at most 100 forms
            each, corrections in files of their own, a list for each state that wants one, and a
            summary. Nothing is sent from here.
          </p>
          <Notice tone="amber">
            <p>
              The files carry whole TINs. They can be read by you only; keep them so, and delete
              them once the portal has them.
            </p>
          </Notice>
          <PathField
            label="Folder"
            purpose="TAX_FOLDER"
            value={folder}
            onChange={setFolder}
            autoFocus
          />
          <div>
            <PathField
              label="The portal's template, where you have it"
              purpose="TAX_FILE"
              value={template}
              onChange={setTemplate}
            />
            <p className="quiet small">
              A file whose first line is this year's header row. Columns are found by name; nothing
              is written where a value has no column. Without it the built-in header is used.
            </p>
          </div>
          {template.trim() === "" ? null : (
            <Textarea
              label="Columns with another name there"
              description="One a line, such as Payer is PSE=Filer Type. Nothing before the = leaves the value out. Kept for the year."
              autosize
              minRows={1}
              maxRows={6}
              spellCheck={false}
              value={columns}
              error={named === null ? "Each line has a = with our name after it" : null}
              onChange={(event) => setColumns(event.currentTarget.value)}
            />
          )}
          <Checkbox
            label="All files in an encrypted archive too"
            description="A zip file with a passphrase, to hand over to somebody else"
            checked={sealed}
            onChange={(event) => setSealed(event.currentTarget.checked)}
          />
          {sealed ? (
            <>
              <PathField
                label="Archive"
                purpose="TAX_ARCHIVE"
                suggestedName={`1099-K-${season.year}.zip`}
                value={archive}
                onChange={setArchive}
              />
              <PasswordInput
                label="Passphrase of the archive"
                description={`At least ${SHORTEST} characters. It is kept nowhere.`}
                autoComplete="new-password"
                value={passphrase}
                error={tooShort ? `At least ${SHORTEST} characters` : null}
                onChange={(event) => setPassphrase(event.currentTarget.value)}
              />
              <PasswordInput
                label="The same again"
                autoComplete="new-password"
                value={again}
                error={differ ? "The two differ" : null}
                onChange={(event) => setAgain(event.currentTarget.value)}
              />
            </>
          ) : null}
          {write.isPending ? (
            <JobProgress progress={write.progress} label="Writing the filing" />
          ) : null}
          <ErrorNotice error={write.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={write.isPending}>
              Back
            </Button>
            <SubmitButton busy={write.isPending} disabled={!complete}>
              Write the filing of {forms}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
