import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { DateText, InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { Money } from "../../components/Money";
import { SubjectLink } from "../../components/SubjectLink";
import small from "../../components/small.module.css";
import type { CommissionRow, Explanation } from "../../ipc";
import { formatRate, isZero } from "../../lib/money";
import { BOOKING_STATUS, CAUSE, canBeReleased, causeOf } from "../../lib/words";
import { EntryPostings } from "../books/EntryPostings";
import { DisputeForm } from "../disputes/DisputeForm";
import type { BulkAction } from "./BulkActionModal";
import { commissionState } from "./commission_columns";
import classes from "./commissions.module.css";

/** Why this amount: the sentence first, then the split, the steps and where each came from. */
export function CommissionDetails({ explanation }: { explanation: Explanation }) {
  const row = explanation.commission;
  return (
    <>
      <p className={classes.sentence}>{explanation.sentence}</p>
      <div style={{ marginTop: 8 }}>{commissionState(row)}</div>
      {row.blocks.length > 0 ? <Blocks row={row} /> : null}
      <Section title="The split">
        <Split row={row} />
      </Section>
      <Section title="How it came about">
        <ol className={classes.steps}>
          {explanation.steps.map((step) => (
            <li key={`${step.on}-${step.title}-${step.text}`}>
              <DateText date={step.on} />
              <span>
                <strong>{step.title}</strong> {step.text}
                {step.source ? (
                  <>
                    {" "}
                    <SubjectLink subject={step.source} />
                  </>
                ) : null}
              </span>
              {step.amount ? <Money {...step.amount} /> : <span />}
            </li>
          ))}
        </ol>
      </Section>
      <Section title="Booking">
        <Facts
          facts={[
            ["Booking", row.booking_id],
            [
              "Host",
              <SubjectLink
                key="host"
                subject={{ kind: "HOST", id: row.host_id, label: row.host_name }}
              />,
            ],
            ["Conversation", row.conversation_title || row.conversation_id],
            ["State in the export", BOOKING_STATUS[row.booking_status]],
            ["Booked on", <DateText key="booked" date={row.booked_on} />],
            ["Session ended", <DateText key="ended" date={row.ended_on} />],
            ["Payable on", <DateText key="payable" date={row.payable_on} />],
          ]}
        />
      </Section>
      <Section title="Versions taken in">
        <ol className={classes.steps}>
          {explanation.versions.map((version) => (
            <li key={`${version.import_id}-${version.line}`}>
              <span>{version.is_current ? "Now" : "Before"}</span>
              <span>
                <SubjectLink
                  subject={{ kind: "IMPORT", id: version.import_id, label: version.file_name }}
                />
                , line {version.line}
                {version.changed.map((field) => (
                  <div key={field.name} className="quiet">
                    {field.name}: {field.before || "empty"} → {field.after || "empty"}
                  </div>
                ))}
              </span>
              <InstantText at={version.taken_in_at} />
            </li>
          ))}
        </ol>
      </Section>
      <Section title="In the books">
        {explanation.entries.map((entry) => (
          <EntryPostings key={entry.entry_id} entry={entry} />
        ))}
        {explanation.entries.length === 0 ? <p className="quiet">Nothing posted.</p> : null}
      </Section>
    </>
  );
}

function Blocks({ row }: { row: CommissionRow }) {
  return (
    <Section title="Why it waits">
      {row.blocks.map((block) => (
        <div key={block.block_id} className={classes.block}>
          <strong>{CAUSE[causeOf(block)].title}</strong>
          <p>{block.reason}</p>
          {block.kind === "DISPUTE" ? (
            <p>
              <Link to="/disputes" search={{ text: row.booking_id }}>
                Its disputes
              </Link>
            </p>
          ) : null}
          {block.kind === "WAITING_ROW" ? (
            <p>
              <Link to="/imports/exceptions">The rows that wait</Link>
            </p>
          ) : null}
          <p className="quiet small">
            {block.opened_by}, <InstantText at={block.opened_at} />
          </p>
        </div>
      ))}
    </Section>
  );
}

function Split({ row }: { row: CommissionRow }) {
  const line = (name: string, amount: string, strong = false) => (
    <tr>
      <td>{strong ? <strong>{name}</strong> : name}</td>
      <td className={small.right}>
        <Money amount={amount} currency={row.currency} strong={strong} />
      </td>
    </tr>
  );
  return (
    <table className={small.plain}>
      <tbody>
        {line("Price", row.price)}
        {isZero(row.refunded) ? null : line("Refunded", `-${row.refunded}`)}
        {line(`Platform fee (host keeps ${formatRate(row.rate)})`, negative(row.platform_fee))}
        {line(
          `Processing fee${row.processing_fee_is_estimate ? " (estimate)" : ""}`,
          negative(row.processing_fee),
        )}
        {isZero(row.borne_by_platform) ? null : line("Borne by platform", row.borne_by_platform)}
        {line("Host amount", row.host_amount, true)}
      </tbody>
    </table>
  );
}

function negative(amount: string): string {
  return isZero(amount) ? amount : `-${amount}`;
}

/** What can be done with one commission; each asks for a reason first. */
export function CommissionButtons(props: {
  row: CommissionRow;
  onAction: (action: BulkAction) => void;
}) {
  const { row, onAction } = props;
  const [disputing, setDisputing] = useState(false);
  const done = row.status === "PAID" || row.status === "VOID";
  return (
    <>
      <Button
        disabled={!row.blocks.some(canBeReleased)}
        onClick={() => onAction({ verb: "RELEASE", rows: [row] })}
      >
        Release
      </Button>
      <Button
        variant="default"
        disabled={done}
        onClick={() => onAction({ verb: "HOLD", rows: [row] })}
      >
        Hold
      </Button>
      <Button
        variant="default"
        disabled={done}
        onClick={() => onAction({ verb: "VOID", rows: [row] })}
      >
        Void
      </Button>
      <Button variant="default" onClick={() => setDisputing(true)}>
        Dispute
      </Button>
      {disputing ? (
        <DisputeForm bookingId={row.booking_id} onClose={() => setDisputing(false)} />
      ) : null}
    </>
  );
}
