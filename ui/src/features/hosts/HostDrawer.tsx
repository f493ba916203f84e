import { useNavigate } from "@tanstack/react-router";
import { ErrorNotice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { useRead } from "../../ipc/hooks";
import { formatMoneyList } from "../../lib/money";
import { HostActions } from "./HostActions";
import { HostDetails } from "./HostDetails";

export function HostDrawer({ hostId, onClose }: { hostId: string; onClose: () => void }) {
  const found = useRead("get_host", { host_id: hostId });
  const detail = found.data;
  const navigate = useNavigate();
  return (
    <RightDrawer
      title={detail?.host.name ?? hostId}
      subtitle={detail ? `Balance ${formatMoneyList(detail.host.balances)}` : null}
      onClose={onClose}
      onFullPage={() => navigate({ to: "/hosts/$hostId", params: { hostId } })}
      footer={detail ? <HostActions detail={detail} /> : null}
    >
      <ErrorNotice error={found.error} />
      {detail ? (
        <div className={found.isPlaceholderData ? "dimmed" : undefined}>
          <HostDetails detail={detail} />
        </div>
      ) : null}
    </RightDrawer>
  );
}
