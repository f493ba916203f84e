import { Modal } from "@mantine/core";
import { useState } from "react";
import { IS_MAC, keysInWords } from "../lib/keys";
import { type Action, useActionRegistry } from "./actions";
import classes from "./ShortcutOverview.module.css";

const TABLE_KEYS: [string[], string][] = [
  [["j", "k"], "Next and previous row"],
  [["/"], "Filter"],
  [["Space"], "Select the row"],
  [["Shift+j", "Shift+k"], "Select further"],
  [[IS_MAC ? "Cmd+A" : "Ctrl+A"], "Select all rows loaded"],
  [["Enter"], "Open the row"],
  [["Esc"], "Close details, then clear the selection"],
];

export function ShortcutOverview({ onClose }: { onClose: () => void }) {
  const { list } = useActionRegistry();
  const [actions] = useState<Action[]>(() => list().filter((action) => action.keys));
  const groups = ["Go to", "This page", "Window"] as const;
  return (
    <Modal opened onClose={onClose} title="Keyboard" size={680}>
      <div className={classes.columns}>
        {groups.map((group) => {
          const members = actions.filter((action) => action.group === group);
          return members.length === 0 ? null : (
            <section key={group}>
              <h2>{group}</h2>
              {members.map((action) => (
                <KeyLine
                  key={action.label}
                  keys={keysInWords(action.keys ?? "", IS_MAC)}
                  label={action.label}
                />
              ))}
            </section>
          );
        })}
        <section>
          <h2>Tables</h2>
          {TABLE_KEYS.map(([keys, label]) => (
            <KeyLine key={label} keys={keys} label={label} />
          ))}
        </section>
      </div>
    </Modal>
  );
}

function KeyLine({ keys, label }: { keys: string[]; label: string }) {
  return (
    <div className={classes.line}>
      <span>{label}</span>
      <span>{keys.map((key) => (key === "then" ? " then " : <kbd key={key}>{key}</kbd>))}</span>
    </div>
  );
}
