import type { LinkProps } from "@tanstack/react-router";
import type { Subject } from "../ipc";

/** Where a booking, host, batch, … is shown; null for what has no page. */
export function subjectLink(
  subject: Pick<Subject, "kind" | "id">,
): Pick<LinkProps, "to" | "params" | "search"> | null {
  switch (subject.kind) {
    case "BOOKING":
      return { to: "/commissions/$bookingId", params: { bookingId: subject.id } };
    case "HOST":
      return { to: "/hosts/$hostId", params: { hostId: subject.id } };
    case "BATCH":
      return { to: "/payouts/$batchId", params: { batchId: subject.id } };
    case "PAYOUT":
      return { to: "/payouts/payout/$payoutId", params: { payoutId: subject.id } };
    case "IMPORT":
      return { to: "/imports", search: { open: subject.id } };
    case "DISPUTE":
      return { to: "/disputes/$disputeId", params: { disputeId: subject.id } };
    case "ADJUSTMENT":
      return { to: "/payouts/adjustments" };
    case "ACCOUNT":
      return { to: "/books/journal", search: { account: subject.id } };
    case "USER":
      return { to: "/settings/users" };
    case "SETTING":
      return { to: "/settings" };
    case "INSTITUTION":
      return { to: "/settings/institutions" };
    case "LEDGER":
      return null;
  }
}
