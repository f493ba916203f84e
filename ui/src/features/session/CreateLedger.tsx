import { Button, Group, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
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
    again === passphrase;

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
