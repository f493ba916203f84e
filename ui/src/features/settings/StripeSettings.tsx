import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { useMay } from "../../components/ledger_context";
import { ModeBadge } from "../../components/ModeBadge";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import type { Stripe, StripeConnection, StripeReconciled, StripeSync } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { counted, formatCount } from "../../lib/money";
import { SETTING_TABS } from "./Settings";
import { KeyLesson, StripeConnectForm } from "./StripeConnect";
import { modeInWords } from "./stripe_words";

/** The ledger's Stripe account: how it is connected, and what Stripe did since. */
export function StripeSettings() {
  const stripe = useRead("get_stripe", null);
  const found = stripe.data;
  return (
    <>
      <PageHeader
        title="Stripe"
        state={
          found
            ? found.connection
              ? `Payouts can be sent through ${found.connection.rail.account_id} in ${modeInWords(found.connection.rail)}.`
              : "Not connected. Batches are sent to a payment file."
            : null
        }
      />
      <Tabs name="Settings" tabs={SETTING_TABS} />
      <Scroll>
        <ErrorNotice error={stripe.error} />
        {found ? (
          <div style={{ maxWidth: 920 }}>
            {found.connection ? (
              <Connected connection={found.connection} stripe={found} />
            ) : (
              <NotConnected />
            )}
          </div>
        ) : null}
      </Scroll>
    </>
  );
}

function NotConnected() {
  const may = useMay("ADMIN");
  return (
    <>
      <Section title="Pay hosts through Stripe">
        <p>
          With a Stripe account connected, an approved batch can be sent as transfers to hosts'
          accounts at Stripe, and what became of each payout is recorded by itself. A ledger keeps
          its account and mode for good.
        </p>
      </Section>
      <Section title="The key">
        <KeyLesson />
      </Section>
      <Section title="Connect">
        {may ? (
          <StripeConnectForm now={null} onDone={() => {}} />
        ) : (
          <p className="quiet">An administrator connects the account.</p>
        )}
      </Section>
    </>
  );
}

const KEPT: Record<StripeConnection["key_store"], string> = {
  KEYRING: "in the system's keyring of this machine",
  SEALED_FILE: "in a sealed file of the ledger",
};

function Connected({ connection, stripe }: { connection: StripeConnection; stripe: Stripe }) {
  const mayReplace = useMay("ADMIN");
  const maySync = useMay("SEND");
  const [replacing, setReplacing] = useState(false);
  const sync = useAct("sync_stripe");
  const reconcile = useAct("reconcile_stripe");
  const busy = sync.isPending || reconcile.isPending;
  const syncNow = () => {
    reconcile.reset();
    sync.mutate(null);
  };
  const compare = () => {
    sync.reset();
    reconcile.mutate(null);
  };
  useActions([
    ...(maySync && !busy
      ? [
          { label: "Sync with Stripe now", group: "This page" as const, run: syncNow },
          {
            label: "Compare with Stripe's list of transfers",
            group: "This page" as const,
            run: compare,
          },
        ]
      : []),
    ...(mayReplace
      ? [
          {
            label: "Replace the Stripe key",
            group: "This page" as const,
            run: () => setReplacing(true),
          },
        ]
      : []),
  ]);
  return (
    <>
      <Section title="Account">
        <Facts
          facts={[
            [
              "Account",
              <span key="a" className="mono">
                {connection.rail.account_id}
              </span>,
            ],
            [
              "Mode",
              <span key="m">
                <ModeBadge live={connection.rail.live} />{" "}
                {connection.rail.live ? "Real money." : "No real money moves."}
              </span>,
            ],
            [
              "Key",
              <span key="k" className="mono">
                {connection.key_hint}
              </span>,
            ],
            ["Kept", KEPT[connection.key_store]],
            [
              "Address",
              connection.other_url ? (
                <span key="u">
                  <span className="mono">{connection.other_url}</span>, not Stripe's own
                </span>
              ) : null,
            ],
            [
              "Last synced",
              connection.synced_at ? <InstantText key="s" at={connection.synced_at} /> : "never",
            ],
          ]}
        />
        <div style={{ marginTop: 12 }}>
          <Button variant="default" disabled={!mayReplace} onClick={() => setReplacing(true)}>
            Replace the key
          </Button>
          {mayReplace ? null : (
            <span className="quiet small" style={{ marginLeft: 12 }}>
              An administrator does this.
            </span>
          )}
        </div>
      </Section>
      <Section title="What Stripe did since">
        <p className="quiet">
          A sync reads how hosts' accounts stand, posts what came back from transfers, and shows
          payouts that hosts' banks refused. It also takes over disputes that banks raised. It runs
          by itself once a day after a preparer or approver signs in. Comparing reads Stripe's list
          of transfers and takes over what this ledger lacks, such as after an older backup was
          restored.
        </p>
        <div style={{ display: "flex", alignItems: "center", gap: 8, marginTop: 12 }}>
          <Button loading={sync.isPending} disabled={!maySync || busy} onClick={syncNow}>
            Sync now
          </Button>
          <Button
            variant="default"
            loading={reconcile.isPending}
            disabled={!maySync || busy}
            onClick={compare}
          >
            Compare with Stripe's list
          </Button>
          <span className="quiet small" role="status">
            {maySync
              ? busy
                ? inWords((sync.isPending ? sync : reconcile).progress)
                : ""
              : "A preparer or an approver does this."}
          </span>
        </div>
        <div style={{ marginTop: 12 }}>
          <ErrorNotice error={sync.error ?? reconcile.error} />
          {sync.data ? <Synced result={sync.data} /> : null}
          {reconcile.data ? <Reconciled result={reconcile.data} /> : null}
        </div>
      </Section>
      <Notices stripe={stripe} />
      {replacing ? (
        <Modal opened onClose={() => setReplacing(false)} title="Replace the key" size={560}>
          <p style={{ marginBottom: 12 }}>
            The new key must belong to <span className="mono">{connection.rail.account_id}</span> in{" "}
            {modeInWords(connection.rail)}. Once it is in use, end the old one in Stripe's
            dashboard.
          </p>
          <StripeConnectForm now={connection} onDone={() => setReplacing(false)} />
        </Modal>
      ) : null}
    </>
  );
}

