import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import { useAct } from "../../ipc/hooks";
import { isDecimal, isZero } from "../../lib/money";

type Props = { hostId: string | null; onClose: () => void };

export function AdjustmentForm({ hostId, onClose }: Props) {
  const [host, setHost] = useState(hostId ?? "");
  const [amount, setAmount] = useState("");
  const [currency, setCurrency] = useState("USD");
  const [reason, setReason] = useState("");
  const add = useAct("add_adjustment");
  // People type a true minus or a comma for thousands; the application takes plain decimals.
  const plain = amount.trim().replace("−", "-").replaceAll(",", "");
  const amountWrong = plain !== "" && (!isDecimal(plain) || isZero(plain));
  const complete =
    host.trim() !== "" &&
    plain !== "" &&
    !amountWrong &&
    /^[A-Z]{3}$/.test(currency) &&
    reason.trim() !== "";
  return (
    <Modal opened onClose={onClose} title="Add an adjustment" size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) {
            add.mutate(
              {
                host_id: host.trim(),
                kind: "CORRECTION",
                amount: { amount: plain, currency },
                reason: reason.trim(),
              },
              {
                onSuccess: () => {
                  toast("Added. It waits for a second person.");
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Host id"
            value={host}
            readOnly={hostId !== null}
            data-autofocus={hostId === null ? true : undefined}
            onChange={(event) => setHost(event.currentTarget.value)}
          />
          <Group gap="xs" align="flex-start">
            <TextInput
              label="Amount"
              description="Below zero takes from the host"
              style={{ flex: 1 }}
              value={amount}
              error={amountWrong ? "An amount like 12.50 or -12.50" : null}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
            <TextInput
              label="Currency"
              description="Three letters"
              w={110}
              maxLength={3}
              value={currency}
              onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
            />
          </Group>
          <Textarea
            label="Reason"
            description="Shown to the second person, and to the host in words"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ErrorNotice error={add.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <SubmitButton busy={add.isPending} disabled={!complete}>
              Add for approval
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
