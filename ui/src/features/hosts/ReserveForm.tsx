import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { HostDetail } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { counted, formatRate, isDecimal, isZero } from "../../lib/money";

/** A part of each payout to come that stays for some days. */
export function ReserveForm({ detail, onClose }: { detail: HostDetail; onClose: () => void }) {
  const { host, reserve } = detail;
  const settings = useRead("list_settings", null);
  const shipped = settings.data?.find((setting) => setting.key === "exposure_days")?.value ?? "";
  const [percent, setPercent] = useState(reserve?.percent ?? "10");
  const [typedDays, setTypedDays] = useState<string | null>(reserve ? String(reserve.days) : null);
  const [reason, setReason] = useState("");
  const set = useAct("set_host_reserve");
  const days = typedDays ?? shipped;
  const plain = percent.replace("%", "").trim();
  const percentWrong = plain !== "" && (!isDecimal(plain) || isZero(plain) || Number(plain) > 100);
  const daysWrong = days !== "" && !/^[1-9]\d{0,3}$/.test(days.trim());
  const complete =
    plain !== "" && !percentWrong && days !== "" && !daysWrong && reason.trim() !== "";
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Hold back a part of payouts to ${host.name}`}
      size={500}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) {
            set.mutate(
              {
                host_id: host.host_id,
                percent: plain,
                days: Number(days),
                reason: reason.trim(),
              },
              {
                onSuccess: () => {
                  toast(`${formatRate(plain)} of each payout to ${host.name} is held back.`);
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="sm">
          <p>
            Each payout from the next batch on is smaller by this part. It is set free by itself
            once the days have passed.
          </p>
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label="Percent of each payout"
              value={percent}
              error={percentWrong ? "More than 0, at most 100" : null}
              data-autofocus
              onChange={(event) => setPercent(event.currentTarget.value)}
            />
            <TextInput
              label="Days after the payout's date"
              value={days}
              error={daysWrong ? "A number of days like 90" : null}
              onChange={(event) => setTypedDays(event.currentTarget.value)}
            />
          </Group>
          <Textarea
            label="Reason"
            description="Shown wherever this host's money is held back"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ErrorNotice error={set.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <SubmitButton busy={set.isPending} disabled={!complete}>
              {complete
                ? `Hold back ${formatRate(plain)} for ${counted(Number(days), "day")}`
                : "Hold back"}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
