import { Button, CopyButton, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { useMay } from "../../components/ledger_context";
import { ModeBadge } from "../../components/ModeBadge";
import { ErrorNotice, Notice } from "../../components/Notice";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { HostAccount, HostRow, HostStanding, Onboarding } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";
import type { StatusWord } from "../../lib/words";

const STANDING: Record<HostStanding, StatusWord> = {
  NO_ACCOUNT: { word: "No account yet", tone: "amber" },
  NOT_ASKED: { word: "Stripe wasn't asked yet", tone: "grey" },
  CAN_BE_PAID: { word: "Can be paid", tone: "green" },
  CANT_BE_PAID: { word: "Can't be paid", tone: "red" },
};

/** How the host's account at Stripe stands, and what can be done about it. */
export function PayoutAccount({ host }: { host: HostRow }) {
  const id = { host_id: host.host_id };
  const found = useRead("get_host_account", id);
  const pull = useAct("pull_host_account");
  const onboard = useAct("onboard_host");
  const may = useMay("ONBOARD");
  const [link, setLink] = useState<Onboarding | null>(null);
  const account = found.data;
  const connected = account?.rail != null;
  const hasAccount = account?.account_id != null;
  const ask = () =>
    pull.mutate(id, { onSuccess: () => toast(`Stripe was asked about ${host.name}.`) });
  const makeLink = () =>
    onboard.mutate(id, {
      onSuccess: (made) => {
        setLink(made);
        onboard.reset();
      },
    });
  const offered = connected && may;
  useActions([
    ...(offered && hasAccount
      ? [{ label: "Ask Stripe about this host", group: "This page" as const, run: ask }]
      : []),
    ...(offered
      ? [{ label: "New onboarding link", group: "This page" as const, run: makeLink }]
      : []),
  ]);
  return (
    <Section title="Payout account">
      <ErrorNotice error={found.error} />
      {account ? (
        <div className={found.isPlaceholderData ? "dimmed" : undefined}>
          <Standing account={account} />
          {connected ? (
            <Group gap={8} mt="sm">
              {hasAccount ? (
                <Button
                  variant="default"
                  size="xs"
                  disabled={!may}
                  loading={pull.isPending}
                  onClick={ask}
                >
                  Ask Stripe now
                </Button>
              ) : null}
              <Button
                variant="default"
                size="xs"
                disabled={!may}
                loading={onboard.isPending}
                onClick={makeLink}
              >
                {hasAccount ? "New onboarding link" : "Make an account"}
              </Button>
              {may ? null : (
                <span className="quiet small">A preparer or an administrator does this.</span>
              )}
            </Group>
          ) : (
            <p className="quiet" style={{ marginTop: 8 }}>
              The ledger isn't connected with Stripe, so it can't ask how the account stands. An
              administrator connects it under Settings, Stripe.
            </p>
          )}
          <div style={{ marginTop: 8 }}>
            <ErrorNotice error={pull.error ?? onboard.error} />
          </div>
          <BankFailures account={account} />
        </div>
      ) : null}
      {link ? <LinkModal link={link} host={host} onClose={() => setLink(null)} /> : null}
    </Section>
  );
}

function Standing({ account }: { account: HostAccount }) {
  return (
    <>
      {account.standing === "NO_ACCOUNT" && account.rail ? (
        <p style={{ marginBottom: 8 }}>
          The host has nowhere to be paid to. Making an account gives a link under which the host
          enters the details at Stripe.
        </p>
      ) : null}
      <Facts
        facts={[
          [
            "Account",
            account.account_id ? (
              <span key="a" className="mono">
                {account.account_id}
              </span>
            ) : null,
          ],
          ["Standing", <StatusBadge key="s" {...STANDING[account.standing]} />],
          ["Because", account.trouble],
          [
            "Stripe asks for",
            account.missing.length > 0 && !account.trouble ? account.missing.join(", ") : null,
          ],
          ["Until", account.missing_by ? <InstantText key="b" at={account.missing_by} /> : null],
          ["Asked last", account.pulled_at ? <InstantText key="p" at={account.pulled_at} /> : null],
          ["Mode", account.rail ? <ModeBadge key="m" live={account.rail.live} /> : null],
        ]}
      />
    </>
  );
}

function BankFailures({ account }: { account: HostAccount }) {
  if (account.bank_failures.length === 0) {
    return null;
  }
  return (
    <div style={{ marginTop: 12 }}>
      <Notice tone="amber">
        <p>
          The host's bank refused what Stripe paid out. Nothing is posted for it: the money waits in
          the host's balance at Stripe until the host corrects the bank account there.
        </p>
      </Notice>
      <table className={small.plain}>
        <tbody>
          {account.bank_failures.map((failure) => (
            <tr key={failure.bank_payout_id}>
              <td>
                <InstantText at={failure.failed_at} />
              </td>
              <td>{failure.message}</td>
              <td className={small.right}>{formatMoney(failure)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type LinkProps = { link: Onboarding; host: HostRow; onClose: () => void };

/** Shown this once: the link is kept nowhere. */
function LinkModal({ link, host, onClose }: LinkProps) {
  return (
    <Modal opened onClose={onClose} title={`Onboarding link for ${host.name}`} size={560}>
      <p>
        Send it to the host. Whoever opens it enters the details of{" "}
        <span className="mono">{link.account_id}</span> at Stripe. It works once, until{" "}
        <InstantText at={link.expires_at} />, and isn't kept here: a new one can be made at any
        time.
      </p>
      <div className={small.once} data-testid="onboarding-link">
        {link.url}
      </div>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <CopyButton value={link.url}>
          {({ copied, copy }) => (
            <Button onClick={copy} data-autofocus>
              {copied ? "Copied" : "Copy the link"}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Modal>
  );
}
