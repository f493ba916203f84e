import { Button, Group, PasswordInput, Select, Stack } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice, Notice } from "../../components/Notice";
import type { LedgerInfo, Session } from "../../ipc";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoneyList } from "../../lib/money";
import { ROLE } from "../../lib/words";
import { Recover } from "./Recover";
import { Screen } from "./Screen";
import classes from "./session.module.css";
import { useSessionAct } from "./session_acts";

export function SignIn({ session, ledger }: { session: Session; ledger: LedgerInfo }) {
  const handOver = session.hand_over;
  const names = handOver ? handOver.approvers : ledger.user_names;
  const [name, setName] = useState<string | null>(names.length === 1 ? (names[0] ?? null) : null);
  const [passphrase, setPassphrase] = useState("");
  const [recovering, setRecovering] = useState(false);
  const signIn = useSessionAct("sign_in");
  const close = useSessionAct("close_ledger");
  const cancelHandOver = useSessionAct("cancel_hand_over");

  const submit = (as: string | null, withPassphrase: string) => {
    if (!as || withPassphrase === "") {
      return;
    }
    signIn.mutate(
      { name: as, passphrase: withPassphrase },
      {
        onSuccess: () => {
          setPassphrase("");
          if (handOver) {
            window.location.hash = `#/payouts/${handOver.batch_id}`;
          }
        },
      },
    );
  };

  if (recovering) {
    return <Recover ledger={ledger} onBack={() => setRecovering(false)} />;
  }
  return (
    <Screen title={handOver ? "Sign in to approve" : ledger.name} lead={ledger.path}>
      {handOver ? (
        <Stack gap="sm" mb="md">
          <Notice tone="amber">
            <p>
              {handOver.handed_over_by} hands over the batch of {dateInWords(handOver.batch_date)}:{" "}
              {counted(
                handOver.totals.reduce((sum, total) => sum + total.payouts, 0),
                "payout",
              )}
              , {formatMoneyList(handOver.totals)}.
            </p>
            <p>
              {names.length > 0
                ? "It opens on that batch once an approver signs in."
                : "Nobody else may approve. An administrator adds a second person in Settings, Users."}
            </p>
          </Notice>
        </Stack>
      ) : null}
      {session.locked_because ? (
        <Stack gap="sm" mb="md">
          <Notice tone="red">
            <p>This window locked itself: {session.locked_because}</p>
          </Notice>
        </Stack>
      ) : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit(name, passphrase);
        }}
      >
        <Stack gap="sm">
          <Select
            label="Name"
            data={names}
            value={name}
            onChange={setName}
            allowDeselect={false}
            openOnFocus={false}
            autoFocus={names.length > 1}
            checkIconPosition="right"
          />
          <PasswordInput
            label="Passphrase"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            autoComplete="current-password"
            autoFocus={names.length === 1}
          />
          <ErrorNotice error={signIn.error} />
          <Group justify="space-between">
            <Button type="submit" loading={signIn.isPending} disabled={!name || passphrase === ""}>
              Sign in
            </Button>
            {handOver ? (
              <Button
                variant="subtle"
                loading={cancelHandOver.isPending}
                onClick={() => cancelHandOver.mutate(null)}
              >
                Take it back
              </Button>
            ) : (
              <Button variant="subtle" onClick={() => setRecovering(true)}>
                Forgotten passphrase
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {ledger.practice_users.length > 0 ? (
        <section className={classes.section}>
          <h2>Practice users</h2>
          <p className="quiet">
            The sample has two people, because whoever prepares a batch can’t approve it.
          </p>
          <ul className={classes.list}>
            {ledger.practice_users
              .filter((user) => names.includes(user.name))
              .map((user) => (
                <li key={user.name}>
                  <div>
                    <strong>{user.name}</strong>{" "}
                    <span className="quiet small">
                      {user.roles.map((role) => ROLE[role].title).join(", ")}
                    </span>
                    <div className="mono">{user.passphrase}</div>
                  </div>
                  <Button
                    variant="default"
                    size="xs"
                    disabled={signIn.isPending}
                    onClick={() => submit(user.name, user.passphrase)}
                  >
                    Sign in as {user.name}
                  </Button>
                </li>
              ))}
          </ul>
        </section>
      ) : null}
      {handOver ? null : (
        <div className={classes.section}>
          <Button variant="subtle" px={0} onClick={() => close.mutate(null)}>
            Open another ledger
          </Button>
        </div>
      )}
    </Screen>
  );
}
