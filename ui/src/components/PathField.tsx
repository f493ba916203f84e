import { Button, Group, TextInput } from "@mantine/core";
import type { FilePurpose } from "../ipc";
import { isWholePath } from "../lib/paths";
import { choosePath, chooseSavePath } from "./choose";

type Props = {
  label: string;
  purpose: FilePurpose;
  /** Given where a file is to be written: the name that the system's dialog starts with. */
  suggestedName?: string;
  value: string;
  onChange: (path: string) => void;
  autoFocus?: boolean;
};

/** A path, typed or pasted, or chosen in the system's dialog. */
export function PathField({
  label,
  purpose,
  suggestedName,
  value,
  onChange,
  autoFocus = false,
}: Props) {
  const choose = async () => {
    const path =
      suggestedName === undefined
        ? await choosePath(purpose)
        : await chooseSavePath(purpose, suggestedName);
    if (path) {
      onChange(path);
    }
  };
  return (
    <Group align="flex-start" gap="xs" wrap="nowrap">
      <TextInput
        label={label}
        style={{ flex: 1 }}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={
          value.trim() === "" || isWholePath(value) ? null : "Give the whole path, with its folder."
        }
        spellCheck={false}
        autoComplete="off"
        data-autofocus={autoFocus || undefined}
      />
      <Button variant="default" mt={21} onClick={choose}>
        Choose
      </Button>
    </Group>
  );
}
