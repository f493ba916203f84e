import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import type { IpcError } from "../../ipc";
import { isWholePath } from "../../lib/paths";
import { Screen } from "./Screen";

type Props = {
  busy: boolean;
  error: IpcError | null;
  progress: string | null;
  onRestore: (backup: string, folder: string) => void;
  onBack: () => void;
};

export function RestoreBackup({ busy, error, progress, onRestore, onBack }: Props) {
  const [backup, setBackup] = useState("");
  const [folder, setFolder] = useState("");
  const complete = isWholePath(backup) && isWholePath(folder);
  return (
    <Screen
      title="Restore a backup"
      lead="It becomes a ledger in a new folder and opens with the passphrases it was made with. The ledger it was made from is left as it is."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) {
            onRestore(backup.trim(), folder.trim());
          }
        }}
      >
        <Stack gap="sm">
          <PathField
            label="Backup file"
            purpose="BACKUP_FILE"
            value={backup}
            onChange={setBackup}
          />
          <PathField
            label="New or empty folder"
            purpose="NEW_LEDGER_FOLDER"
            value={folder}
            onChange={setFolder}
          />
          <ErrorNotice error={error} />
          <p className="quiet small" aria-live="polite">
            {busy ? (progress ?? "Restoring the backup") : ""}
          </p>
          <Group justify="space-between">
            <Button type="submit" loading={busy} disabled={!complete}>
              Restore
            </Button>
            <Button variant="subtle" onClick={onBack}>
              Back
            </Button>
          </Group>
        </Stack>
      </form>
    </Screen>
  );
}
