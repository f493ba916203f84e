import { Button, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { Section } from "../../components/Facts";
import { LinkButton } from "../../components/LinkButton";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { PathField } from "../../components/PathField";
import { Scroll } from "../../components/Scroll";
import { toast } from "../../components/toast";
import type { LeftWord, MayHaveLeft, PastRestore, RestoreStatus } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoneyList } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import { payoutCount } from "../payouts/payout_rows";
import classes from "./restores.module.css";

/** What left after the backup that this ledger comes from: one person says it, a second confirms. */
export function Restores() {
  const status = useRead("get_restores", null);
  const found = status.data;
  return (
    <>
      <PageHeader
        title="Restores"
        state={found ? (found.stopped ? "Nothing is sent." : "The ledger sends.") : null}
      />
      <Scroll>
        <ErrorNotice error={status.error} />
        {found ? (
          found.stopped ? (
            <Settle found={found} />
          ) : found.restores.length === 0 ? (
            <EmptyState title="This ledger was never restored">
              If it is restored from a backup one day, what left after that backup is settled here
              before anything is sent.
            </EmptyState>
          ) : null
        ) : null}
        {found && found.restores.length > 0 ? <Past restores={found.restores} /> : null}
      </Scroll>
    </>
  );
}

function Settle({ found }: { found: RestoreStatus }) {
  const [saying, setSaying] = useState(false);
  const takeBack = useAct("take_back_what_left");
  const confirm = useAct("confirm_what_left");
  const said = found.said.filter((word) => word.what !== "STRIPE");
  return (
    <div className={classes.column}>
      <Notice tone="red">
        <p>
          {found.read_only
            ? "The file of this ledger is older than what this computer has seen of it. It is shown as it is; nothing in it can be changed, and nothing is sent. If the newer one still exists, put it back and open that."
            : "This ledger comes from a backup. Whatever was paid after that backup isn't in it, so sending now could pay people a second time. Nothing is sent, and whoever is due is carried, until it is settled."}
        </p>
        <p>
          {found.last_at ? (
            <>
              It ends at <InstantText at={found.last_at} />.
            </>
          ) : null}
          {found.known_at ? (
            <>
              {" "}
              This computer has seen a newer one, of <InstantText at={found.known_at} />.
            </>
          ) : null}
        </p>
      </Notice>
      <Section title="1. What left since">
        {said.length === 0 ? (
          <p>
            Look at the bank's list of payments and at the payment files that were handed in. Then
            say what left: each payment file, a batch as it is approved here, or nothing.
          </p>
        ) : (
          <ul className={classes.words}>
            {said.map((word) => (
              <li key={`${word.what}-${word.file_name ?? word.batch_id ?? ""}-${word.at}`}>
                <Said word={word} />
              </li>
            ))}
          </ul>
        )}
        {found.needs_stripe ? (
          <Notice
            tone="amber"
            action={
              <LinkButton to="/settings/stripe" size="xs" variant="default">
                Compare with Stripe's list
              </LinkButton>
            }
          >
            <p>What left through Stripe, Stripe says itself: its list is compared once.</p>
          </Notice>
        ) : null}
        <div className={classes.buttons}>
          <Button
            variant={said.length === 0 ? "filled" : "default"}
            disabled={found.why_not_say !== null}
            title={found.why_not_say ?? undefined}
            onClick={() => setSaying(true)}
          >
            {said.length === 0 ? "Say what left" : "Something else left, too"}
          </Button>
          {said.length > 0 ? (
            <Button
              variant="subtle"
              loading={takeBack.isPending}
              disabled={found.why_not_say !== null}
              onClick={() => takeBack.mutate(null)}
            >
              Take it back
            </Button>
          ) : null}
        </div>
        <ErrorNotice error={takeBack.error} />
      </Section>
      <Section title="2. A second person confirms it">
        <p>
          Then payouts that left are recorded, batches of this copy that could pay the same money
          again are cancelled, and the ledger sends again.
        </p>
        {found.why_not_confirm ? <p className="quiet">{found.why_not_confirm}</p> : null}
        <div className={classes.buttons}>
          <Button
            disabled={found.why_not_confirm !== null}
            loading={confirm.isPending}
            onClick={() =>
              confirm.mutate(null, { onSuccess: () => toast("Settled. The ledger sends again.") })
            }
          >
            Confirm
          </Button>
        </div>
        <ErrorNotice error={confirm.error} />
      </Section>
      {saying ? <Say found={found} onClose={() => setSaying(false)} /> : null}
    </div>
  );
}

function Said({ word }: { word: LeftWord }) {
  const sum =
    word.totals.length > 0
      ? `: ${counted(payoutCount(word.totals), "payout")}, ${formatMoneyList(word.totals)}`
      : "";
  return (
    <>
      {word.what === "FILE" ? (
        <>
          The payment file <strong>{word.file_name}</strong> left{sum}.
        </>
      ) : word.what === "BATCH" ? (
        <>A batch left as it is approved here{sum}.</>
      ) : (
        <>Nothing left.</>
      )}{" "}
      <span className="quiet">
        {word.by}, <InstantText at={word.at} />
      </span>
    </>
  );
}

function Say({ found, onClose }: { found: RestoreStatus; onClose: () => void }) {
  const say = useAct("say_what_left");
  const [what, setWhat] = useState("FILE");
  const [path, setPath] = useState("");
  const batch = found.may_have_left.find((one) => one.batch_id === what);
  return (
    <ConfirmModal
      title="What left since"
      confirm="Say so"
      size={600}
      busy={say.isPending}
      error={say.error}
      disabled={what === "FILE" && !isWholePath(path)}
      onClose={onClose}
      onConfirm={() =>
        say.mutate(
          batch
            ? { what: "BATCH", path: null, batch_id: batch.batch_id }
            : { what: what === "FILE" ? "FILE" : "NONE", path: path.trim(), batch_id: null },
          { onSuccess: onClose },
        )
      }
    >
      <Radio.Group aria-label="What left since" value={what} onChange={setWhat}>
        <Stack gap={10}>
          <Radio
            value="FILE"
            label="A payment file"
            description="As it was handed to the bank. Give every file that left, one after the other."
          />
          {found.may_have_left.map((one) => (
            <Radio key={one.batch_id} value={one.batch_id} label={asItStands(one)} />
          ))}
          <Radio
            value="NONE"
            label="Nothing"
            description="No payment file was handed to the bank after the backup."
          />
        </Stack>
      </Radio.Group>
      {what === "FILE" ? (
        <div style={{ marginTop: 16 }}>
          <PathField
            label="Payment file"
            purpose="IMPORT"
            value={path}
            onChange={setPath}
            autoFocus
          />
        </div>
      ) : null}
    </ConfirmModal>
  );
}

function asItStands(one: MayHaveLeft): string {
  return `The batch of ${dateInWords(one.date)} as it is approved here: ${counted(payoutCount(one.totals), "payout")}, ${formatMoneyList(one.totals)}`;
}

function Past({ restores }: { restores: PastRestore[] }) {
  return (
    <Section title="Restores of this ledger">
      <ul className={classes.words}>
        {restores.map((one) => (
          <li key={one.noticed_at}>
            {one.older ? "Found older than this computer knew" : "Restored from a backup"}, noticed
            by {one.noticed_by}, <InstantText at={one.noticed_at} />. It ended at{" "}
            <InstantText at={one.last_at} />.{" "}
            {one.confirmed_at ? (
              <>
                Settled by {one.confirmed_by}, <InstantText at={one.confirmed_at} />.
              </>
            ) : (
              <strong>Not settled.</strong>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
