import { Button, Checkbox, Group, Modal, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { Disputable, DisputeKind } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { formatMoney, isDecimal, isZero } from "../../lib/money";
import { DISPUTE_KIND } from "./dispute_words";

type Props = { bookingId: string | null; onClose: () => void };

/** A dispute that came by telephone, mail or the bank's website. */
export function DisputeForm({ bookingId, onClose }: Props) {
  const { ledger } = useSignedIn();
  const navigate = useNavigate();
  const [booking, setBooking] = useState(bookingId ?? "");
  const [kind, setKind] = useState<DisputeKind>("COMPLAINT");
  const [typed, setTyped] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [openedOn, setOpenedOn] = useState<string | null>(ledger.business_date);
  const [dueOn, setDueOn] = useState<string | null>(null);
  const [id, setId] = useState("");
  const [warning, setWarning] = useState(false);
  const [wanted] = useDebouncedValue(booking.trim(), 250);
  const found = useRead(
    "get_disputable",
    { booking_id: wanted },
    { enabled: wanted !== "", keep: false },
  );
  const open = useAct("open_dispute");
  const about = found.data;
  // All that is left, until a person types something else.
  const amount = (typed ?? about?.left.amount ?? "").trim().replaceAll(",", "");
  const amountWrong = amount !== "" && (!isDecimal(amount) || isZero(amount));
  const complete =
    about !== undefined && amount !== "" && !amountWrong && reason.trim() !== "" && openedOn;

  const save = () => {
    if (!about || !complete) {
      return;
    }
    open.mutate(
      {
        booking_id: about.booking_id,
        kind,
        amount: { amount, currency: about.left.currency },
        reason: reason.trim(),
        dispute_id: id.trim() === "" ? null : id.trim(),
        opened_on: openedOn,
        evidence_due_on: dueOn,
        only_a_warning: kind === "CHARGEBACK" && warning,
      },
      {
        onSuccess: ({ dispute_id }) => {
          toast(`${DISPUTE_KIND[kind]} about ${about.booking_id} is entered; the booking is held.`);
          onClose();
          navigate({ to: "/disputes/$disputeId", params: { disputeId: dispute_id } });
        },
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title="Enter a dispute" size={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Booking"
            value={booking}
            readOnly={bookingId !== null}
            data-autofocus={bookingId === null ? true : undefined}
            error={found.error && wanted !== "" ? found.error.message : null}
            description={about ? aboutInWords(about) : "The platform's id of the booking"}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setBooking(event.currentTarget.value);
              setTyped(null);
            }}
          />
          <Radio.Group
            label="Who disputes"
            value={kind}
            onChange={(value) => setKind(value as DisputeKind)}
          >
            <Group gap="lg" mt={4}>
              <Radio value="COMPLAINT" label="The participant, a complaint" />
              <Radio value="CHARGEBACK" label="Their bank, a chargeback" />
            </Group>
          </Radio.Group>
          {kind === "COMPLAINT" && about ? (
            <p className="quiet small">
              Complaints about this session are accepted until {dateInWords(about.complaint_until)}.
            </p>
          ) : null}
          {kind === "CHARGEBACK" ? (
            <Checkbox
              label="The bank only asks; it took nothing yet"
              checked={warning}
              onChange={(event) => setWarning(event.currentTarget.checked)}
            />
          ) : null}
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label={about ? `Amount, ${about.left.currency}` : "Amount"}
              value={typed ?? about?.left.amount ?? ""}
              error={amountWrong ? "An amount like 12.50" : null}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <DateInput
              label="Opened on"
              valueFormat="YYYY-MM-DD"
              maxDate={ledger.business_date}
              value={openedOn}
              onChange={setOpenedOn}
            />
            <DateInput
              label="Evidence due"
              valueFormat="YYYY-MM-DD"
              clearable
              placeholder="No date"
              defaultDate={ledger.business_date}
              value={dueOn}
              onChange={setDueOn}
            />
          </Group>
          <Textarea
            label="Reason"
            description="In the participant's or the bank's words"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <TextInput
            label={
              kind === "CHARGEBACK"
                ? "Stripe's id, where there is one"
                : "The platform's id, where there is one"
            }
            description="With it, a later import or sync finds this dispute again"
            value={id}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setId(event.currentTarget.value)}
          />
          <ErrorNotice error={open.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <SubmitButton busy={open.isPending} disabled={!complete}>
              {about && !amountWrong && amount !== ""
                ? `Enter the ${DISPUTE_KIND[kind].toLowerCase()}, ${formatMoney({ amount, currency: about.left.currency })}`
                : `Enter the ${DISPUTE_KIND[kind].toLowerCase()}`}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function aboutInWords(about: Disputable): string {
  const left =
    about.left.amount === about.price.amount
      ? ""
      : `, ${formatMoney(about.left)} of it not given back yet`;
  return `${about.host_name}, session ended ${dateInWords(about.ended_on)}, price ${formatMoney(about.price)}${left}`;
}
