import { Button, Group, Modal, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { FilePurpose, IpcError } from "../ipc";
import { isWholePath } from "../lib/paths";
import { ErrorNotice } from "./Notice";
import { PathField } from "./PathField";

type Props = {
  title: string;
  purpose: FilePurpose;
  suggestedName: string;
  /** The verb: "Write the PDF". */
  confirm: string;
  children?: ReactNode;
  busy: boolean;
  error: IpcError | null;
  onSave: (path: string) => void;
  onClose: () => void;
};

/** Where a file is to be written: its path typed, or chosen in the system's dialog. */
export function SaveFileModal(props: Props) {
  const [path, setPath] = useState("");
  return (
    <Modal opened onClose={props.onClose} title={props.title} size={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isWholePath(path) && !props.busy) {
            props.onSave(path.trim());
          }
        }}
      >
        <Stack gap="md">
          {props.children}
          <PathField
            label="File"
            purpose={props.purpose}
            suggestedName={props.suggestedName}
            value={path}
            onChange={setPath}
            autoFocus
          />
          <ErrorNotice error={props.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose} disabled={props.busy}>
              Back
            </Button>
            <Button type="submit" loading={props.busy} disabled={!isWholePath(path)}>
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
