import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { DateText } from "../../components/DateText";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import { toast } from "../../components/toast";
import type { Institution, Schedule } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatCount, formatRate, isDecimal } from "../../lib/money";
import { SCHEDULE } from "../../lib/words";
import { SETTING_TABS } from "./Settings";

const NEW: Institution = {
  institution_id: "",
  name: "",
  rate: "70.00",
  schedule: "WEEKLY",
  uses_tiers: true,
  active: true,
  hosts: 0,
  next_payout_date: null,
};

export function Institutions() {
  const institutions = useRead("list_institutions", null);
  const may = useMay("ADMIN");
  const [editing, setEditing] = useState<Institution | null>(null);
  return (
    <>
      <PageHeader
        title="Institutions"
        state={
          institutions.data
            ? `${counted(institutions.data.length, "institution")}. Hosts who name none belong to Platform Creators.`
            : null
        }
        actions={
          <Button disabled={!may} onClick={() => setEditing(NEW)}>
            Add an institution
          </Button>
        }
      />
      <Tabs name="Settings" tabs={SETTING_TABS} />
      <Scroll>
        <ErrorNotice error={institutions.error} />
        <table className={small.plain} style={{ maxWidth: 980, marginTop: 8 }}>
          <thead>
            <tr>
              <th scope="col">Institution</th>
              <th scope="col" className={small.right}>
                Rate
              </th>
              <th scope="col">Payouts</th>
              <th scope="col">Next</th>
              <th scope="col">Tiers</th>
              <th scope="col">State</th>
              <th scope="col" className={small.right}>
                Hosts
              </th>
              <th scope="col">
                <span className="visually-hidden">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(institutions.data ?? []).map((institution) => (
              <tr key={institution.institution_id}>
                <td>
                  {institution.name}
                  <div className="quiet">{institution.institution_id}</div>
                </td>
                <td className={small.right}>{formatRate(institution.rate)}</td>
                <td>{SCHEDULE[institution.schedule]}</td>
                <td>
                  <DateText date={institution.next_payout_date} />
                </td>
                <td>{institution.uses_tiers ? "Yes" : "No"}</td>
                <td>
                  <StatusBadge
                    word={institution.active ? "Active" : "Not active"}
                    tone={institution.active ? "green" : "grey"}
                  />
                </td>
                <td className={small.right}>{formatCount(institution.hosts)}</td>
                <td className={small.right}>
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    disabled={!may}
                    aria-label={`Change ${institution.name}`}
                    onClick={() => setEditing(institution)}
                  >
                    Change
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {editing ? <InstitutionModal before={editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}

function InstitutionModal({ before, onClose }: { before: Institution; onClose: () => void }) {
  const { ledger } = useSignedIn();
  const isNew = before.institution_id === "";
  const [draft, setDraft] = useState(before);
  const [reason, setReason] = useState("");
  const set = useAct("set_institution");
  const change = (part: Partial<Institution>) => setDraft((now) => ({ ...now, ...part }));
  const rateWrong = !isDecimal(draft.rate);
  const complete =
    draft.institution_id.trim() !== "" &&
    draft.name.trim() !== "" &&
    !rateWrong &&
    reason.trim() !== "";
  return (
    <Modal opened onClose={onClose} size={480} title={isNew ? "Add an institution" : before.name}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { hosts: _, next_payout_date: __, ...rest } = draft;
          set.mutate(
            {
              ...rest,
              institution_id: rest.institution_id.trim(),
              name: rest.name.trim(),
              reason: reason.trim(),
            },
            {
              onSuccess: () => {
                toast(`${rest.name.trim()} is saved.`);
                onClose();
              },
            },
          );
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Id"
            description="As hosts name it in the hosts file"
            value={draft.institution_id}
            readOnly={!isNew}
            onChange={(event) => change({ institution_id: event.currentTarget.value })}
          />
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Host's rate, percent"
            description={`Holds for bookings from ${dateInWords(ledger.business_date)} on`}
            value={draft.rate}
            error={rateWrong ? "A number like 70.00" : null}
            onChange={(event) => change({ rate: event.currentTarget.value.trim() })}
          />
          <Select
            label="Payouts"
            allowDeselect={false}
            data={(Object.keys(SCHEDULE) as Schedule[]).map((schedule) => ({
              value: schedule,
              label: SCHEDULE[schedule],
            }))}
            value={draft.schedule}
            onChange={(value) => change({ schedule: (value ?? "WEEKLY") as Schedule })}
          />
          <Checkbox
            label="Uses tiers"
            description="A host's tier rate goes before the institution's rate"
            checked={draft.uses_tiers}
            onChange={(event) => change({ uses_tiers: event.currentTarget.checked })}
          />
          <Checkbox
            label="Active"
            checked={draft.active}
            onChange={(event) => change({ active: event.currentTarget.checked })}
          />
          <TextInput
            label="Reason"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ErrorNotice error={set.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <SubmitButton busy={set.isPending} disabled={!complete}>
              Save
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
