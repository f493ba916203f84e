import type { ReactNode } from "react";
import classes from "./small.module.css";

type Props = { title: string; children: ReactNode; action?: ReactNode };

/** Says what will be here and teaches the first action. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <div className={classes.empty}>
      <h2>{title}</h2>
      <p>{children}</p>
      {action ? <div className={classes.emptyAction}>{action}</div> : null}
    </div>
  );
}
