import {
  Button,
  Checkbox,
  Group,
  Modal,
  PasswordInput,
  Select,
  Stack,
  TextInput,
} from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useState } from "react";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { TaxProfileVersion } from "../../ipc";
import { useAct } from "../../ipc/hooks";

const FORMS = [
  { value: "W-9", label: "W-9, a US person" },
  { value: "W-8BEN", label: "W-8BEN, a foreign person" },
  { value: "W-8BEN-E", label: "W-8BEN-E, a foreign entity" },
];
const TIN_TYPES = [
  { value: "", label: "Not said" },
  { value: "SSN", label: "SSN" },
  { value: "EIN", label: "EIN" },
  { value: "ITIN", label: "ITIN" },
  { value: "ATIN", label: "ATIN" },
];

type Props = {
  hostId: string;
  name: string;
  /** What is known; null: nothing. */
  now: TaxProfileVersion | null;
  onClose: () => void;
};

/** A W-9 or W-8 as a host signed it. The version before is kept. */
export function ProfileForm({ hostId, name, now, onClose }: Props) {
  const { ledger } = useSignedIn();
  const [draft, setDraft] = useState({
    form: now?.form ?? "W-9",
    legal_name: now?.legal_name ?? "",
    business_name: now?.business_name ?? "",
    tin_type: now?.tin_type ?? "",
    address_line1: now?.address_line1 ?? "",
    address_line2: now?.address_line2 ?? "",
    city: now?.city ?? "",
    state: now?.state ?? "",
    postal_code: now?.postal_code ?? "",
    country: now?.country ?? "US",
  });
  const [tin, setTin] = useState("");
  const [keeps, setKeeps] = useState(now?.tin !== null && now?.tin !== undefined);
  const [signedOn, setSignedOn] = useState<string | null>(now?.signed_on ?? null);
  const enter = useAct("enter_tax_profile");
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const known = now?.tin ?? null;
  const typed = tin.trim() !== "";
  const digits = tin.replaceAll(/[\s-]/g, "");
  const wrong = typed && !/^\d{9}$/.test(digits);
  const complete = draft.legal_name.trim() !== "" && !wrong;
  const text = (key: keyof typeof draft, label: string, description?: string) => (
    <TextInput
      label={label}
      description={description}
      value={draft[key]}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
    />
  );
  const save = () =>
    enter.mutate(
      {
        ...draft,
        host_id: hostId,
        tin: tin.trim(),
        keeps_tin: !typed && keeps && known !== null,
        signed_on: signedOn,
      },
      {
        onSuccess: () => {
          setTin("");
          toast(`The ${draft.form} of ${name} is kept.`);
          onClose();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      title={now ? `Change the tax profile of ${name}` : `Enter a W-9 or W-8 of ${name}`}
      size={560}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete && !enter.isPending) {
            save();
          }
        }}
      >
        <Stack gap="sm">
          <Group gap="xs" align="flex-start" grow>
            <Select
              label="Form"
              allowDeselect={false}
              data={FORMS}
              value={draft.form}
              onChange={(value) => change({ form: value ?? "W-9" })}
            />
            <DateInput
              label="Signed on"
              valueFormat="YYYY-MM-DD"
              clearable
              placeholder="No date"
              maxDate={ledger.business_date}
              defaultDate={ledger.business_date}
              value={signedOn}
              onChange={setSignedOn}
            />
          </Group>
          {draft.form === "W-9" ? null : (
            <p className="quiet small">
              A W-8 holds until the end of the third year after the one it was signed in; without a
              date it doesn't hold.
            </p>
          )}
          {text("legal_name", "Legal name", "As on the host's tax return")}
          {text("business_name", "Business name, if different")}
          <Group gap="xs" align="flex-start" grow>
            <Select
              label="TIN type"
              allowDeselect={false}
              data={TIN_TYPES}
              value={draft.tin_type}
              onChange={(value) => change({ tin_type: value ?? "" })}
            />
            <PasswordInput
              label="TIN"
              autoComplete="off"
              spellCheck={false}
              placeholder={known && keeps ? known : "Nine digits"}
              visibilityToggleButtonProps={{ "aria-label": "Show or hide the TIN", tabIndex: 0 }}
              value={tin}
              error={wrong ? "Nine digits, such as 123-45-6789 or 12-3456789" : null}
              onChange={(event) => setTin(event.currentTarget.value)}
            />
          </Group>
          {known ? (
            <Checkbox
              label={`Keep the TIN that is known, ${known}`}
              description={
                typed
                  ? "Another one is typed above and takes its place."
                  : "Without it the profile has no TIN."
              }
              disabled={typed}
              checked={keeps && !typed}
              onChange={(event) => setKeeps(event.currentTarget.checked)}
            />
          ) : null}
          {text("address_line1", "Address")}
          {text("address_line2", "Address, second line")}
          <Group gap="xs" align="flex-start" grow>
            {text("city", "City")}
            {text("state", "State", "Two letters")}
          </Group>
          <Group gap="xs" align="flex-start" grow>
            {text("postal_code", "ZIP or postal code")}
            {text("country", "Country", "Two letters; empty on a W-9 is US")}
          </Group>
          <ErrorNotice error={enter.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={enter.isPending}>
              Back
            </Button>
            <SubmitButton busy={enter.isPending} disabled={!complete}>
              Keep the {draft.form}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
