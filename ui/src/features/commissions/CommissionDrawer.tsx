import { useNavigate } from "@tanstack/react-router";
import { useMay } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { useRead } from "../../ipc/hooks";
import { formatMoney } from "../../lib/money";
import type { BulkAction } from "./BulkActionModal";
import { CommissionButtons, CommissionDetails } from "./CommissionDetails";

type Props = {
  bookingId: string;
  onAction: (action: BulkAction) => void;
  onClose: () => void;
};

export function CommissionDrawer({ bookingId, onAction, onClose }: Props) {
  const explained = useRead("explain_commission", { booking_id: bookingId });
  const may = useMay("REVIEW");
  const navigate = useNavigate();
  const row = explained.data?.commission;
  return (
    <RightDrawer
      title="Why this amount"
      subtitle={
        row
          ? `${row.booking_id} · ${formatMoney({ amount: row.host_amount, currency: row.currency })}`
          : bookingId
      }
      onClose={onClose}
      onFullPage={() => navigate({ to: "/commissions/$bookingId", params: { bookingId } })}
      footer={row && may ? <CommissionButtons row={row} onAction={onAction} /> : null}
    >
      <ErrorNotice error={explained.error} />
      {explained.data ? (
        <div className={explained.isPlaceholderData ? "dimmed" : undefined}>
          <CommissionDetails explanation={explained.data} />
        </div>
      ) : null}
    </RightDrawer>
  );
}
