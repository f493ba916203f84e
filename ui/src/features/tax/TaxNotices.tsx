import { Button, Group, Modal, Radio, Stack, Textarea } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { DateText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { StatusBadge } from "../../components/StatusBadge";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { TaxNotice, TaxNoticeKind } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { useTaxMay } from "./tax_desk";
import { NOTICE } from "./tax_words";

/** What the IRS said about a host, and since when tax is withheld. */
export function TaxNotices({ notices }: { notices: TaxNotice[] }) {
  const { ledger } = useSignedIn();
  const may = useTaxMay();
  const [ending, setEnding] = useState<TaxNotice | null>(null);
  return (
    <Section title="Notices of the IRS">
      {notices.length === 0 ? (
        <p className="quiet">None.</p>
      ) : (
        <table className={small.plain}>
          <tbody>
            {notices.map((notice) => (
              <tr key={notice.notice_id}>
                <td>
                  {NOTICE[notice.kind].title}
                  <div className="quiet">
                    received <DateText date={notice.received_on} />, recorded by{" "}
                    {notice.recorded_by}
                  </div>
                  {notice.note ? <div>{notice.note}</div> : null}
                  {notice.ended_on ? (
                    <div className="quiet">
                      Ended <DateText date={notice.ended_on} /> by {notice.ended_by}:{" "}
                      {notice.end_reason}
                    </div>
                  ) : null}
                </td>
                <td>
                  {notice.ended_on ? (
                    <StatusBadge word="Ended" tone="grey" />
                  ) : notice.withhold_from > ledger.business_date ? (
                    <StatusBadge word={`Withholds from ${notice.withhold_from}`} tone="amber" />
                  ) : (
                    <StatusBadge word={`Withholds since ${notice.withhold_from}`} tone="red" />
                  )}
                </td>
                <td className={small.right}>
                  {notice.ended_on ? null : (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      disabled={!may.prepare}
                      aria-label={`End notice ${notice.kind} of ${notice.received_on}`}
                      onClick={() => setEnding(notice)}
                    >
                      End…
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {ending ? <EndNotice notice={ending} onClose={() => setEnding(null)} /> : null}
    </Section>
  );
}

function EndNotice({ notice, onClose }: { notice: TaxNotice; onClose: () => void }) {
  const end = useAct("end_tax_notice");
  return (
    <ConfirmModal
      title={`End notice ${notice.kind}`}
      confirm="End the notice"
      reason={{ label: "Reason", placeholder: "The host sent a new W-9" }}
      busy={end.isPending}
      error={end.error}
      onClose={onClose}
      onConfirm={(reason) =>
        end.mutate(
          { notice_id: notice.notice_id, reason },
          {
            onSuccess: () => {
              toast("The notice ended. Nothing more is withheld because of it.");
              onClose();
            },
          },
        )
      }
    >
      <p>
        {NOTICE[notice.kind].title}, received {dateInWords(notice.received_on)}. From the business
        date on no tax is withheld because of it; what was withheld stays.
      </p>
    </ConfirmModal>
  );
}

type FormProps = { hostId: string; name: string; onClose: () => void };

export function NoticeForm({ hostId, name, onClose }: FormProps) {
  const { ledger } = useSignedIn();
  const [kind, setKind] = useState<TaxNoticeKind>("B");
  const [receivedOn, setReceivedOn] = useState<string | null>(ledger.business_date);
  const [from, setFrom] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const record = useAct("record_tax_notice");
  return (
    <Modal opened onClose={onClose} title={`Record a notice about ${name}`} size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (receivedOn && !record.isPending) {
            record.mutate(
              {
                host_id: hostId,
                kind,
                received_on: receivedOn,
                withhold_from: from,
                note: note.trim(),
              },
              {
                onSuccess: () => {
                  toast("The notice is recorded. Tax is withheld when payouts are prepared.");
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="sm">
          <Radio.Group
            label="Notice"
            value={kind}
            onChange={(value) => setKind(value as TaxNoticeKind)}
          >
            <Stack gap={8} mt={6}>
              {(Object.keys(NOTICE) as TaxNoticeKind[]).map((value) => (
                <Radio
                  key={value}
                  value={value}
                  label={NOTICE[value].title}
                  description={NOTICE[value].explanation}
                  styles={{ description: { fontSize: 12 } }}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Group gap="xs" align="flex-start" grow>
            <DateInput
              label="Received on"
              valueFormat="YYYY-MM-DD"
              maxDate={ledger.business_date}
              value={receivedOn}
              onChange={setReceivedOn}
            />
            <DateInput
              label="Withhold from"
              valueFormat="YYYY-MM-DD"
              clearable
              placeholder={kind === "B" ? "30 days after" : "At once"}
              defaultDate={ledger.business_date}
              value={from}
              onChange={setFrom}
            />
          </Group>
          <Textarea
            label="Note"
            description="What it says; kept with the notice"
            autosize
            minRows={2}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <ErrorNotice error={record.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={record.isPending}>
              Back
            </Button>
            <SubmitButton busy={record.isPending} disabled={receivedOn === null}>
              Record the notice
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
