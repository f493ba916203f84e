import { Link } from "@tanstack/react-router";
import { DateText, InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { StatusBadge } from "../../components/StatusBadge";
import { SubjectLink } from "../../components/SubjectLink";
import small from "../../components/small.module.css";
import type { HostDetail, HostMoney } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { hostAccount } from "../../lib/accounts";
import { formatMoney, formatRate } from "../../lib/money";
import { CARRIED_REASON, HOST_STATUS, PAYOUT_STATUS, TIER } from "../../lib/words";
import { PdfButton } from "../disputes/PdfButton";
import { HostReserveFacts } from "./HostReserveFacts";
import { PayoutAccount } from "./PayoutAccount";

const MONEY: [keyof HostMoney, string][] = [
  ["pending", "Pending, still in the hold or ahead"],
  ["payable", "Payable now"],
  ["on_hold", "Blocked"],
  ["reserved", "Reserved"],
  ["in_payout", "In a batch"],
  ["paid", "Paid so far"],
  ["paid_outside", "Paid before this ledger"],
  ["balance", "Balance in the books"],
];

/** A paper that explains the balance to the host, line by line. */
function BalanceLetter(props: { hostId: string; name: string; currency: string }) {
  const letter = useAct("write_balance_letter");
  const { hostId, name, currency } = props;
  return (
    <div style={{ marginTop: 8 }}>
      <PdfButton
        label="Letter about this balance"
        size="compact-sm"
        variant="default"
        title={`A letter to ${name} about the balance in ${currency}`}
        suggestedName={`balance-${hostId}-${currency}.pdf`}
        about={`It explains to ${name} what the balance is made of. Nothing is sent from here.`}
        busy={letter.isPending}
        error={letter.error}
        write={(path, onSuccess) =>
          letter.mutate({ host_id: hostId, currency, path }, { onSuccess })
        }
      />
    </div>
  );
}

export function HostDetails({ detail }: { detail: HostDetail }) {
  const { host } = detail;
  return (
    <>
      {detail.pause ? (
        <Notice tone="amber">
          <p>
            Paused by {detail.pause.by}, <InstantText at={detail.pause.at} />: {detail.pause.reason}
          </p>
        </Notice>
      ) : null}
      {!host.payable && !detail.pause ? (
        <Notice tone="amber">
          <p>
            Can't be paid now:{" "}
            {host.not_payable_because.map((reason) => CARRIED_REASON[reason]).join(", ")}. Money
            accrues and is carried.
          </p>
        </Notice>
      ) : null}
      {detail.final_payout ? (
        <Notice tone="grey">
          <p>
            {detail.final_payout.approved_by
              ? `Final payout, approved by ${detail.final_payout.approved_by}: the next payout goes whatever the minimum.`
              : "A final payout waits for a second person."}{" "}
            Proposed by {detail.final_payout.proposed_by}: “{detail.final_payout.reason}”{" "}
            <Link to="/payouts/adjustments">Adjustments</Link>
          </p>
        </Notice>
      ) : null}
      {detail.money.map((money) => (
        <Section key={money.currency} title={`Money, ${money.currency}`}>
          <table className={small.plain}>
            <tbody>
              {MONEY.filter(
                ([key]) => key !== "paid_outside" || Number(money.paid_outside) !== 0,
              ).map(([key, words]) => (
                <tr key={key}>
                  <td>{key === "balance" ? <strong>{words}</strong> : words}</td>
                  <td className={small.right}>
                    <Money
                      amount={money[key]}
                      currency={money.currency}
                      showCurrency={false}
                      strong={key === "balance"}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <BalanceLetter hostId={host.host_id} name={host.name} currency={money.currency} />
        </Section>
      ))}
      {detail.money.length === 0 ? (
        <Section title="Money">
          <p className="quiet">Nothing earned yet.</p>
        </Section>
      ) : null}
      <p style={{ marginTop: 12, display: "flex", gap: 16 }}>
        <Link to="/commissions" search={{ all: true, host_id: host.host_id }}>
          Commissions
        </Link>
        <Link to="/disputes" search={{ state: "all", host_id: host.host_id }}>
          Disputes
        </Link>
        <Link to="/books/journal" search={{ account: hostAccount(host.host_id) }}>
          Journal
        </Link>
        <Link to="/tax/profiles" search={{ host: host.host_id }}>
          Tax profile
        </Link>
      </p>
      <Section title="Payouts">
        {detail.payouts.length === 0 ? (
          <p className="quiet">None yet.</p>
        ) : (
          <table className={small.plain}>
            <tbody>
              {detail.payouts.map((payout) => (
                <tr key={payout.payout_id}>
                  <td>
                    <Link to="/payouts/payout/$payoutId" params={{ payoutId: payout.payout_id }}>
                      <DateText date={payout.date} />
                    </Link>
                  </td>
                  <td>
                    <StatusBadge {...PAYOUT_STATUS[payout.status]} />
                    {payout.came_back && payout.status !== "REVERSED" ? (
                      <span className="quiet">
                        {" "}
                        {formatMoney({ amount: payout.came_back, currency: payout.currency })} came
                        back
                      </span>
                    ) : null}
                  </td>
                  <td className={small.right}>
                    <Money amount={payout.amount} currency={payout.currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <HostReserveFacts reserve={detail.reserve} />
      <PayoutAccount host={host} />
      <Section title="Tiers">
        {detail.tiers.length === 0 ? (
          <p className="quiet">
            No tier: the institution's rate of {formatRate(host.rate)} applies.
          </p>
        ) : (
          <table className={small.plain}>
            <tbody>
              {detail.tiers.map((tier) => (
                <tr key={tier.effective_from}>
                  <td>
                    {TIER[tier.tier]}, {formatRate(tier.rate)}
                  </td>
                  <td>
                    from <DateText date={tier.effective_from} />
                    {tier.effective_to ? (
                      <>
                        {" "}
                        to <DateText date={tier.effective_to} />
                      </>
                    ) : null}
                    <div className="quiet">{tier.because}</div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <Section title="Facts">
        <Facts
          facts={[
            ["Id", host.host_id],
            ["State", <StatusBadge key="state" {...HOST_STATUS[host.status]} />],
            ["Institution", host.institution_name],
            [
              "Destination",
              <span key="destination" className="mono">
                {detail.destination ?? "no payout account"}
              </span>,
            ],
            ["Payouts enabled", detail.payouts_enabled ? "Yes" : "No"],
            ["E-mail", detail.email],
            ["Country", host.country],
            [
              "Approved",
              detail.approved_at ? (
                <DateText key="a" date={detail.approved_at.slice(0, 10)} />
              ) : null,
            ],
            [
              "From",
              detail.source ? (
                <span key="source">
                  <SubjectLink
                    subject={{
                      kind: "IMPORT",
                      id: detail.source.import_id,
                      label: detail.source.file_name,
                    }}
                  />
                  , line {detail.source.line}
                </span>
              ) : (
                "bookings only, in no hosts file yet"
              ),
            ],
          ]}
        />
      </Section>
    </>
  );
}
