import { Button, PasswordInput, Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { KeyStore, StripeConnection } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { keyMode, keyProblem, modeInWords, PERMISSIONS } from "./stripe_words";

const STORES: Record<KeyStore, { title: string; explanation: string }> = {
  KEYRING: {
    title: "In the system's keyring",
    explanation:
      "Only you, signed in to this machine, can use it; a copied ledger doesn't bring it along. Colleagues on their own machines give the key there too.",
  },
  SEALED_FILE: {
    title: "In a sealed file of the ledger",
    explanation:
      "Everybody who can sign in to the ledger can use it, on any machine; without a passphrase the file is worth nothing. Backups leave it out.",
  },
};

/** What kind of key is wanted, and why no other. */
export function KeyLesson() {
  return (
    <>
      <p>
        A restricted key is one that can do only what you tick when you make it. Make one in
        Stripe's dashboard under Developers, API keys, with these permissions and no others:
      </p>
      <table className={small.plain} style={{ maxWidth: 620, marginTop: 8 }}>
        <thead>
          <tr>
            <th scope="col">Permission</th>
            <th scope="col">Access</th>
            <th scope="col">What for</th>
          </tr>
        </thead>
        <tbody>
          {PERMISSIONS.map((permission) => (
            <tr key={permission.name}>
              <td>{permission.name}</td>
              <td>{permission.access}</td>
              <td>{permission.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet" style={{ marginTop: 8 }}>
        A full live secret key (sk_live_…) is refused: whoever has it can refund, charge and pay out
        anything, and nothing here needs that. A key of test mode (rk_test_…) moves no real money.
      </p>
    </>
  );
}

type Props = {
  /** The key in use, where it is replaced. */
  now: StripeConnection | null;
  onDone: () => void;
};

export function StripeConnectForm({ now, onDone }: Props) {
  const [key, setKey] = useState("");
  const [store, setStore] = useState<KeyStore>(now?.key_store ?? "KEYRING");
  const [url, setUrl] = useState(now?.other_url ?? "");
  const [advanced, setAdvanced] = useState(now?.other_url !== undefined && now?.other_url !== null);
  const connect = useAct("connect_stripe");
  const problem = keyProblem(key);
  const mode = keyMode(key);
  return (
    <form
      style={{ maxWidth: 520 }}
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate(
          { key: key.trim(), key_store: store, url: url.trim() === "" ? null : url.trim() },
          {
            onSuccess: (made) => {
              setKey("");
              toast(`Connected with ${made.rail.account_id}, ${modeInWords(made.rail)}.`);
              onDone();
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="Restricted key"
          description={
            mode === "live"
              ? "A key of live mode: it moves real money."
              : mode === "test"
                ? "A key of test mode: it moves no real money."
                : "It is kept where you say below and never shown again."
          }
          placeholder="rk_…"
          autoComplete="off"
          spellCheck={false}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the key", tabIndex: 0 }}
          value={key}
          error={problem}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Radio.Group
          label="Where the key is kept"
          value={store}
          onChange={(value) => setStore(value as KeyStore)}
        >
          <Stack gap={8} mt={6}>
            {(Object.keys(STORES) as KeyStore[]).map((value) => (
              <Radio
                key={value}
                value={value}
                label={STORES[value].title}
                description={STORES[value].explanation}
                styles={{ description: { fontSize: 12 } }}
              />
            ))}
          </Stack>
        </Radio.Group>
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            px={4}
            aria-expanded={advanced}
            onClick={() => setAdvanced(!advanced)}
          >
            Advanced
          </Button>
        </div>
        {advanced ? (
          <TextInput
            label="Address of the API"
            description="Leave it empty for Stripe's own, https://api.stripe.com/."
            placeholder="https://api.stripe.com/"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
        ) : null}
        <ErrorNotice error={connect.error} />
        <div>
          <SubmitButton busy={connect.isPending} disabled={key.trim() === "" || problem !== null}>
            {now ? "Replace the key" : "Connect"}
          </SubmitButton>
        </div>
      </Stack>
    </form>
  );
}
