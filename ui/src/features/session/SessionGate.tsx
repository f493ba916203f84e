import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { SignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import type { CreatedLedger } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { RecoveryKey } from "./RecoveryKey";
import { SecondPerson } from "./SecondPerson";
import { SignIn } from "./SignIn";
import { SESSION_KEY } from "./session_acts";
import { Welcome } from "./Welcome";

type AfterCreate = { step: "KEY"; key: string } | { step: "SECOND_PERSON" } | null;

/** Nothing of a ledger is drawn before somebody is signed in. */
export function SessionGate({ children }: { children: (signedIn: SignedIn) => ReactNode }) {
  const client = useQueryClient();
  const session = useRead("get_session", null);
  const [afterCreate, setAfterCreate] = useState<AfterCreate>(null);

  const created = (answer: CreatedLedger) => {
    setAfterCreate({ step: "KEY", key: answer.recovery_key });
    client.setQueryData(SESSION_KEY, answer.session);
  };

  if (session.error && !session.data) {
    return (
      <main style={{ padding: 48, maxWidth: 560 }}>
        <h1>Hostledger</h1>
        <ErrorNotice error={session.error} />
      </main>
    );
  }
  if (!session.data) {
    return null;
  }
  const { phase, ledger, user } = session.data;
  if (afterCreate?.step === "KEY") {
    return (
      <RecoveryKey
        recoveryKey={afterCreate.key}
        onDone={() => setAfterCreate({ step: "SECOND_PERSON" })}
      />
    );
  }
  if (phase === "CLOSED" || !ledger) {
    return <Welcome session={session.data} onCreated={created} />;
  }
  if (phase === "LOCKED" || !user) {
    return <SignIn session={session.data} ledger={ledger} />;
  }
  if (afterCreate?.step === "SECOND_PERSON") {
    return <SecondPerson userName={user.name} onDone={() => setAfterCreate(null)} />;
  }
  return children({ session: session.data, ledger, user });
}
