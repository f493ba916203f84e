// The one door to Tauri. Everything else in the window talks to src/ipc/index.ts.

import { Channel, invoke, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { CommandError, Events, Progress } from "./contract";

export type OnProgress = (progress: Progress) => void;

/** Thrown by every command that was refused or failed. */
export class IpcError extends Error {
  readonly code: string;
  readonly details: unknown;
  readonly remedy: string | null;

  constructor(error: CommandError) {
    super(error.message);
    this.name = "IpcError";
    this.code = error.code;
    this.details = error.details;
    this.remedy = error.remedy;
  }
}

/** Whatever was thrown, as an error with a message a person can act on. */
export function normaliseError(thrown: unknown): IpcError {
  if (thrown instanceof IpcError) {
    return thrown;
  }
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    const { code, message, details, remedy } = thrown as Partial<CommandError>;
    return new IpcError({
      code: String(code),
      message: String(message),
      details: details ?? null,
      remedy: remedy ?? null,
    });
  }
  return new IpcError({
    code: "UNEXPECTED",
    message: "The application could not answer. Nothing more was changed.",
    details: String(thrown),
    remedy: "Try again. If it happens again, close and open the ledger.",
  });
}

type Arguments = { request?: unknown; progress?: unknown };

export async function send<Answer>(
  command: string,
  request: unknown,
  onProgress: OnProgress | null,
): Promise<Answer> {
  try {
    const payload: Arguments = {};
    if (request !== null) {
      payload.request = request;
    }
    if (onProgress) {
      const channel = new Channel<Progress>();
      channel.onmessage = onProgress;
      payload.progress = channel;
    }
    return await invoke<Answer>(command, payload);
  } catch (thrown) {
    throw normaliseError(thrown);
  }
}

/** Calls back on an event of the application; answers how to stop. */
export function onEvent<Name extends keyof Events>(
  name: Name,
  callback: (payload: Events[Name]) => void,
): () => void {
  if (!isTauri()) {
    return () => {};
  }
  const stop = listen<Events[Name]>(name, (event) => callback(event.payload));
  return () => {
    stop.then((unlisten) => unlisten());
  };
}

export type FileDrop = { over: () => void; left: () => void; dropped: (paths: string[]) => void };

/** Files dragged onto the window, with their real paths. */
export function onFileDrop({ over, left, dropped }: FileDrop): () => void {
  if (!isTauri()) {
    return () => {};
  }
  const stop = getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === "drop") {
      dropped(payload.paths);
    } else if (payload.type === "leave") {
      left();
    } else {
      over();
    }
  });
  return () => {
    stop.then((unlisten) => unlisten());
  };
}
