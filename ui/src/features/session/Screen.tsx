import { type ReactNode, useEffect } from "react";
import classes from "./session.module.css";

type Props = { title: string; lead?: ReactNode; wide?: boolean; children: ReactNode };

/** The screens before the ledger is open. */
export function Screen({ title, lead, wide = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} – Hostledger`;
  }, [title]);
  return (
    <main className={classes.screen}>
      <div className={`${classes.column} ${wide ? classes.wide : ""}`}>
        <p className={classes.product}>Hostledger</p>
        <h1>{title}</h1>
        {lead ? <p className={classes.lead}>{lead}</p> : null}
        {children}
      </div>
    </main>
  );
}
