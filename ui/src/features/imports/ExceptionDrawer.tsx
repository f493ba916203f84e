import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { ErrorNotice, Notice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { bulkInWords, toast } from "../../components/toast";
import type { ExceptionRow, RowAnswer, RowField } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
import { formatCount } from "../../lib/money";

type Props = { exception: ExceptionRow; may: boolean; onClose: () => void };

/** One row that could not be taken in: the reason, the row as it came, and a corrected copy. */
export function ExceptionDrawer({ exception, may, onClose }: Props) {
  const [row, setRow] = useState(() => faultFirst(exception));
  const [reason, setReason] = useState("");
  const [booking, setBooking] = useState("");
  const isOpen = exception.state === "OPEN";
  const asksWhich = exception.code === "AMBIGUOUS_BOOKING";
  const fix = useAct("fix_exception");
  const dismiss = useAct("dismiss_exceptions");
  const before = (column: string) =>
    exception.row.find((field) => field.column === column)?.value ?? "";
  const changed = row.some((field) => field.value !== before(field.column));
  const [fault] = faultFirst(exception);
  const refused = fix.data?.refused[0];

  const save = () =>
    fix.mutate(
      {
        exception_id: exception.exception_id,
        row: exception.row.map((field) => row.find((f) => f.column === field.column) ?? field),
        booking_id: asksWhich && booking.trim() !== "" ? booking.trim() : null,
        reason: reason.trim(),
      },
      {
        onSuccess: (result) => {
          if (result.done > 0) {
            toast(bulkInWords(result, "row taken in as corrected", "refused"));
            onClose();
          }
        },
      },
    );
  const drop = () =>
    dismiss.mutate(
      { exception_ids: [exception.exception_id], reason: reason.trim() },
      {
        onSuccess: (result) => {
          toast(bulkInWords(result, "dismissed", "not dismissed"));
          onClose();
        },
      },
    );
  return (
    <RightDrawer
      title={`Line ${formatCount(exception.line)} of ${exception.file_name}`}
      subtitle={<span className="mono">{exception.code}</span>}
      onClose={onClose}
      footer={
        may ? (
          <>
            {asksWhich ? (
              <TextInput
                size="xs"
                w="100%"
                label="Booking that it is about"
                value={booking}
                onChange={(event) => setBooking(event.currentTarget.value)}
              />
            ) : null}
            <TextInput
              size="xs"
              w="100%"
              label={isOpen ? "Reason to correct or dismiss it" : "Reason for the correction"}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              required
            />
            <Button
              onClick={save}
              loading={fix.isPending}
              disabled={(!changed && booking.trim() === "") || reason.trim() === ""}
            >
              Take in as corrected
            </Button>
            {isOpen ? (
              <Button
                variant="default"
                onClick={drop}
                loading={dismiss.isPending}
                disabled={changed || reason.trim() === ""}
              >
                Dismiss
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      <Notice tone="amber">
        <p>{inTheWindow(exception.message)}</p>
      </Notice>
      {may && isOpen ? <Answers exception={exception} onDone={onClose} /> : null}
      {!isOpen ? (
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
                  field.value === before(field.column)
                    ? undefined
                    : `was: ${before(field.column) || "empty"}`
                }
                error={index === 0 && names(exception, field) && field.value === fault?.value}
                onChange={(event) => {
                  const value = event.currentTarget.value;
                  setRow((fields) =>
                    fields.map((other, place) => (place === index ? { ...other, value } : other)),
                  );
                }}
              />
            ))}
          </Stack>
        ) : (
          <Facts facts={exception.row.map((field) => [field.column, field.value || "empty"])} />
        )}
      </Section>
      <ErrorNotice error={fix.error ?? dismiss.error} />
      <Refused message={refused?.message} />
    </RightDrawer>
  );
}

/** Why the row still can't be taken in. */
function Refused({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <div role="alert">
      <Notice tone="red">
        <p>{inTheWindow(message)}</p>
      </Notice>
    </div>
  );
}

/** What a row is, compared with something known: the one question a correction can't answer. */
const ANSWERS: Record<string, { answer: RowAnswer; label: string }[]> = {
  SAME_CHARGE: [{ answer: "SECOND_SEAT", label: "Take in as a second seat" }],
  LOOKS_LIKE_KNOWN: [
    { answer: "KNOWN", label: "It is the known one" },
    { answer: "NEW", label: "It is another one" },
  ],
  WORSE_TIN: [
    { answer: "KNOWN", label: "Keep the known TIN" },
    { answer: "NEW", label: "Take in as it stands" },
  ],
};

function Answers({ exception, onDone }: { exception: ExceptionRow; onDone: () => void }) {
  const act = useAct("answer_exception");
  const answers = ANSWERS[exception.code] ?? [];
  if (answers.length === 0) return null;
  const refused = act.data?.refused[0];
  return (
    <Section title={question(exception)}>
      <Group gap={8}>
        {answers.map(({ answer, label }) => (
          <Button
            key={answer}
            variant="default"
            size="xs"
            loading={act.isPending}
            onClick={() =>
              act.mutate(
                { exception_id: exception.exception_id, answer },
                {
                  onSuccess: (result) => {
                    if (result.done > 0) {
                      toast(bulkInWords(result, "row taken in", "refused"));
                      onDone();
                    }
                  },
                },
              )
            }
          >
            {label}
          </Button>
        ))}
      </Group>
      <ErrorNotice error={act.error} />
      <Refused message={refused?.message} />
    </Section>
  );
}

function question(exception: ExceptionRow): string {
  if (exception.code === "WORSE_TIN") return "Which TIN stands";
  return exception.about ? `Compared with ${exception.about}` : "What it is";
}

/** Whether the reason is about this field: it begins with the column's name. */
function names(exception: ExceptionRow, field: RowField): boolean {
  return exception.message.startsWith(`${field.column} `);
}

/** The row as it came, with the field that the reason names at the top. */
function faultFirst(exception: ExceptionRow): RowField[] {
  const fault = exception.row.filter((field) => names(exception, field));
  return [...fault, ...exception.row.filter((field) => !fault.includes(field))];
}
