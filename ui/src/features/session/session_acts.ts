import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { IpcError, Session } from "../../ipc";
import { type Answer, type CommandName, commands, type Progress, type Request } from "../../ipc";

type SessionName = {
  [Name in CommandName]: Answer<Name> extends Session ? Name : never;
}[CommandName];

export const SESSION_KEY = ["get_session", null] as const;

/** A command that answers the new session. Another person must not see the figures of the last. */
export function useSessionAct<Name extends SessionName>(name: Name) {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const mutation = useMutation<Session, IpcError, Request<Name>>({
    mutationKey: [name],
    mutationFn: (request) =>
      (commands[name] as (r: unknown, p: (p: Progress) => void) => Promise<Session>)(
        request,
        setProgress,
      ),
    onSuccess: (session) => {
      // What was said to the last person isn't meant for the next.
      notifications.clean();
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
      client.setQueryData(SESSION_KEY, session);
    },
  });
  return { ...mutation, progress };
}
