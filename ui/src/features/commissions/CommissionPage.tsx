import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { useBack } from "../../components/useBack";
import { useRead } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";
import { type BulkAction, BulkActionModal } from "./BulkActionModal";
import { CommissionButtons, CommissionDetails } from "./CommissionDetails";
import classes from "./commissions.module.css";

const route = getRouteApi("/commissions/$bookingId");

export function CommissionPage() {
  const { bookingId } = route.useParams();
  const explained = useRead("explain_commission", { booking_id: bookingId }, { keep: false });
  const may = useMay("REVIEW");
  const [action, setAction] = useState<BulkAction | null>(null);
  useBack("the commissions", "/commissions");
  const row = explained.data?.commission;
  return (
    <>
      <PageHeader
        above={<Link to="/commissions">Commissions</Link>}
        title={`Booking ${bookingId}`}
        state={
          row
            ? `${row.host_name} earns ${formatMoney({ amount: row.host_amount, currency: row.currency })} of ${formatMoney({ amount: row.price, currency: row.currency })}.`
            : null
        }
        actions={row && may ? <CommissionButtons row={row} onAction={setAction} /> : null}
      />
      <Scroll>
        <ErrorNotice error={explained.error} />
        <div className={classes.page}>
          {explained.data ? <CommissionDetails explanation={explained.data} /> : null}
        </div>
      </Scroll>
      {action ? (
        <BulkActionModal
          action={action}
          onClose={() => setAction(null)}
          onDone={() => setAction(null)}
        />
      ) : null}
    </>
  );
}