function inWords(progress: { label: string; done: number; total: number | null } | null): string {
  if (!progress) {
    return "";
  }
  return progress.total === null
    ? progress.label
    : `${progress.label}: ${formatCount(progress.done)} of ${formatCount(progress.total)}`;
}

function Synced({ result }: { result: StripeSync }) {
  return (
    <Notice tone={result.notices.length > 0 ? "amber" : "grey"}>
      <p role="status">
        {counted(result.accounts, "account")} read, {formatCount(result.restricted)} newly can't be
        paid. {counted(result.reversals, "reversal")} posted, {formatCount(result.bank_failures)}{" "}
        refused by hosts' banks. {counted(result.disputes, "dispute")} new or changed.
        {result.notices.length > 0 ? " Each stands below." : " Nothing to look at."}
      </p>
    </Notice>
  );
}

function Reconciled({ result }: { result: StripeReconciled }) {
  const { taken_over, found, unfrozen } = result;
  return (
    <Notice tone="grey">
      <p role="status">
        The ledger agrees with Stripe's list of transfers.{" "}
        {taken_over + found + unfrozen === 0
          ? "Nothing had to be taken over."
          : `${counted(taken_over, "payout")} recorded as sent, ${counted(found, "transfer")} without a payout here set against their hosts' balances, ${counted(unfrozen, "stopped batch", "stopped batches")} may go on.`}
      </p>
    </Notice>
  );
}

function Notices({ stripe }: { stripe: Stripe }) {
  const read = useAct("mark_stripe_read");
  const unread = stripe.notices.filter((notice) => notice.unread).length;
  return (
    <Section title="To look at">
      {stripe.notices.length === 0 ? (
        <p className="quiet">
          Nothing. Accounts that can't be paid any more, money that came back, payouts that banks
          refused and payments that banks dispute will be listed here.
        </p>
      ) : (
        <>
          <table className={small.plain}>
            <tbody>
              {stripe.notices.map((notice) => (
                <tr key={`${notice.at} ${notice.text}`}>
                  <td style={{ width: 150 }}>
                    <InstantText at={notice.at} />
                  </td>
                  <td>
                    {notice.text}
                    {notice.unread ? <span className="tone-amber"> · new</span> : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {unread > 0 ? (
            <Button
              variant="default"
              mt="sm"
              loading={read.isPending}
              onClick={() => read.mutate(null)}
            >
              Mark {counted(unread, "notice")} as read
            </Button>
          ) : null}
        </>
      )}
    </Section>
  );
}
