import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import type { HostReserve } from "../../ipc";
import { counted, formatRate } from "../../lib/money";

/** What is held back of a host's payouts from now on, and who decided that. */
export function HostReserveFacts({ reserve }: { reserve: HostReserve | null }) {
  return (
    <Section title="Held back of payouts">
      {reserve ? (
        <Facts
          facts={[
            ["Part", `${formatRate(reserve.percent)} of each payout`],
            ["For", `${counted(reserve.days, "day")} after the payout's date`],
            ["Reason", reserve.reason],
            [
              "Set",
              <span key="set">
                {reserve.by}, <InstantText at={reserve.at} />
              </span>,
            ],
          ]}
        />
      ) : (
        <p className="quiet">Nothing.</p>
      )}
    </Section>
  );
}
