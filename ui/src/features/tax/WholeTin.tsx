import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useAct } from "../../ipc/hooks";
import { EN_DASH } from "../../lib/money";
import classes from "./tax.module.css";

type Props = {
  hostId: string;
  year: number;
  /** The last four digits; null: there is no TIN. */
  truncated: string | null;
  may: boolean;
};

/** The TIN by its last digits; whole for an administrator who asks, until it is hidden or left. */
export function WholeTin({ hostId, year, truncated, may }: Props) {
  const [asking, setAsking] = useState(false);
  const [whole, setWhole] = useState<string | null>(null);
  const reveal = useAct("reveal_tin");
  if (truncated === null) {
    return <span>{EN_DASH}</span>;
  }
  return (
    <>
      <span className={whole ? classes.whole : "mono"}>{whole ?? truncated}</span>{" "}
      {whole ? (
        <Button variant="subtle" size="compact-xs" onClick={() => setWhole(null)}>
          Hide
        </Button>
      ) : may ? (
        <Button variant="subtle" size="compact-xs" onClick={() => setAsking(true)}>
          Show the whole TIN
        </Button>
      ) : null}
      {asking ? (
        <ConfirmModal
          title="Show the whole TIN"
          confirm="Show the whole TIN"
          busy={reveal.isPending}
          error={reveal.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            reveal.mutate(
              { host_id: hostId, year },
              {
                onSuccess: ({ tin }) => {
                  setWhole(tin);
                  setAsking(false);
                  reveal.reset();
                },
              },
            )
          }
        >
          <p>
            That you looked at the TIN of {hostId} is kept in the audit trail, with your name and
            the time. It is shown until you hide it or close the profile.
          </p>
        </ConfirmModal>
      ) : null}
    </>
  );
}
