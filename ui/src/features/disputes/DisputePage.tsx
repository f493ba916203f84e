import { Button } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Section } from "../../components/Facts";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { useBack } from "../../components/useBack";
import type { DisputeRow } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { formatMoney, isZero } from "../../lib/money";
import payouts from "../payouts/payouts.module.css";
import { DisputeBackground, DisputeFacts } from "./DisputeFacts";
import { DisputeFiles } from "./DisputeFiles";
import { DisputeStory } from "./DisputeStory";
import { DISPUTE_STATUS, disputeTitle, dueInWords } from "./dispute_words";
import classes from "./disputes.module.css";
import { EditDispute } from "./EditDispute";
import { Evidence } from "./Evidence";
import { Outcomes } from "./Outcomes";
import { OwnerMenu } from "./OwnerMenu";
import { RecoverAtStripe } from "./RecoverAtStripe";

const route = getRouteApi("/disputes/$disputeId");

export function DisputePage() {
  const { disputeId } = route.useParams();
  const { view = "story" } = route.useSearch();
  const navigate = useNavigate({ from: "/disputes/$disputeId" });
  const found = useRead("get_dispute", { dispute_id: disputeId }, { keep: false });
  const { ledger } = useSignedIn();
  const may = useMay("REVIEW");
  const [editing, setEditing] = useState(false);
  useBack("the disputes", "/disputes");
  const detail = found.data;
  const row = detail?.dispute;
  return (
    <>
      <PageHeader
        above={<Link to="/disputes">Disputes</Link>}
        title={row ? disputeTitle(row) : "Dispute"}
        state={row ? sentence(row, ledger.business_date) : null}
        actions={row ? <OwnerMenu row={row} /> : null}
      />
      {row?.kind === "CHARGEBACK" ? (
        <div className={classes.views}>
          <fieldset className={payouts.views} style={{ margin: 0, padding: 0, border: 0 }}>
            <legend className="visually-hidden">Parts of the dispute</legend>
            {(["story", "evidence"] as const).map((part) => (
              <button
                key={part}
                type="button"
                className={payouts.view}
                aria-pressed={view === part}
                onClick={() => navigate({ search: part === "story" ? {} : { view: part } })}
              >
                {part === "story" ? "Story" : "Evidence"}
              </button>
            ))}
          </fieldset>
        </div>
      ) : null}
      <Scroll>
        <ErrorNotice error={found.error} />
        {detail && row ? (
          view === "evidence" && row.kind === "CHARGEBACK" ? (
            <Evidence row={row} />
          ) : (
            <div className={classes.columns}>
              <div className={classes.main}>
                <RecoverAtStripe row={row} recoverable={detail.recoverable} />
                <Outcomes row={row} />
                <DisputeStory detail={detail} />
                <DisputeFiles detail={detail} />
              </div>
              <aside className={classes.side} aria-label="Facts">
                <Section title="Dispute">
                  <DisputeFacts row={row} />
                  {row.open && may ? (
                    <Button variant="default" size="xs" mt={8} onClick={() => setEditing(true)}>
                      Change
                    </Button>
                  ) : null}
                </Section>
                <DisputeBackground detail={detail} />
              </aside>
            </div>
          )
        ) : null}
      </Scroll>
      {editing && row ? <EditDispute row={row} onClose={() => setEditing(false)} /> : null}
    </>
  );
}

/** "100.00 USD disputed, 66.80 USD held back, evidence due in 5 days, 16 Mar." */
function sentence(row: DisputeRow, today: string): string {
  const parts = [`${formatMoney(row)} disputed`];
  if (!isZero(row.reserved)) {
    parts.push(`${formatMoney({ amount: row.reserved, currency: row.currency })} held back`);
  }
  const due = dueInWords(row, today);
  if (due) {
    const words = due.words.charAt(0).toLowerCase() + due.words.slice(1);
    parts.push(`evidence due ${words}`);
  } else {
    parts.push(DISPUTE_STATUS[row.status].word.toLowerCase());
  }
  return `${parts.join(", ")}.`;
}
