import { Button, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { ErrorNotice, Notice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { bulkInWords, toast } from "../../components/toast";
import type { ExceptionRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";

type Props = { exception: ExceptionRow; may: boolean; onClose: () => void };

/** One row that could not be taken in: the reason, the row as it came, and a corrected copy. */
export function ExceptionDrawer({ exception, may, onClose }: Props) {
  const [row, setRow] = useState(exception.row);
  const [reason, setReason] = useState("");
  const fix = useAct("fix_exception");
  const changed = row.some((field, index) => field.value !== exception.row[index]?.value);
  const refused = fix.data?.refused[0];

  const save = () =>
    fix.mutate(
      { exception_id: exception.exception_id, row, reason: reason.trim() },
      {
        onSuccess: (result) => {
          if (result.done > 0) {
            toast(bulkInWords(result, "row taken in as corrected", "refused"));
            onClose();
          }
        },
      },
    );
  return (
    <RightDrawer
      title={`Line ${exception.line} of ${exception.file_name}`}
      subtitle={<span className="mono">{exception.code}</span>}
      onClose={onClose}
      footer={
        may ? (
          <Button
            onClick={save}
            loading={fix.isPending}
            disabled={!changed || reason.trim() === ""}
          >
            Take in as corrected
          </Button>
        ) : null
      }
    >
      <Notice tone="amber">
        <p>{exception.message}</p>
      </Notice>
      {exception.state !== "OPEN" ? (
        <Section title={exception.state === "RESOLVED" ? "Resolved" : "Dismissed"}>
          <Facts
            facts={[
              ["When", <InstantText key="at" at={exception.resolved_at} />],
              ["By", exception.resolved_by],
              ["Reason", exception.reason],
            ]}
          />
        </Section>
      ) : null}
      <Section title="The row as it came">
        {may ? (
          <Stack gap={8}>
            <p className="quiet small">
              Corrections are kept beside the original with your name and reason. The file itself is
              not changed.
            </p>
            {row.map((field, index) => (
              <TextInput
                key={field.column}
                size="xs"
                label={field.column}
                value={field.value}
                description={
                  field.value === exception.row[index]?.value
                    ? undefined
                    : `was: ${exception.row[index]?.value || "empty"}`
                }
                onChange={(event) => {
                  const value = event.currentTarget.value;
                  setRow((before) =>
                    before.map((other, place) => (place === index ? { ...other, value } : other)),
                  );
                }}
              />
            ))}
            <TextInput
              size="xs"
              label="Reason for the correction"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              required
            />
          </Stack>
        ) : (
          <Facts facts={exception.row.map((field) => [field.column, field.value || "empty"])} />
        )}
      </Section>
      <ErrorNotice error={fix.error} />
      {refused ? (
        <div role="alert">
          <Notice tone="red">
            <p>{refused.message}</p>
          </Notice>
        </div>
      ) : null}
    </RightDrawer>
  );
}
