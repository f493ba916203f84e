import { Button, Group, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import type { LedgerInfo } from "../../ipc";
import { Screen } from "./Screen";
import { useSessionAct } from "./session_acts";

export function Recover({ ledger, onBack }: { ledger: LedgerInfo; onBack: () => void }) {
  const [name, setName] = useState<string | null>(null);
  const [key, setKey] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const recover = useSessionAct("recover");
  return (
    <Screen
      title="Recovery key"
      lead="A passphrase can’t be looked up. With the recovery key that was shown when the ledger was created, a user gets a new passphrase. Without either, the ledger can’t be read by anybody."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name) {
            recover.mutate({ name, recovery_key: key.trim(), new_passphrase: passphrase });
          }
        }}
      >
        <Stack gap="sm">
          <Select label="Name" data={ledger.user_names} value={name} onChange={setName} />
          <TextInput
            label="Recovery key"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          <PasswordInput
            label="New passphrase"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            autoComplete="new-password"
          />
          <ErrorNotice error={recover.error} />
          <Group justify="space-between">
            <Button
              type="submit"
              loading={recover.isPending}
              disabled={!name || key.trim() === "" || passphrase === ""}
            >
              Set the new passphrase
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
