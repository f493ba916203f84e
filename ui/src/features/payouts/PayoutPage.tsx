import { getRouteApi, Link } from "@tanstack/react-router";
import { Section } from "../../components/Facts";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import { useBack } from "../../components/useBack";
import { usePaged, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoney } from "../../lib/money";
import { PayoutFacts } from "./PayoutDrawer";
import { PayoutLines } from "./PayoutLines";
import { ReturnActions } from "./ReturnActions";
import { TransferFacts } from "./TransferFacts";
import { payoutState } from "./transfer_progress";

const route = getRouteApi("/payouts/payout/$payoutId");

export function PayoutPage() {
  const { payoutId } = route.useParams();
  const found = useRead("get_payout", { payout_id: payoutId }, { keep: false });
  const lines = usePaged("list_payout_lines", { payout_id: payoutId });
  useBack("the batches", "/payouts");
  const detail = found.data;
  return (
    <>
      <PageHeader
        above={
          detail ? (
            <Link to="/payouts/$batchId" params={{ batchId: detail.batch.batch_id }}>
              Batch of {dateInWords(detail.batch.date)}
            </Link>
          ) : (
            <Link to="/payouts">Payouts</Link>
          )
        }
        title={detail ? `Payout to ${detail.payout.host_name}` : "Payout"}
        state={
          detail ? (
            <>
              <StatusBadge {...payoutState(detail.payout, detail.batch.running)} /> ·{" "}
              {formatMoney(detail.payout)} in {counted(detail.payout.lines, "line")}.
            </>
          ) : null
        }
        actions={detail ? <ReturnActions row={detail.payout} /> : null}
      />
      <Scroll>
        <ErrorNotice error={found.error} />
        <div style={{ maxWidth: 860 }}>
          {detail ? (
            <>
              <PayoutFacts row={detail.payout} running={detail.batch.running} />
              {detail.payout.transfer ? (
                <TransferFacts
                  row={detail.payout}
                  transfer={detail.payout.transfer}
                  running={detail.batch.running}
                />
              ) : null}
            </>
          ) : null}
          <Section title="Lines">
            <PayoutLines lines={lines} />
          </Section>
        </div>
      </Scroll>
    </>
  );
}
