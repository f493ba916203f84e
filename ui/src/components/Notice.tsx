import type { ReactNode } from "react";
import type { IpcError } from "../ipc";
import { inTheWindow } from "../lib/in_the_window";
import classes from "./small.module.css";

type Props = {
  tone: "amber" | "red" | "grey";
  children: ReactNode;
  action?: ReactNode;
};

export function Notice({ tone, children, action }: Props) {
  return (
    <div className={classes.notice} data-tone={tone}>
      <div className={classes.noticeBody}>{children}</div>
      {action}
    </div>
  );
}

/** What happened, what it means, what to do. Nothing is drawn without an error. */
export function ErrorNotice({ error, action }: { error: IpcError | null; action?: ReactNode }) {
  if (!error) {
    return null;
  }
  return (
    <div role="alert">
      <Notice tone={error.code === "CANCELLED" ? "grey" : "red"} action={action}>
        <p>{inTheWindow(error.message)}</p>
        {error.remedy ? <p>{inTheWindow(error.remedy)}</p> : null}
      </Notice>
    </div>
  );
}
