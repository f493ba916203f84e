import type { StatusWord } from "../lib/words";
import classes from "./small.module.css";

/** A dot and a word: colour alone says nothing. */
export function StatusBadge({ word, tone }: StatusWord) {
  return (
    <span className={`${classes.badge} tone-${tone}`}>
      <span className={classes.dot} data-tone={tone} aria-hidden="true" />
      <span className="truncate" title={word}>
        {word}
      </span>
    </span>
  );
}
