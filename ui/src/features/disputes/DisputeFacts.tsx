import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { DateText, InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { useSignedIn } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { StatusBadge } from "../../components/StatusBadge";
import { SubjectLink } from "../../components/SubjectLink";
import small from "../../components/small.module.css";
import type { DisputeDetail, DisputeRow, PartyHistory } from "../../ipc";
import { counted, formatMoney, formatRate, isZero } from "../../lib/money";
import { ADJUSTMENT_KIND, BOOKING_STATUS, COMMISSION_STATUS } from "../../lib/words";
import { EvidenceDue } from "./dispute_columns";
import {
  DISPUTE_KIND,
  DISPUTE_STATUS,
  reasonInWords,
  STATUS_MEANS,
  shortId,
} from "./dispute_words";
import classes from "./disputes.module.css";

/** What is disputed, by whom, until when, and who works on it. */
export function DisputeFacts({ row }: { row: DisputeRow }) {
  const { ledger } = useSignedIn();
  return (
    <Facts
      facts={[
        [
          "State",
          <span key="state">
            <StatusBadge {...DISPUTE_STATUS[row.status]} />
            <div className="quiet small">{STATUS_MEANS[row.status]}</div>
          </span>,
        ],
        ["Amount", <Money key="amount" amount={row.amount} currency={row.currency} />],
        [
          "Held back",
          isZero(row.reserved) ? null : (
            <Money key="reserved" amount={row.reserved} currency={row.currency} />
          ),
        ],
        [
          "Reason",
          <span key="reason" title={row.reason}>
            {reasonInWords(row.reason)}
          </span>,
        ],
        ["Evidence due", <EvidenceDue key="due" row={row} today={ledger.business_date} />],
        ["Opened", <DateText key="opened" date={row.opened_on} words />],
        ["Decided", row.closed_on ? <DateText key="closed" date={row.closed_on} words /> : null],
        ["With", row.owner ?? "Nobody"],
        [
          row.made_here ? "Id, made here" : "Id",
          <span key="id" className="mono">
            {row.dispute_id}
          </span>,
        ],
        [
          "Entered as",
          row.entered_as ? (
            <span key="was" className="mono">
              {row.entered_as}
            </span>
          ) : null,
        ],
      ]}
    />
  );
}

/** The booking, its money, and what is known of both people. */
export function DisputeBackground({ detail }: { detail: DisputeDetail }) {
  const { booking, commission, dispute } = detail;
  return (
    <>
      <Section title="Booking">
        <Facts
          facts={[
            [
              "Booking",
              <SubjectLink
                key="booking"
                subject={{ kind: "BOOKING", id: booking.booking_id, label: booking.booking_id }}
              />,
            ],
            [
              "Host",
              <SubjectLink
                key="host"
                subject={{ kind: "HOST", id: dispute.host_id, label: dispute.host_name }}
              />,
            ],
            ["Participant", booking.participant_id || "not named"],
            ["E-mail", booking.participant_email || null],
            ["Conversation", booking.conversation_title || booking.conversation_id],
            ["Booked", <InstantText key="booked" at={booking.booked_at} />],
            ["Session began", <InstantText key="began" at={booking.starts_at} />],
            ["Session ended", <InstantText key="ended" at={booking.ends_at} />],
            ["Export says", BOOKING_STATUS[booking.status]],
            ["Price", <Money key="price" {...booking.price} />],
            ["Rating", booking.rating === null ? "none given" : `${booking.rating} of 5`],
            [
              "Charge",
              booking.charge_id ? (
                <span key="charge" className="mono">
                  {booking.charge_id}
                </span>
              ) : null,
            ],
          ]}
        />
      </Section>
      <Section title="Money of the booking">
        {commission ? (
          <Facts
            facts={[
              [
                "Refunded",
                <Money key="r" amount={commission.refunded} currency={commission.currency} />,
              ],
              [
                "Host amount",
                <span key="h">
                  <Money amount={commission.host_amount} currency={commission.currency} /> at{" "}
                  {formatRate(commission.rate)}
                </span>,
              ],
              ["Commission", <StatusBadge key="s" {...COMMISSION_STATUS[commission.status]} />],
              [
                "Payout",
                commission.payout_id ? (
                  <Link
                    key="p"
                    to="/payouts/payout/$payoutId"
                    params={{ payoutId: commission.payout_id }}
                  >
                    Open
                  </Link>
                ) : (
                  "not in one yet"
                ),
              ],
            ]}
          />
        ) : (
          <p className="quiet">No commission.</p>
        )}
        <p style={{ marginTop: 6 }}>
          <Link to="/commissions/$bookingId" params={{ bookingId: booking.booking_id }}>
            Why this amount
          </Link>
        </p>
        {detail.adjustments.length > 0 ? (
          <table className={small.plain}>
            <tbody>
              {detail.adjustments.map((adjustment) => (
                <tr key={adjustment.adjustment_id} title={adjustment.reason}>
                  <td>
                    {ADJUSTMENT_KIND[adjustment.kind]}
                    <div className="quiet">
                      <DateText date={adjustment.on} />
                      {adjustment.payout_id ? (
                        <>
                          ,{" "}
                          <Link
                            to="/payouts/payout/$payoutId"
                            params={{ payoutId: adjustment.payout_id }}
                          >
                            in a payout
                          </Link>
                        </>
                      ) : null}
                    </div>
                  </td>
                  <td className={small.right}>
                    <Money {...adjustment.amount} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Section>
      <Section title="Host so far">
        <History history={detail.host} who={dispute.host_name} />
      </Section>
      <Section title="Participant so far">
        <History history={detail.participant} who="The participant" />
      </Section>
      {detail.others.length > 0 ? (
        <Section title="Other disputes of this booking">
          <ul className={classes.lines}>
            {detail.others.map((other) => (
              <li key={other.dispute_id}>
                <Link to="/disputes/$disputeId" params={{ disputeId: other.dispute_id }}>
                  {DISPUTE_KIND[other.kind]} {shortId(other)}
                </Link>
                , {formatMoney(other)} <StatusBadge {...DISPUTE_STATUS[other.status]} />
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  );
}

function History({ history, who }: { history: PartyHistory; who: string }) {
  if (history.bookings === 0) {
    return <p className="quiet">{who} has no paid booking.</p>;
  }
  return (
    <Facts
      facts={[
        ["Bookings", `${history.bookings}, of which ${history.completed} took place`],
        ["With a refund", String(history.refunded)],
        ["Disputes", disputesInWords(history)],
        [
          "Since",
          history.first_booked_at ? (
            <DateText key="since" date={history.first_booked_at.slice(0, 10)} words />
          ) : null,
        ],
      ]}
    />
  );
}

/** This one is among them. */
function disputesInWords({ disputes, won, lost }: PartyHistory): string {
  if (disputes <= 1) {
    return disputes === 0 ? "none" : "this one only";
  }
  return won + lost === 0
    ? `${disputes} with this one, none decided`
    : `${disputes} with this one: ${won} won, ${lost} lost`;
}

/** Facts that matter at a glance, for the drawer. */
export function DisputeEssentials({ detail }: { detail: DisputeDetail }) {
  const { booking, dispute } = detail;
  const [all, setAll] = useState(false);
  const last = detail.story.slice(all ? 0 : -3).reverse();
  return (
    <>
      <DisputeFacts row={dispute} />
      <Section title="Booking">
        <Facts
          facts={[
            [
              "Booking",
              <SubjectLink
                key="booking"
                subject={{ kind: "BOOKING", id: booking.booking_id, label: booking.booking_id }}
              />,
            ],
            [
              "Host",
              <SubjectLink
                key="host"
                subject={{ kind: "HOST", id: dispute.host_id, label: dispute.host_name }}
              />,
            ],
            ["Conversation", booking.conversation_title || booking.conversation_id],
            ["Session ended", <InstantText key="ended" at={booking.ends_at} />],
            ["Price", <Money key="price" {...booking.price} />],
            ["Host's disputes", disputesInWords(detail.host)],
            ["Participant's disputes", disputesInWords(detail.participant)],
          ]}
        />
      </Section>
      <Section title="Last events">
        <ol className={classes.story}>
          {last.map((event) => (
            <li key={`${event.at}-${event.what}`} data-note={event.is_note}>
              <div className="quiet small">
                {event.by}, <InstantText at={event.at} />
              </div>
              <p>{event.what}</p>
            </li>
          ))}
        </ol>
        {detail.story.length > last.length ? (
          <p>
            <button type="button" className={classes.more} onClick={() => setAll(true)}>
              All {counted(detail.story.length, "event")}
            </button>
          </p>
        ) : null}
      </Section>
    </>
  );
}
