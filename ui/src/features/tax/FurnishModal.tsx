import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { JobProgress } from "../../components/JobProgress";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import { SubmitButton } from "../../components/SubmitButton";
import type { TaxFilesWritten, TaxSeason } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import classes from "./tax.module.css";

type Props = { season: TaxSeason; onClose: () => void; onDone: (files: TaxFilesWritten) => void };

/** The copies are written, and what the forms say is frozen. */
export function FurnishModal({ season, onClose, onDone }: Props) {
  const [folder, setFolder] = useState("");
  const [bridge, setBridge] = useState(true);
  const furnish = useAct("furnish_tax_forms");
  const { reviewed, furnished, filed, draft } = season.counts;
  const again = reviewed === 0;
  const forms = counted(again ? furnished + filed : reviewed, "form");
  return (
    <Modal
      opened
      onClose={onClose}
      title={again ? "Write the copies again" : `Furnish ${forms}`}
      size={560}
      closeOnClickOutside={!furnish.isPending}
      closeOnEscape={!furnish.isPending}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isWholePath(folder) && !furnish.isPending) {
            furnish.mutate(
              { year: season.year, folder: folder.trim(), bridge },
              { onSuccess: onDone },
            );
          }
        }}
      >
        <Stack gap="md">
          <div>
            <p>Into the folder are written, as PDF:</p>
            <ul className={classes.lines}>
              <li>payees' copies, one file per host, with the last four digits of the TIN;</li>
              <li>the same copies in postal order, to print for window envelopes;</li>
              <li>the filer's copies and the states' copies, with whole TINs.</li>
            </ul>
          </div>
          {again ? (
            <p className="quiet">
              {forms} furnished before. They are written as they were; nothing else changes.
            </p>
          ) : (
            <Notice tone="amber">
              <p>
                What {reviewed === 1 ? "this form says" : "these forms say"} is frozen afterwards. A
                later change in the ledger makes a correction.
                {draft > 0
                  ? ` ${counted(draft, "draft")} not reviewed yet ${draft === 1 ? "is" : "are"} left out.`
                  : ""}
              </p>
            </Notice>
          )}
          <PathField
            label="Folder"
            purpose="TAX_FOLDER"
            value={folder}
            onChange={setFolder}
            autoFocus
          />
          <Checkbox
            label="With the bridge from box 1a to what was paid"
            description="Month by month: refunds, fees, adjustments, tax withheld, balances carried"
            checked={bridge}
            onChange={(event) => setBridge(event.currentTarget.checked)}
          />
          {furnish.isPending ? (
            <JobProgress progress={furnish.progress} label="Writing the copies" />
          ) : null}
          <ErrorNotice error={furnish.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={furnish.isPending}>
              Back
            </Button>
            <SubmitButton busy={furnish.isPending} disabled={!isWholePath(folder)}>
              {again ? `Write the copies of ${forms}` : `Furnish ${forms}`}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
