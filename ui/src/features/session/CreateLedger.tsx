import { Button, Group, PasswordInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { choosePath } from "../../components/choose";
import { ErrorNotice } from "../../components/Notice";
import { type CreatedLedger, type CreateLedgerRequest, commands, type IpcError } from "../../ipc";
import { Screen } from "./Screen";

type Props = { onCreated: (created: CreatedLedger) => void; onBack: () => void };

const TIME_ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export function CreateLedger({ onCreated, onBack }: Props) {
  const [folder, setFolder] = useState("");
  const [name, setName] = useState("");
  const [timeZone, setTimeZone] = useState("UTC");
  const [paidElsewhere, setPaidElsewhere] = useState(false);
  const [paidThrough, setPaidThrough] = useState<string | null>(null);
  const [userName, setUserName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const create = useMutation<CreatedLedger, IpcError, CreateLedgerRequest>({
    mutationFn: commands.create_ledger,
    onSuccess: onCreated,
  });
  const differ = again !== "" && again !== passphrase;
  const complete =
    [folder, name, userName, passphrase].every((text) => text.trim() !== "") &&
    again === passphrase &&
    (!paidElsewhere || paidThrough !== null);

  const choose = async () => {
    const path = await choosePath("NEW_LEDGER_FOLDER");
    if (path) {
      setFolder(path);
    }
  };
  return (
    <Screen
      title="Create a ledger"
      lead="You become its first user with every role. A forgotten passphrase can’t be recovered, only replaced with the recovery key shown next."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) {
            create.mutate({
              folder,
              name: name.trim(),
              time_zone: timeZone,
              user_name: userName.trim(),
              passphrase,
              paid_through: paidElsewhere ? paidThrough : null,
            });
          }
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name of the ledger"
            placeholder="Acme Live"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoFocus
          />
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput
              label="Folder"
              description="A new or empty folder, not on a network drive"
              style={{ flex: 1 }}
              value={folder}
              onChange={(event) => setFolder(event.currentTarget.value)}
              spellCheck={false}
            />
            <Button variant="default" onClick={choose}>
              Choose
            </Button>
          </Group>
          <Select
            label="Business time zone"
            description="Decides on which day money counts. It can’t be changed for the past."
            data={TIME_ZONES}
            value={timeZone}
            onChange={(value) => setTimeZone(value ?? "UTC")}
            searchable
            limit={60}
          />
          <Switch
            label="This marketplace already paid its hosts until a certain day"
            description="Without it everything in your exports becomes payable, also what hosts got long ago."
            checked={paidElsewhere}
            onChange={(event) => setPaidElsewhere(event.currentTarget.checked)}
          />
          {paidElsewhere ? (
            <DateInput
              label="Paid until"
              description="Money that was payable on or before this day counts as paid outside: a session's money is payable 7 days after it ended. Refunds and disputes of it after this day are still set against the host's next payouts. It can't change once there are bookings."
              valueFormat="YYYY-MM-DD"
              value={paidThrough}
              onChange={setPaidThrough}
              maxDate={new Date()}
            />
          ) : null}
          <TextInput
            label="Your name"
            description="As it stands on batches you prepare"
            value={userName}
            onChange={(event) => setUserName(event.currentTarget.value)}
            autoComplete="username"
          />
          <PasswordInput
            label="Passphrase"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            autoComplete="new-password"
          />
          <PasswordInput
            label="Passphrase again"
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            error={differ ? "The two differ." : null}
            autoComplete="new-password"
          />
          <ErrorNotice error={create.error} />
          <Group justify="space-between">
            <Button type="submit" loading={create.isPending} disabled={!complete}>
              Create the ledger
            </Button>
            <Button variant="subtle" onClick={onBack}>
              Back
            </Button>
          </Group>
        </Stack>
      </form>
    </Screen>
  );
}
