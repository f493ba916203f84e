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
  onOpen: (folder: string) => void;
  onBack: () => void;
};

export function OpenFolder({ busy, error, onOpen, onBack }: Props) {
  const [folder, setFolder] = useState("");
  return (
    <Screen title="Open a ledger" lead="The folder that was chosen when it was created.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isWholePath(folder)) {
            onOpen(folder.trim());
          }
        }}
      >
        <Stack gap="sm">
          <PathField label="Folder" purpose="LEDGER_FOLDER" value={folder} onChange={setFolder} />
          <ErrorNotice error={error} />
          <Group justify="space-between">
            <Button type="submit" loading={busy} disabled={!isWholePath(folder)}>
              Open
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
