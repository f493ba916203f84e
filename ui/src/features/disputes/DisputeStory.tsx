import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { InstantText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { useMay } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import type { DisputeDetail } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import classes from "./disputes.module.css";

/** What happened, newest first, with a place to write what doesn't happen in the ledger. */
export function DisputeStory({ detail }: { detail: DisputeDetail }) {
  const newest = [...detail.story].reverse();
  return (
    <Section title="What happened">
      <NoteBox disputeId={detail.dispute.dispute_id} />
      <ol className={classes.story} aria-label="What happened, newest first">
        {newest.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one instant may bring several alike
          <li key={`${event.at}-${index}`} data-note={event.is_note}>
            <div className="quiet small">
              {event.by}
              {event.is_note ? " noted" : ""}, <InstantText at={event.at} />
            </div>
            <p>{event.what}</p>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function NoteBox({ disputeId }: { disputeId: string }) {
  const may = useMay("REVIEW");
  const [note, setNote] = useState("");
  const update = useAct("update_dispute");
  if (!may) {
    return null;
  }
  return (
    <form
      className={classes.note}
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate(
          {
            dispute_id: disputeId,
            status: null,
            amount: null,
            reason: null,
            evidence_due_on: null,
            owner: null,
            note: note.trim(),
          },
          { onSuccess: () => setNote("") },
        );
      }}
    >
      <Textarea
        aria-label="Note"
        placeholder="A note: what was said, by whom, what comes next"
        autosize
        minRows={2}
        maxRows={10}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <ErrorNotice error={update.error} />
      <div>
        <Button
          type="submit"
          variant="default"
          size="xs"
          loading={update.isPending}
          disabled={note.trim() === ""}
        >
          Add the note
        </Button>
      </div>
    </form>
  );
}
