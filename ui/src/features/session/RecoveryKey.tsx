import { Button, Checkbox, Stack } from "@mantine/core";
import { useState } from "react";
import { Screen } from "./Screen";
import classes from "./session.module.css";

/** Shown once, after creating a ledger; it is kept nowhere. */
export function RecoveryKey({ recoveryKey, onDone }: { recoveryKey: string; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <Screen
      wide
      title="Your recovery key"
      lead="It is shown now and never again. Write it down and keep it away from this machine: it opens the ledger when a passphrase is forgotten. Without a passphrase and without this key, nobody can read the ledger."
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: to select and copy it by keyboard */}
      <p className={classes.key} tabIndex={0} data-testid="recovery-key">
        {recoveryKey}
      </p>
      <Stack gap="md">
        <Checkbox
          label="I have written it down"
          checked={kept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <div>
          <Button disabled={!kept} onClick={onDone}>
            Go on
          </Button>
        </div>
      </Stack>
    </Screen>
  );
}
