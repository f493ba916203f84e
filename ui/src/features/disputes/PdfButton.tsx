import { Button, type ButtonProps } from "@mantine/core";
import { useState } from "react";
import { SaveFileModal } from "../../components/SaveFileModal";
import { toast } from "../../components/toast";
import type { IpcError, WrittenFile } from "../../ipc";

type Props = {
  label: string;
  title: string;
  suggestedName: string;
  about: string;
  busy: boolean;
  error: IpcError | null;
  write: (path: string, done: (file: WrittenFile) => void) => void;
} & Pick<ButtonProps, "size" | "variant">;

/** A paper to write to a file, and where. */
export function PdfButton({ label, title, suggestedName, about, ...props }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant={props.variant ?? "default"}
        size={props.size ?? "sm"}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {open ? (
        <SaveFileModal
          title={title}
          purpose="LETTER"
          suggestedName={suggestedName}
          confirm="Write the PDF"
          busy={props.busy}
          error={props.error}
          onClose={() => setOpen(false)}
          onSave={(path) =>
            props.write(path, (file) => {
              toast(`${file.path} is written.`);
              setOpen(false);
            })
          }
        >
          <p>{about}</p>
        </SaveFileModal>
      ) : null}
    </>
  );
}
