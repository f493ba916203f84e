import { MoneyList } from "../../components/Money";
import type { Cause, CauseGroup } from "../../ipc";
import { counted, formatCount } from "../../lib/money";
import { CAUSE } from "../../lib/words";
import classes from "./commissions.module.css";

type Props = {
  groups: CauseGroup[];
  cause: Cause | null;
  onCause: (cause: Cause | null) => void;
};

/** What needs a person, by cause: choosing one filters the list below. */
export function CauseGroups({ groups, cause, onCause }: Props) {
  if (groups.length === 0) {
    return null;
  }
  return (
    <fieldset className={classes.causes}>
      <legend className="visually-hidden">Causes</legend>
      {groups.map((group) => (
        <button
          key={group.cause}
          type="button"
          className={classes.cause}
          aria-pressed={group.cause === cause}
          onClick={() => onCause(group.cause === cause ? null : group.cause)}
        >
          <span className={`figure ${classes.causeCount}`}>{formatCount(group.count)}</span>
          <span className={classes.causeTitle}>{CAUSE[group.cause].title}</span>
          <span className="quiet truncate">{CAUSE[group.cause].explanation}</span>
          <span className="quiet figure">{counted(group.hosts, "host")}</span>
          <span className={classes.causeSum}>
            <MoneyList totals={group.totals} />
          </span>
        </button>
      ))}
    </fieldset>
  );
}
