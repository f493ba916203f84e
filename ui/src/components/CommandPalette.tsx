import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useRead } from "../ipc/hooks";
import { IS_MAC, keysInWords } from "../lib/keys";
import { subjectLink } from "../lib/subject_links";
import { type Action, useActionRegistry } from "./actions";
import classes from "./CommandPalette.module.css";

type Entry = { key: string; label: string; detail: string; run: () => void };

const SUBJECT_WORD: Record<string, string> = {
  HOST: "Host",
  BOOKING: "Booking",
  BATCH: "Batch",
  PAYOUT: "Payout",
  IMPORT: "Import",
  DISPUTE: "Dispute",
  ACCOUNT: "Account",
};

/** Every word typed must be found in the label. */
export function matchesWords(label: string, typed: string): boolean {
  const low = label.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { list } = useActionRegistry();
  const navigate = useNavigate();
  const listId = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [wanted] = useDebouncedValue(text.trim(), 120);
  const hits = useRead("search", { text: wanted, limit: 12 }, { enabled: wanted.length >= 2 });
  const [actions] = useState<Action[]>(list);

  const run = (action: () => void) => {
    onClose();
    // After the palette has given the focus back.
    setTimeout(action, 0);
  };
  const entries: Entry[] = [
    ...actions
      .filter((action) => action.group !== "Table" && matchesWords(action.label, text))
      .map((action) => ({
        key: `action ${action.group} ${action.label}`,
        label: action.label,
        detail: action.keys ? keysInWords(action.keys, IS_MAC).join(" ") : action.group,
        run: () => run(action.run),
      })),
    ...(wanted.length >= 2 ? (hits.data ?? []) : []).flatMap((hit) => {
      const link = subjectLink(hit.subject);
      return link
        ? [
            {
              key: `${hit.subject.kind} ${hit.subject.id}`,
              label: `${SUBJECT_WORD[hit.subject.kind] ?? ""} ${hit.subject.label}`,
              detail: hit.detail,
              run: () => run(() => navigate(link)),
            },
          ]
        : [];
    }),
  ];
  const shown = Math.min(active, entries.length - 1);

  useEffect(() => {
    document.getElementById(`${listId}-${shown}`)?.scrollIntoView({ block: "nearest" });
  }, [listId, shown]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive(Math.max(0, Math.min(entries.length - 1, shown + step)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      entries[shown]?.run();
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title="Go to or do"
      size={600}
      padding="sm"
      centered={false}
      yOffset={80}
    >
      <TextInput
        data-autofocus
        aria-label="An action, or a host, batch, booking or dispute"
        placeholder="An action, or a host, batch, booking or dispute"
        value={text}
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={shown >= 0 ? `${listId}-${shown}` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Matches" className={classes.list}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the text field
          <div
            key={entry.key}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === shown}
            className={classes.entry}
            onClick={entry.run}
          >
            <span className="truncate">{entry.label}</span>
            <span className={`quiet small truncate ${classes.detail}`}>{entry.detail}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 ? (
        <p className={classes.none}>
          Nothing called “{text}”. Ids work in full or from their beginning.
        </p>
      ) : null}
    </Modal>
  );
}
