import classes from "./small.module.css";

/** LIVE is real money and looks it; TEST is quiet. */
export function ModeBadge({ live }: { live: boolean }) {
  return (
    <span className={classes.mode} data-live={live}>
      {live ? "LIVE" : "TEST"}
    </span>
  );
}
