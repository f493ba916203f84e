import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useState } from "react";
import { Section } from "../../components/Facts";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type {
  DisputeOutcome,
  DisputeRow,
  DisputeStatus,
  Money as MoneyValue,
  OutcomeEffect,
} from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { isZero } from "../../lib/money";
import { closeInWords, disputeTitle, OUTCOME, onlyBlocks } from "./dispute_words";
import classes from "./disputes.module.css";

type Line = { name: string; help: string; of: (effect: OutcomeEffect) => MoneyValue };

const LINES: Line[] = [
  { name: "Refunded", help: "in all", of: (effect) => effect.refunded },
  { name: "Host amount", help: "in all", of: (effect) => effect.host_amount },
  { name: "Set free", help: "from the reserve", of: (effect) => effect.released },
  { name: "Clawed back", help: "from payouts", of: (effect) => effect.clawback },
  { name: "Host's balance", help: "moves by", of: (effect) => effect.host_moves },
];

/** What each outcome would do, side by side in figures, before one is chosen. */
export function Outcomes({ row }: { row: DisputeRow }) {
  const outcomes = useRead("get_dispute_outcomes", { dispute_id: row.dispute_id });
  const may = useMay("REVIEW");
  const [chosen, setChosen] = useState<OutcomeEffect | null>(null);
  const decided = !row.open;
  const found = outcomes.data;
  const effects = (found?.effects ?? []).filter((effect) => differs(effect.outcome, row.status));
  const title = decided
    ? "If it is decided the other way"
    : onlyBlocks(row.status)
      ? "What letting it go would do"
      : "What each outcome would do";
  return (
    <Section title={title}>
      <ErrorNotice error={outcomes.error} />
      {found && effects.length === 0 ? (
        <p className="quiet">Nothing can be decided about it now.</p>
      ) : null}
      {found && effects.length > 0 ? (
        <div className={classes.scrollX}>
          <table className={`${small.plain} ${classes.outcomes}`}>
            <thead>
              <tr>
                <th scope="col">
                  {row.currency}, {found.sent ? "host was paid" : "host not paid yet"}
                </th>
                <th scope="col" className={small.right}>
                  Now
                </th>
                {effects.map((effect) => (
                  <th key={effect.outcome} scope="col" className={small.right}>
                    {onlyBlocks(row.status) ? "Let go" : OUTCOME[effect.outcome].title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {LINES.map((line) => (
                <tr key={line.name}>
                  <th scope="row">
                    {line.name} <span className="quiet">{line.help}</span>
                  </th>
                  <td className={small.right}>
                    <Figure money={nowOf(line.name, found.refunded, found.host_amount)} />
                  </td>
                  {effects.map((effect) => (
                    <td key={effect.outcome} className={small.right}>
                      <Figure
                        money={line.of(effect)}
                        strong={line.name === "Host's balance"}
                        quietZero={line.name !== "Refunded" && line.name !== "Host amount"}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {effects.length > 0 ? (
        <>
          <div className={classes.choose}>
            {effects.map((effect) => (
              <Button
                key={effect.outcome}
                variant="default"
                size="xs"
                disabled={!may || outcomes.isPlaceholderData}
                onClick={() => setChosen(effect)}
              >
                {closeInWords(effect, row.status)}
              </Button>
            ))}
          </div>
          {may ? null : <p className="quiet small">A preparer decides disputes.</p>}
          <Postings effects={effects} />
        </>
      ) : null}
      {chosen ? <CloseModal row={row} effect={chosen} onClose={() => setChosen(null)} /> : null}
    </Section>
  );
}

/** Letting go has one effect, however it is called; what was won can only be lost instead. */
function differs(outcome: DisputeOutcome, status: DisputeStatus): boolean {
  if (onlyBlocks(status)) {
    return outcome === "WON";
  }
  return status === "WON" || status === "WITHDRAWN" ? outcome === "LOST" : true;
}

function nowOf(name: string, refunded: MoneyValue, host: MoneyValue): MoneyValue | null {
  return name === "Refunded" ? refunded : name === "Host amount" ? host : null;
}

function Figure(props: { money: MoneyValue | null; strong?: boolean; quietZero?: boolean }) {
  const { money, strong = false, quietZero = false } = props;
  if (money === null) {
    return null;
  }
  return (
    <span className={quietZero && isZero(money.amount) ? "quiet" : undefined}>
      <Money {...money} showCurrency={false} strong={strong && !isZero(money.amount)} />
    </span>
  );
}

/** The accounts behind the figures, for who wants to see them. */
function Postings({ effects }: { effects: OutcomeEffect[] }) {
  if (effects.every((effect) => effect.postings.length === 0)) {
    return null;
  }
  return (
    <details className={classes.details}>
      <summary>What would be posted</summary>
      {effects.map((effect) => (
        <div key={effect.outcome} style={{ marginTop: 8 }}>
          <h3>{OUTCOME[effect.outcome].title}</h3>
          {effect.postings.length === 0 ? (
            <p className="quiet small">Nothing is posted.</p>
          ) : (
            <table className={small.plain}>
              <tbody>
                {effect.postings.map((posting) => (
                  <tr key={`${posting.account}-${posting.amount.currency}`}>
                    <td>{posting.account}</td>
                    <td className={small.right}>
                      <Money {...posting.amount} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      ))}
    </details>
  );
}

type CloseProps = { row: DisputeRow; effect: OutcomeEffect; onClose: () => void };

function CloseModal({ row, effect, onClose }: CloseProps) {
  const { ledger } = useSignedIn();
  const [reason, setReason] = useState("");
  const [on, setOn] = useState<string | null>(ledger.business_date);
  const close = useAct("close_dispute");
  const lets = onlyBlocks(row.status);
  const words = lets ? "let go" : OUTCOME[effect.outcome].title.toLowerCase();
  const complete = reason.trim() !== "" && on !== null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={lets ? "Let it go" : `Close as ${words}`}
      size={500}
      closeOnClickOutside={!close.isPending}
      closeOnEscape={!close.isPending}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete && !close.isPending) {
            close.mutate(
              { dispute_id: row.dispute_id, outcome: effect.outcome, on, reason: reason.trim() },
              {
                onSuccess: () => {
                  toast(`${disputeTitle(row)}: ${words}.`);
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="sm">
          <p>{lets ? "The booking is held no longer." : OUTCOME[effect.outcome].means}</p>
          <table className={small.plain}>
            <tbody>
              {LINES.filter((line) => !isZero(line.of(effect).amount)).map((line) => (
                <tr key={line.name}>
                  <td>
                    {line.name} <span className="quiet">{line.help}</span>
                  </td>
                  <td className={small.right}>
                    <Money {...line.of(effect)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <DateInput
            label={row.kind === "CHARGEBACK" ? "The bank decided on" : "Decided on"}
            w={180}
            valueFormat="YYYY-MM-DD"
            minDate={row.opened_on}
            maxDate={ledger.business_date}
            value={on}
            onChange={setOn}
          />
          <Textarea
            label="Reason"
            placeholder="Kept with the dispute and in the audit trail"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            autosize
            minRows={2}
            required
            data-autofocus
          />
          <ErrorNotice error={close.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={close.isPending}>
              Back
            </Button>
            <SubmitButton busy={close.isPending} disabled={!complete}>
              {closeInWords(effect, row.status)}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
