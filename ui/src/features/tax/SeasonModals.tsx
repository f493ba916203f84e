import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { InstantText } from "../../components/DateText";
import { JobProgress } from "../../components/JobProgress";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { TaxSeason } from "../../ipc";
import { useAct, usePaged } from "../../ipc/hooks";
import { counted, formatCount, formatMoneyList, sumMoney } from "../../lib/money";
import { actLabel, openFiling } from "./season_path";

type Props = { season: TaxSeason; onClose: () => void };

/** A second person's look at drafts: whoever made one doesn't review it. */
export function ReviewModal({ season, onClose }: Props) {
  const { user } = useSignedIn();
  const { year } = season;
  const drafts = usePaged("list_tax_forms", {
    year,
    status: "DRAFT",
    rule: null,
    state: null,
    corrections: null,
    text: null,
  });
  const review = useAct("review_tax_forms");
  const [gathering, setGathering] = useState(false);
  const { draft } = season.counts;
  const mine = draft - season.to_review;
  const own = (by: string) => by.toLowerCase() === user.name.toLowerCase();
  const wanted = drafts.rows.filter((row) => !own(row.made_by));
  const all = !drafts.hasMore && drafts.totalRows !== null;
  const sum = all
    ? `, ${formatMoneyList(sumMoney(wanted.map((row) => ({ amount: row.gross, currency: row.currency }))))} in box 1a`
    : "";

  const confirm = async () => {
    let ids: string[] | null = null;
    if (mine > 0) {
      setGathering(true);
      const every = await drafts.loadAll();
      setGathering(false);
      ids = every.filter((row) => !own(row.made_by)).map((row) => row.form_id);
    }
    review.mutate(
      { year, form_ids: ids },
      {
        onSuccess: ({ forms }) => {
          toast(`${counted(forms, "form")} reviewed. They can be furnished.`);
          onClose();
        },
      },
    );
  };
  return (
    <ConfirmModal
      title={`Review the drafts of ${year}`}
      confirm={actLabel("REVIEW", season)}
      busy={review.isPending || gathering}
      error={review.error ?? drafts.error}
      disabled={season.to_review === 0}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        {season.to_review > 0 ? (
          <p>
            {counted(season.to_review, "draft")}
            {sum}. You say that you looked at {season.to_review === 1 ? "it" : "them"} and that{" "}
            {season.to_review === 1 ? "it" : "they"} can go out as{" "}
            {season.to_review === 1 ? "it stands" : "they stand"}. Your name is kept with each.
          </p>
        ) : null}
        {mine > 0 ? (
          <Notice tone="amber">
            <p>
              {mine === draft
                ? `You made ${draft === 1 ? "this draft" : `all ${formatCount(draft)} drafts`}, so you can't review ${draft === 1 ? "it" : "them"}. Somebody else who approves signs in and does.`
                : `${counted(mine, "draft")} made by you ${mine === 1 ? "is" : "are"} left out: somebody else reviews ${mine === 1 ? "it" : "them"}.`}
            </p>
          </Notice>
        ) : null}
        {review.isPending ? (
          <JobProgress progress={review.progress} label="Reviewing forms" />
        ) : null}
      </Stack>
    </ConfirmModal>
  );
}

/** The portal took the files: their forms are filed. */
export function ReceiptModal({ season, onClose }: Props) {
  const [receipt, setReceipt] = useState("");
  const record = useAct("record_tax_filed");
  const filing = openFiling(season);
  const complete = receipt.trim() !== "";
  return (
    <Modal opened onClose={onClose} title="Record the receipt" size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete && !record.isPending) {
            record.mutate(
              { year: season.year, receipt: receipt.trim() },
              {
                onSuccess: ({ forms }) => {
                  toast(`${counted(forms, "form")} filed.`);
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="md">
          {filing ? (
            <p>
              {counted(filing.forms, "form")} of the filing that {filing.written_by} wrote{" "}
              <InstantText at={filing.written_at} /> become filed. It can't be taken back; what is
              wrong afterwards is corrected.
            </p>
          ) : null}
          <TextInput
            label="Receipt id"
            description="As the portal showed it when it took the files"
            value={receipt}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setReceipt(event.currentTarget.value)}
          />
          <ErrorNotice error={record.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={record.isPending}>
              Back
            </Button>
            <SubmitButton busy={record.isPending} disabled={!complete}>
              {filing ? `Record ${counted(filing.forms, "form")} as filed` : "Record as filed"}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
