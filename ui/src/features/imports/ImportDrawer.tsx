import { Button } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { LinkButton } from "../../components/LinkButton";
import { ErrorNotice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { toast } from "../../components/toast";
import type { ImportKind, ImportRow } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { counted, formatMoneyList } from "../../lib/money";
import { ImportTotals } from "./ImportTotals";
import { countsInWords, IMPORT_KIND } from "./import_words";

export function ImportDrawer({ importId, onClose }: { importId: string; onClose: () => void }) {
  const found = useRead("get_import", { import_id: importId });
  const [undoing, setUndoing] = useState(false);
  const row = found.data;
  return (
    <RightDrawer
      title={row?.file_name ?? "Import"}
      subtitle={row ? countsInWords(row.counts) : null}
      onClose={onClose}
      footer={
        row && row.status === "COMMITTED" ? (
          <>
            <Button variant="default" disabled={!row.undo.allowed} onClick={() => setUndoing(true)}>
              Undo this import
            </Button>
            {row.undo.why_not ? <span className="quiet small">{row.undo.why_not}</span> : null}
          </>
        ) : null
      }
    >
      <ErrorNotice error={found.error} />
      {row ? <Details row={row} /> : null}
      {undoing && row ? <UndoModal row={row} onClose={() => setUndoing(false)} /> : null}
    </RightDrawer>
  );
}

function Details({ row }: { row: ImportRow }) {
  return (
    <>
      <Facts
        facts={[
          ["Kind", IMPORT_KIND[row.kind]],
          ["Taken in", <InstantText key="at" at={row.imported_at} />],
          ["By", row.by],
          ["Undone", row.undone_at ? <InstantText key="undone" at={row.undone_at} /> : null],
          ["Undone by", row.undone_by],
        ]}
      />
      {row.totals.length > 0 ? (
        <Section title="Totals of the file">
          <ImportTotals kind={row.kind} totals={row.totals} />
        </Section>
      ) : null}
      <Section title="Rows">
        <Facts
          facts={[
            ["New", row.counts.inserted],
            ["Changed", row.counts.updated],
            ["Unchanged", row.counts.unchanged],
            ["Stale", `${row.counts.stale} (older than what is known, not used)`],
            ["Exceptions", `${row.counts.exceptions}, ${row.exceptions_open} of them open`],
          ]}
        />
      </Section>
      <div style={{ display: "flex", gap: 8, marginTop: 16 }}>
        {row.counts.exceptions > 0 ? (
          <LinkButton
            to="/imports/exceptions"
            search={{ import_id: row.import_id }}
            variant="default"
            size="xs"
          >
            Its exceptions
          </LinkButton>
        ) : null}
        {row.kind === "BOOKINGS" ? (
          <LinkButton
            to="/commissions"
            search={{ import_id: row.import_id, all: true }}
            variant="default"
            size="xs"
          >
            Its commissions
          </LinkButton>
        ) : null}
        {row.kind === "DISPUTES" || row.kind === "STRIPE_PAYMENTS" ? (
          <LinkButton to="/disputes" search={{ state: "all" }} variant="default" size="xs">
            Disputes
          </LinkButton>
        ) : null}
        {row.kind === "TAX_PROFILES" ? (
          <LinkButton to="/tax/profiles" variant="default" size="xs">
            Tax profiles
          </LinkButton>
        ) : null}
      </div>
    </>
  );
}

const ROW_OF: Record<ImportKind, string> = {
  HOSTS: "host",
  BOOKINGS: "booking",
  DISPUTES: "dispute",
  STRIPE_PAYMENTS: "chargeback",
  TAX_PROFILES: "tax profile",
  OPENING_BALANCES: "opening balance",
};

function UndoModal({ row, onClose }: { row: ImportRow; onClose: () => void }) {
  const preview = useRead("preview_undo_import", { import_id: row.import_id }, { keep: false });
  const undo = useAct("undo_import");
  const what = preview.data;
  return (
    <ConfirmModal
      title={`Undo ${row.file_name}`}
      confirm={what ? `Undo ${counted(what.bookings, ROW_OF[row.kind])}` : "Undo"}
      danger
      reason={{ label: "Reason" }}
      busy={undo.isPending}
      error={undo.error ?? preview.error}
      disabled={!what?.allowed}
      onClose={onClose}
      onConfirm={(reason) =>
        undo.mutate(
          { import_id: row.import_id, reason },
          {
            onSuccess: () => {
              toast(`${row.file_name} is undone. It can be taken in again.`);
              onClose();
            },
          },
        )
      }
    >
      {what ? (
        what.allowed ? (
          <p>
            {counted(what.bookings, ROW_OF[row.kind])}
            {row.kind === "BOOKINGS" ? ` and ${counted(what.commissions, "commission")}` : ""} go
            back to what they were before this file;{" "}
            {counted(what.entries, "journal entry", "journal entries")} are reversed
            {what.totals.length > 0 ? `, ${formatMoneyList(what.totals)}` : ""}. Nothing is deleted.
          </p>
        ) : (
          <p>{what.why_not}</p>
        )
      ) : (
        <p className="quiet">Working out what would be reversed.</p>
      )}
    </ConfirmModal>
  );
}
