import { useNavigate } from "@tanstack/react-router";
import { LinkButton } from "../../components/LinkButton";
import { ErrorNotice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { useRead } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";
import { DisputeEssentials } from "./DisputeFacts";
import { disputeTitle } from "./dispute_words";
import { OwnerMenu } from "./OwnerMenu";

export function DisputeDrawer({ disputeId, onClose }: { disputeId: string; onClose: () => void }) {
  const found = useRead("get_dispute", { dispute_id: disputeId });
  const navigate = useNavigate();
  const row = found.data?.dispute;
  return (
    <RightDrawer
      title={row ? disputeTitle(row) : "Dispute"}
      subtitle={row ? `${row.host_name} · ${formatMoney(row)}` : disputeId}
      onClose={onClose}
      onFullPage={() => navigate({ to: "/disputes/$disputeId", params: { disputeId } })}
      footer={
        row ? (
          <>
            <LinkButton to="/disputes/$disputeId" params={{ disputeId }}>
              {row.open ? "Work on it" : "Open"}
            </LinkButton>
            <OwnerMenu row={row} />
          </>
        ) : null
      }
    >
      <ErrorNotice error={found.error} />
      {found.data ? (
        <div className={found.isPlaceholderData ? "dimmed" : undefined}>
          <DisputeEssentials detail={found.data} />
        </div>
      ) : null}
    </RightDrawer>
  );
}
