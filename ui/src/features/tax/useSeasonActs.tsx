import { Button } from "@mantine/core";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { JobProgress } from "../../components/JobProgress";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice, Notice } from "../../components/Notice";
import { toast } from "../../components/toast";
import type { TaxFilesWritten, TaxSeason } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { FilingModal } from "./FilingModal";
import { FurnishModal } from "./FurnishModal";
import { ReceiptModal, ReviewModal } from "./SeasonModals";
import { actLabel, nextAct, SEASON_ACTS, type SeasonAct, whyNot } from "./season_path";
import { useTaxMay } from "./tax_desk";
import { formsInFiles } from "./tax_words";

export type SeasonActs = {
  start: (act: SeasonAct) => void;
  busy: boolean;
  /** Running jobs, refusals and what was written; stands above the content. */
  notices: React.ReactNode;
  modals: React.ReactNode;
};

/** The steps of a season, wherever they are offered: buttons, palette, modals, results. */
export function useSeasonActs(season: TaxSeason | undefined): SeasonActs {
  const { ledger } = useSignedIn();
  const may = useTaxMay();
  const [open, setOpen] = useState<SeasonAct | null>(null);
  const [written, setWritten] = useState<Written | null>(null);
  const make = useAct("make_tax_forms");

  const start = (act: SeasonAct) => {
    if (!season || whyNot(act, season, may) !== null) {
      return;
    }
    if (act === "MAKE") {
      make.mutate(
        { year: season.year },
        {
          onSuccess: ({ forms }) =>
            toast(`${counted(forms, "form")} due, all made. A second person reviews the drafts.`),
        },
      );
    } else {
      setOpen(act);
    }
  };
  const next = season ? nextAct(season, may, ledger.business_date) : null;
  useActions(
    season
      ? SEASON_ACTS.filter((act) => whyNot(act, season, may) === null).map((act) => ({
          label: actLabel(act, season),
          group: "This page" as const,
          keys: act === next ? "n" : undefined,
          run: () => start(act),
        }))
      : [],
  );
  const close = () => setOpen(null);
  const done = (what: Written["what"]) => (files: TaxFilesWritten) => {
    setWritten({ what, files });
    close();
  };
  return {
    start,
    busy: make.isPending,
    notices: (
      <>
        {make.isPending ? <JobProgress progress={make.progress} label="Making forms" /> : null}
        <ErrorNotice error={make.error} />
        {written ? <WrittenNotice written={written} onClose={() => setWritten(null)} /> : null}
      </>
    ),
    modals:
      season && open === "REVIEW" ? (
        <ReviewModal season={season} onClose={close} />
      ) : season && open === "FURNISH" ? (
        <FurnishModal season={season} onClose={close} onDone={done("FURNISHED")} />
      ) : season && open === "FILE" ? (
        <FilingModal season={season} onClose={close} onDone={done("FILING")} />
      ) : season && open === "RECEIPT" ? (
        <ReceiptModal season={season} onClose={close} />
      ) : null,
  };
}

type Written = { what: "FURNISHED" | "FILING"; files: TaxFilesWritten };

function WrittenNotice({ written, onClose }: { written: Written; onClose: () => void }) {
  const { what, files } = written;
  const show = useAct("show_in_folder");
  const unused = files.unused_columns;
  return (
    <div role="status">
      <Notice
        tone="grey"
        action={
          <>
            <Button
              variant="default"
              size="xs"
              loading={show.isPending}
              onClick={() => show.mutate({ path: files.folder })}
            >
              Show in folder
            </Button>
            <Button variant="subtle" size="xs" onClick={onClose}>
              Close
            </Button>
          </>
        }
      >
        {what === "FURNISHED" ? (
          <>
            <p>
              {files.forms > 0
                ? `${counted(files.forms, "form")} furnished; ${counted(files.files, "file")} written to ${files.folder}.`
                : `${counted(files.files, "file")} written again to ${files.folder}.`}
            </p>
            <p>
              {files.still_drafts > 0
                ? `${counted(files.still_drafts, "draft")} not reviewed yet and left out. `
                : ""}
              Files with whole TINs can be read by you only.
            </p>
          </>
        ) : (
          <>
            <p>
              {formsInFiles(files)} written to {files.folder}. Hand them in at the portal, then
              record the receipt.
            </p>
            <p>They carry whole TINs and can be read by you only.</p>
            {unused.length > 0 ? (
              <p>
                {counted(unused.length, "column")} of the template{" "}
                {unused.length === 1 ? "stays" : "stay"} empty: {unused.join(", ")}.
              </p>
            ) : null}
          </>
        )}
        <ErrorNotice error={show.error} />
      </Notice>
    </div>
  );
}
