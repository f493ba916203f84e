import { notifications } from "@mantine/notifications";
import { type ChosenPath, commands, type FilePurpose, normaliseError } from "../ipc";

async function pathOrNull(asked: Promise<ChosenPath>): Promise<string | null> {
  try {
    return (await asked).path;
  } catch (thrown) {
    const error = normaliseError(thrown);
    notifications.show({
      message: error.remedy ? `${error.message} ${error.remedy}` : error.message,
      withBorder: true,
      color: "red",
      autoClose: false,
      closeButtonProps: { "aria-label": "Close the message" },
    });
    return null;
  }
}

/** The system's dialog for a file or folder; null when nothing was chosen. */
export function choosePath(purpose: FilePurpose): Promise<string | null> {
  return pathOrNull(commands.choose_file({ purpose }));
}

/** The system's dialog for where to write a file; null when nothing was chosen. */
export function chooseSavePath(
  purpose: FilePurpose,
  suggestedName: string,
): Promise<string | null> {
  return pathOrNull(commands.choose_save_path({ purpose, suggested_name: suggestedName }));
}
