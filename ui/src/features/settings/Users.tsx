import { Button, Modal, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import { toast } from "../../components/toast";
import type { User } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { ROLE } from "../../lib/words";
import { SETTING_TABS } from "./Settings";
import { UserForm } from "./UserForm";

export function Users() {
  const users = useRead("list_users", null);
  const { ledger, user } = useSignedIn();
  const may = useMay("ADMIN");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<User | null>(null);
  const active = (users.data ?? []).filter((one) => one.removed_at === null);
  const removed = (users.data ?? []).filter((one) => one.removed_at !== null);
  return (
    <>
      <PageHeader
        title="Users"
        state={
          users.data
            ? `${counted(active.length, "user")}, ${counted(ledger.approvers, "approver")}.`
            : null
        }
        actions={
          <Button disabled={!may} onClick={() => setAdding(true)}>
            Add a user
          </Button>
        }
      />
      <Tabs name="Settings" tabs={SETTING_TABS} />
      <Scroll>
        <ErrorNotice error={users.error} />
        <div style={{ maxWidth: 920, paddingTop: 12 }}>
          {active.length === 1 ? (
            <Notice tone="amber">
              <p>
                {user.name} is alone. Whoever prepares a batch never approves it, so nothing can be
                approved until a second person is added.
              </p>
            </Notice>
          ) : null}
          <UserTable users={active} may={may} self={user.name} onRemove={setRemoving} />
          {removed.length > 0 ? (
            <Section title="Removed">
              <UserTable users={removed} may={false} self={user.name} onRemove={setRemoving} />
            </Section>
          ) : null}
          <Section title="Your passphrase">
            <PassphraseForm />
          </Section>
        </div>
      </Scroll>
      {adding ? (
        <Modal opened onClose={() => setAdding(false)} title="Add a user" size={480}>
          <UserForm
            suggestedRoles={active.length === 1 ? ["APPROVER"] : ["PREPARER"]}
            submit="Add this user"
            onDone={() => {
              toast("Added.");
              setAdding(false);
            }}
          />
        </Modal>
      ) : null}
      {removing ? <RemoveModal user={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

type TableProps = { users: User[]; may: boolean; self: string; onRemove: (user: User) => void };

function UserTable({ users, may, self, onRemove }: TableProps) {
  return (
    <table className={small.plain}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Roles</th>
          <th scope="col">Added</th>
          <th scope="col">
            <span className="visually-hidden">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.name}>
            <td>
              <strong>{user.name}</strong>
              {user.name === self ? <span className="quiet"> · you</span> : null}
            </td>
            <td>{user.roles.map((role) => ROLE[role].title).join(", ")}</td>
            <td>
              <InstantText at={user.added_at} />
              {user.added_by ? <div className="quiet">by {user.added_by}</div> : null}
            </td>
            <td className={small.right}>
              {may && user.name !== self ? (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Remove ${user.name}`}
                  onClick={() => onRemove(user)}
                >
                  Remove
                </Button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RemoveModal({ user, onClose }: { user: User; onClose: () => void }) {
  const remove = useAct("remove_user");
  return (
    <ConfirmModal
      title={`Remove ${user.name}`}
      confirm={`Remove ${user.name}`}
      danger
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { name: user.name },
          {
            onSuccess: () => {
              toast(`${user.name} is removed.`);
              onClose();
            },
          },
        )
      }
    >
      <p>
        {user.name} can't sign in to this ledger any more; what they did stays on record under their
        name. A copy of the ledger they already have, such as a backup, still opens with their
        passphrase.
      </p>
    </ConfirmModal>
  );
}

function PassphraseForm() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const change = useAct("change_passphrase");
  const differ = again !== "" && again !== next;
  return (
    <form
      style={{ maxWidth: 360 }}
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(
          { current, new_passphrase: next },
          {
            onSuccess: () => {
              toast("Your passphrase is changed.");
              setCurrent("");
              setNext("");
              setAgain("");
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="Passphrase now"
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New passphrase"
          autoComplete="new-password"
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <PasswordInput
          label="New passphrase again"
          autoComplete="new-password"
          value={again}
          error={differ ? "The two differ." : null}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <ErrorNotice error={change.error} />
        <div>
          <SubmitButton
            busy={change.isPending}
            disabled={current === "" || next === "" || next !== again}
          >
            Change passphrase
          </SubmitButton>
        </div>
      </Stack>
    </form>
  );
}
