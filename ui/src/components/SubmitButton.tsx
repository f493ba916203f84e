import { Button } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { busy: boolean; disabled?: boolean; children: ReactNode };

export function SubmitButton({ busy, disabled = false, children }: Props) {
  return (
    <Button type="submit" loading={busy} disabled={disabled}>
      {children}
    </Button>
  );
}
