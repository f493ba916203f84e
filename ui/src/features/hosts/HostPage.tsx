import { getRouteApi, Link } from "@tanstack/react-router";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { useBack } from "../../components/useBack";
import { useRead } from "../../ipc/hooks";
import { formatMoneyList, formatRate } from "../../lib/money";
import { TIER } from "../../lib/words";
import { HostActions } from "./HostActions";
import { HostDetails } from "./HostDetails";

const route = getRouteApi("/hosts/$hostId");

export function HostPage() {
  const { hostId } = route.useParams();
  const found = useRead("get_host", { host_id: hostId }, { keep: false });
  useBack("the hosts", "/hosts");
  const detail = found.data;
  return (
    <>
      <PageHeader
        above={<Link to="/hosts">Hosts</Link>}
        title={detail?.host.name ?? hostId}
        state={
          detail
            ? `Balance ${formatMoneyList(detail.host.balances)}, ${detail.host.tier ? `${TIER[detail.host.tier]}, ` : ""}${formatRate(detail.host.rate)}.`
            : null
        }
        actions={detail ? <HostActions detail={detail} /> : null}
      />
      <Scroll>
        <ErrorNotice error={found.error} />
        <div style={{ maxWidth: 760 }}>{detail ? <HostDetails detail={detail} /> : null}</div>
      </Scroll>
    </>
  );
}
