import { type ReactNode, useEffect } from "react";
import classes from "./small.module.css";

type Props = {
  title: string;
  /** One sentence that says the state of things in figures. */
  state?: ReactNode;
  /** The one primary action, and quiet ones before it. */
  actions?: ReactNode;
  above?: ReactNode;
};

export function PageHeader({ title, state, actions, above }: Props) {
  useEffect(() => {
    document.title = `${title} – Hostledger`;
  }, [title]);
  return (
    <header className={classes.header}>
      <div className={classes.headerText}>
        {above ? <div className="small">{above}</div> : null}
        <h1>{title}</h1>
        <p className={classes.headerState}>{state}</p>
      </div>
      {actions ? <div className={classes.headerActions}>{actions}</div> : null}
    </header>
  );
}
