import { Button, Menu } from "@mantine/core";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { toast } from "../../components/toast";
import type { DisputeRow } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { DISPUTE_KIND } from "./dispute_words";

/** Who works on it: me, somebody else, or nobody. */
export function OwnerMenu({ row }: { row: DisputeRow }) {
  const { ledger, user } = useSignedIn();
  const may = useMay("REVIEW");
  const update = useAct("update_dispute");
  const give = (owner: string) =>
    update.mutate(
      {
        dispute_id: row.dispute_id,
        status: null,
        amount: null,
        reason: null,
        evidence_due_on: null,
        owner,
        note: null,
      },
      {
        onSuccess: () =>
          toast(
            owner === ""
              ? `Nobody works on this ${DISPUTE_KIND[row.kind].toLowerCase()} now.`
              : `The ${DISPUTE_KIND[row.kind].toLowerCase()} is with ${owner} now.`,
          ),
        onError: (error) => toast(error.message),
      },
    );
  const others = ledger.user_names.filter((name) => name !== user.name);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" disabled={!may} loading={update.isPending}>
          {row.owner === null
            ? "With nobody"
            : row.owner === user.name
              ? "With me"
              : `With ${row.owner}`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={row.owner === user.name} onClick={() => give(user.name)}>
          Take it myself
        </Menu.Item>
        {others.map((name) => (
          <Menu.Item key={name} disabled={row.owner === name} onClick={() => give(name)}>
            Give it to {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item disabled={row.owner === null} onClick={() => give("")}>
          Nobody
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
