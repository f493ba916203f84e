import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import type { CreatedLedger, Session } from "../../ipc";
import { CreateLedger } from "./CreateLedger";
import { OpenFolder } from "./OpenFolder";
import { RestoreBackup } from "./RestoreBackup";
import { Screen } from "./Screen";
import classes from "./session.module.css";
import { useSessionAct } from "./session_acts";

type Props = { session: Session; onCreated: (created: CreatedLedger) => void };

export function Welcome({ session, onCreated }: Props) {
  const [asking, setAsking] = useState<"CREATE" | "OPEN" | "RESTORE" | null>(null);
  const open = useSessionAct("open_ledger");
  const sample = useSessionAct("try_sample");
  const restore = useSessionAct("restore_backup");
  const busy = open.isPending || sample.isPending || restore.isPending;

  const ask = (what: typeof asking) => {
    open.reset();
    sample.reset();
    restore.reset();
    setAsking(what);
  };
  const back = () => ask(null);

  if (asking === "CREATE") {
    return <CreateLedger onCreated={onCreated} onBack={back} />;
  }
  if (asking === "OPEN") {
    return (
      <OpenFolder
        busy={open.isPending}
        error={open.error}
        onOpen={(folder) => open.mutate({ folder })}
        onBack={back}
      />
    );
  }
  if (asking === "RESTORE") {
    return (
      <RestoreBackup
        busy={restore.isPending}
        error={restore.error}
        progress={restore.progress?.label ?? null}
        onRestore={(backup_path, folder) => restore.mutate({ backup_path, folder })}
        onBack={back}
      />
    );
  }
  const recent = session.recent_ledgers;
  return (
    <Screen
      wide
      title={recent.length > 0 ? "Open a ledger" : "Pay your hosts, and know why each amount"}
      lead={
        recent.length > 0
          ? undefined
          : "A ledger is a folder on this machine, encrypted with the passphrases of its users. Take in a booking export, review what hosts earned, prepare Monday’s batch, have a second person approve it."
      }
    >
      {recent.length > 0 ? (
        <ul className={classes.list}>
          {recent.map((ledger) => (
            <li key={ledger.path}>
              <div style={{ minWidth: 0 }}>
                <strong>{ledger.name}</strong>
                {ledger.is_sample ? <span className="quiet"> · practice</span> : null}
                <div className="quiet small" style={{ overflowWrap: "anywhere" }}>
                  {ledger.available ? ledger.path : `${ledger.path} is not there now`}
                </div>
              </div>
              <Button
                variant="default"
                size="xs"
                disabled={busy || !ledger.available}
                aria-label={`Open ${ledger.name}`}
                onClick={() => open.mutate({ folder: ledger.path })}
              >
                Open
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <Stack gap="sm" mt="lg">
        <ErrorNotice error={open.error ?? sample.error} />
        <Group gap="xs">
          <Button onClick={() => ask("CREATE")} disabled={busy}>
            Create a ledger
          </Button>
          <Button variant="default" onClick={() => ask("OPEN")} disabled={busy}>
            Open a folder
          </Button>
          <Button
            variant="default"
            loading={sample.isPending}
            disabled={busy && !sample.isPending}
            onClick={() => sample.mutate(null)}
          >
            Try the sample
          </Button>
        </Group>
        <p className="quiet small" aria-live="polite">
          {sample.isPending
            ? (sample.progress?.label ?? "Making the sample ledger")
            : "The sample has two practice users and a week ready to close. Nothing in it is real money."}
        </p>
      </Stack>
      <div className={classes.section}>
        <Button variant="subtle" px={0} disabled={busy} onClick={() => ask("RESTORE")}>
          Restore a backup into a new folder
        </Button>
      </div>
    </Screen>
  );
}
