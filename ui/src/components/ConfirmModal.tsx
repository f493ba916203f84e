import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { IpcError } from "../ipc";
import { ErrorNotice } from "./Notice";

type Props = {
  title: string;
  /** What will happen, in figures. */
  children: ReactNode;
  /** The verb and the sum: "Approve 36 payouts, 18,204.11 USD". */
  confirm: string;
  danger?: boolean;
  /** Asks for a reason, which is kept in the audit trail. */
  reason?: { label: string; placeholder?: string };
  busy: boolean;
  error: IpcError | null;
  disabled?: boolean;
  size?: number;
  onConfirm: (reason: string) => void;
  onClose: () => void;
};

/** Only for what can't be taken back, or what needs a reason. */
export function ConfirmModal(props: Props) {
  const [reason, setReason] = useState("");
  const missingReason = props.reason !== undefined && reason.trim() === "";
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 480}
      closeOnClickOutside={!props.busy}
      closeOnEscape={!props.busy}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!missingReason && !props.busy && !props.disabled) {
            props.onConfirm(reason.trim());
          }
        }}
      >
        <Stack gap="md">
          <div>{props.children}</div>
          {props.reason ? (
            <Textarea
              label={props.reason.label}
              placeholder={props.reason.placeholder}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              autosize
              minRows={2}
              required
              data-autofocus
            />
          ) : null}
          <ErrorNotice error={props.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose} disabled={props.busy}>
              Back
            </Button>
            <Button
              type="submit"
              color={props.danger ? "red" : undefined}
              loading={props.busy}
              disabled={missingReason || props.disabled}
              data-autofocus={props.reason ? undefined : true}
            >
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
