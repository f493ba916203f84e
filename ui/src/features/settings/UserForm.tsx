import { Checkbox, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import type { Role } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { ROLE } from "../../lib/words";

type Props = {
  suggestedRoles: Role[];
  submit: string;
  onDone: () => void;
  aside?: ReactNode;
};

const ROLES: Role[] = ["PREPARER", "APPROVER", "VIEWER", "ADMIN"];

export function UserForm({ suggestedRoles, submit, onDone, aside }: Props) {
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<Role[]>(suggestedRoles);
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const add = useAct("add_user");
  const differ = again !== "" && again !== passphrase;
  const complete =
    name.trim() !== "" && roles.length > 0 && passphrase !== "" && passphrase === again;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) {
          add.mutate({ name: name.trim(), roles, passphrase }, { onSuccess: onDone });
        }
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          autoFocus
        />
        <Checkbox.Group label="Roles" value={roles} onChange={(value) => setRoles(value as Role[])}>
          <Stack gap={8} mt={6}>
            {ROLES.map((role) => (
              <Checkbox
                key={role}
                value={role}
                label={ROLE[role].title}
                description={ROLE[role].explanation}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <PasswordInput
          label="Their passphrase"
          description="Chosen and typed by them. It can’t be looked up later."
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
        <ErrorNotice error={add.error} />
        <Group justify="space-between">
          <SubmitButton busy={add.isPending} disabled={!complete}>
            {submit}
          </SubmitButton>
          {aside}
        </Group>
      </Stack>
    </form>
  );
}
