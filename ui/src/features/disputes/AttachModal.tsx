import { Button, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import { useAct } from "../../ipc/hooks";
import { isWholePath } from "../../lib/paths";

/** A file to keep with a dispute: its path typed, or chosen in the system's dialog. */
export function AttachModal({ disputeId, onClose }: { disputeId: string; onClose: () => void }) {
  const [path, setPath] = useState("");
  const attach = useAct("attach_file");
  return (
    <Modal opened onClose={onClose} title="Attach a file" size={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isWholePath(path) && !attach.isPending) {
            attach.mutate(
              { dispute_id: disputeId, path: path.trim() },
              {
                onSuccess: () => {
                  toast(`${path.trim().split(/[\\/]/).at(-1)} is attached.`);
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="md">
          <p>A copy is kept in the ledger, encrypted with it; the file stays where it is.</p>
          <PathField label="File" purpose="ATTACHMENT" value={path} onChange={setPath} autoFocus />
          <ErrorNotice error={attach.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={attach.isPending}>
              Back
            </Button>
            <SubmitButton busy={attach.isPending} disabled={!isWholePath(path)}>
              Attach
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
