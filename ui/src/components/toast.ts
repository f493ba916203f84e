import { notifications } from "@mantine/notifications";
import type { BulkResult } from "../ipc";
import { formatCount } from "../lib/money";

/** A quiet word that something was done. Errors stay on the page instead, in an ErrorNotice. */
export function toast(message: string): void {
  notifications.show({
    message,
    withBorder: true,
    color: "teal",
    closeButtonProps: { "aria-label": "Close the message" },
  });
}

/** What a person should know of something that was done; it stays until it is closed. */
export function warn(message: string): void {
  notifications.show({
    message,
    withBorder: true,
    color: "yellow",
    autoClose: false,
    closeButtonProps: { "aria-label": "Close the message" },
  });
}

/** "3 taken in. 1 still can't be taken in: The host is not known." */
export function bulkInWords(result: BulkResult, done: string, refused: string): string {
  const first = result.refused[0];
  const doneWords = `${formatCount(result.done)} ${done}.`;
  return first
    ? `${doneWords} ${formatCount(result.refused.length)} ${refused}: ${first.message}`
    : doneWords;
}
