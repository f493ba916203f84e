// The 1099-K season as six steps, told from its figures. Pure: no clock, no screen.

import type { TaxSeason } from "../../ipc";
import { dateInWords, relativeDay } from "../../lib/dates";
import { counted, formatCount, formatMoneyList, sumMoney } from "../../lib/money";
import type { StepState } from "../home/week_path";
import { blockedByRate } from "./tax_words";

/** What the one who is signed in may do. */
export type TaxMay = { prepare: boolean; approve: boolean; send: boolean };

export const SEASON_ACTS = ["MAKE", "REVIEW", "FURNISH", "FILE", "RECEIPT"] as const;
export type SeasonAct = (typeof SEASON_ACTS)[number];

export type SeasonLink =
  | { to: "/tax/profiles"; search: { year: number; missing?: boolean } }
  | { to: "/tax/forms"; search: { year: number } }
  | { to: "/tax/corrections"; search: { year: number } }
  | { to: "/tax/rules"; search: { year: number } }
  | { to: "/settings" };

export type SeasonStep = {
  title: string;
  state: StepState;
  figure: string;
  action: { label: string; act: SeasonAct } | { label: string; link: SeasonLink } | null;
};

/** The filing that was written and has no receipt yet. */
export function openFiling(season: TaxSeason) {
  return season.filings.find((filing) => filing.filed_at === null) ?? null;
}

/** Forms that were furnished since the files were written, or about which none were written. */
function notWritten(season: TaxSeason): number {
  return Math.max(0, season.counts.furnished - (openFiling(season)?.forms ?? 0));
}

/** The verb and the sum, as buttons say it. */
export function actLabel(act: SeasonAct, season: TaxSeason): string {
  const { counts } = season;
  const some = (verb: string, count: number, none: string) =>
    count > 0 ? `${verb} ${counted(count, "form")}` : none;
  switch (act) {
    case "MAKE":
      return some("Make", season.to_make.length, "Make the forms");
    case "REVIEW":
      return some("Review", season.to_review || counts.draft, "Review the forms");
    case "FURNISH":
      return counts.reviewed === 0 && counts.furnished + counts.filed > 0
        ? "Write the copies again…"
        : some("Furnish", counts.reviewed, "Furnish the forms");
    case "FILE":
      return "Write the filing…";
    case "RECEIPT":
      return "Record the receipt…";
  }
}

/** Why something can't be done now; null where it can. */
export function whyNot(act: SeasonAct, season: TaxSeason, may: TaxMay): string | null {
  const { counts } = season;
  if (season.who_files !== "LEDGER") {
    return `Somebody else files for ${season.year}.`;
  }
  switch (act) {
    case "MAKE":
      if (!may.prepare) return "A preparer makes forms.";
      if (season.to_make.length > 0) return null;
      return season.due === 0
        ? "No form is due."
        : "All that are due are made and say what the ledger says.";
    case "REVIEW":
      if (!may.approve) return "An approver reviews forms.";
      return counts.draft > 0 ? null : "No draft waits for a review.";
    case "FURNISH":
      if (!may.send) return "A preparer or an approver furnishes forms.";
      if (counts.reviewed === 0 && counts.furnished + counts.filed === 0) {
        return counts.draft > 0 ? "Drafts are reviewed first." : "No form is made yet.";
      }
      return counts.reviewed > 0 && season.filer_missing.length > 0
        ? `The filer's ${season.filer_missing.join(", ")} is missing under Settings.`
        : null;
    case "FILE":
      if (!may.send) return "A preparer or an approver writes filings.";
      if (counts.furnished > 0) return null;
      return counts.filed > 0 ? "Every furnished form is filed." : "Forms are furnished first.";
    case "RECEIPT":
      if (!may.send) return "A preparer or an approver records receipts.";
      return openFiling(season) ? null : "The filing is written first.";
  }
}

/** What the season waits for, among what can be done here and now. */
export function nextAct(season: TaxSeason, may: TaxMay, today: string): SeasonAct | null {
  for (const step of seasonPath(season, may, today)) {
    if (step.action && "act" in step.action) {
      return step.action.act;
    }
  }
  return null;
}

export function seasonPath(season: TaxSeason, may: TaxMay, today: string): SeasonStep[] {
  return [
    profilesStep(season),
    makeStep(season, may, today),
    reviewStep(season, may),
    furnishStep(season, may, today),
    fileStep(season, may, today),
    correctStep(season),
  ];
}

function offer(act: SeasonAct, season: TaxSeason, may: TaxMay): SeasonStep["action"] {
  return whyNot(act, season, may) === null ? { label: actLabel(act, season), act } : null;
}

function forms(season: TaxSeason, label: string): SeasonStep["action"] {
  return { label, link: { to: "/tax/forms", search: { year: season.year } } };
}

function profilesStep(season: TaxSeason): SeasonStep {
  const { blocked, year } = season;
  const title = "Profiles";
  if (blocked.length === 0) {
    return {
      title,
      state: "DONE",
      figure: "No host whose form is due is blocked.",
      action: {
        label: "See the profiles",
        link: { to: "/tax/profiles", search: { year } },
      },
    };
  }
  const sum = formatMoneyList(sumMoney(blocked.map((host) => host.gross)));
  const onlyRates = blocked.every((host) => blockedByRate(host.reason));
  return {
    title,
    state: "NEEDS_A_PERSON",
    figure: `${counted(blocked.length, "host")} blocked, ${sum}: ${onlyRates ? "an exchange rate is missing" : "a form may be due and something is missing"}.`,
    action: onlyRates
      ? { label: "Import exchange rates", link: { to: "/tax/rules", search: { year } } }
      : {
          label: "See what is missing",
          link: { to: "/tax/profiles", search: { year, missing: true } },
        },
  };
}

function makeStep(season: TaxSeason, may: TaxMay, today: string): SeasonStep {
  const { due, counts, year } = season;
  const title = "Make";
  const none = counts.draft + counts.reviewed + counts.furnished + counts.filed === 0;
  const last = `${year}-12-31`;
  const goesOn = today <= last ? ` The year goes on until ${dateInWords(last)}.` : "";
  if (season.to_make.length > 0) {
    const said = none
      ? `${counted(due, "form")} due, none made.`
      : `${formatCount(season.to_make.length)} of them not made, or the ledger says something else by now.`;
    return {
      title,
      state: "NOW",
      figure: `${said}${goesOn}${may.prepare ? "" : " A preparer makes them."}`,
      action: offer("MAKE", season, may),
    };
  }
  if (due === 0 && none) {
    return { title, state: "LATER", figure: `No form is due.${goesOn}`, action: null };
  }
  return {
    title,
    state: "DONE",
    figure: `${counted(due, "form")} due, all made and saying what the ledger says.${goesOn}`,
    action: forms(season, "See the forms"),
  };
}

function reviewStep(season: TaxSeason, may: TaxMay): SeasonStep {
  const { draft, reviewed, furnished, filed } = season.counts;
  const title = "Review";
  if (draft === 0) {
    return reviewed + furnished + filed === 0
      ? { title, state: "LATER", figure: "By a second person.", action: null }
      : {
          title,
          state: "DONE",
          figure: `${counted(reviewed + furnished + filed, "form")} reviewed.`,
          action: null,
        };
  }
  const waits = `${counted(draft, "draft")} ${draft === 1 ? "waits" : "wait"} for a second person`;
  if (!may.approve || season.to_review === 0) {
    return {
      title,
      state: "NEEDS_A_PERSON",
      figure: may.approve
        ? `${waits}: you made ${draft === 1 ? "it" : "them"}.`
        : `${waits} who approves.`,
      action: null,
    };
  }
  return {
    title,
    state: "NEEDS_A_PERSON",
    figure:
      season.to_review < draft
        ? `${waits}; you may review ${formatCount(season.to_review)}, the rest you made.`
        : `${waits}; you may review ${draft === 1 ? "it" : "them"}.`,
    // What isn't true any more isn't looked at.
    action: season.to_make.length > 0 ? null : offer("REVIEW", season, may),
  };
}

/** "by Mon 1 Feb 2027, in 68 days", and whether that day is past. */
function deadline(on: string, today: string): { words: string; late: boolean } {
  return { words: `by ${dateInWords(on)}, ${relativeDay(on, today)}`, late: today > on };
}

function furnishStep(season: TaxSeason, may: TaxMay, today: string): SeasonStep {
  const { reviewed, furnished, filed, draft } = season.counts;
  const title = "Furnish";
  const by = deadline(season.furnish_by, today);
  const last = `${season.year}-12-31`;
  if (reviewed > 0 && today <= last) {
    return {
      title,
      state: "LATER",
      figure: `${counted(reviewed, "form")} reviewed. The year goes on until ${dateInWords(last)}; they go out after it.`,
      action: null,
    };
  }
  if (reviewed > 0) {
    const missing = season.filer_missing;
    if (missing.length > 0) {
      return {
        title,
        state: "NEEDS_A_PERSON",
        figure: `The filer's ${missing.join(", ")} is missing on the forms: set it, make the forms again and have them reviewed.`,
        action: { label: "Set the filer", link: { to: "/settings" } },
      };
    }
    return {
      title,
      state: by.late ? "NEEDS_A_PERSON" : "NOW",
      figure: `${counted(reviewed, "form")} reviewed and not furnished; payees' copies ${by.words}.`,
      action: offer("FURNISH", season, may),
    };
  }
  const done = furnished + filed;
  if (done > 0) {
    return {
      title,
      state: draft > 0 ? "LATER" : "DONE",
      figure: `${counted(done, "form")} furnished and frozen.`,
      action: null,
    };
  }
  return {
    title,
    state: by.late && season.due > 0 ? "NEEDS_A_PERSON" : "LATER",
    figure: `Payees' copies ${by.words}.`,
    action: null,
  };
}

function fileStep(season: TaxSeason, may: TaxMay, today: string): SeasonStep {
  const { furnished, filed } = season.counts;
  const title = "File";
  const by = deadline(season.file_by, today);
  const open = openFiling(season);
  if (furnished > 0) {
    const state = by.late ? "NEEDS_A_PERSON" : "NOW";
    if (open && notWritten(season) === 0) {
      return {
        title,
        state,
        figure: `The files of ${counted(open.forms, "form")} are written; the portal's receipt is missing. To the IRS ${by.words}.`,
        action: offer("RECEIPT", season, may),
      };
    }
    return {
      title,
      state,
      figure: `${counted(notWritten(season), "form")} furnished and in no filing; to the IRS ${by.words}.`,
      action: offer("FILE", season, may),
    };
  }
  if (filed > 0) {
    return { title, state: "DONE", figure: `${counted(filed, "form")} filed.`, action: null };
  }
  return {
    title,
    state: "LATER",
    figure: `Files for the IRS's portal ${by.words}.`,
    action: null,
  };
}

function correctStep(season: TaxSeason): SeasonStep {
  const { corrections, counts, year } = season;
  const title = "Correct";
  const link = { to: "/tax/corrections", search: { year } } as const;
  const open = corrections.filter((correction) => !correction.made).length;
  if (open > 0) {
    return {
      title,
      state: "NEEDS_A_PERSON",
      figure: `${counted(open, "furnished form")} ${open === 1 ? "says" : "say"} something else than the ledger by now.`,
      action: { label: `See ${counted(corrections.length, "correction")}`, link },
    };
  }
  if (corrections.length > 0) {
    return {
      title,
      state: "NOW",
      figure: `${counted(corrections.length, "correction")} made: reviewed, furnished and filed like other forms.`,
      action: { label: `See ${counted(corrections.length, "correction")}`, link },
    };
  }
  return counts.furnished + counts.filed > 0
    ? { title, state: "DONE", figure: "Furnished forms say what the ledger says.", action: null }
    : {
        title,
        state: "LATER",
        figure: "Once forms are furnished, a change in the ledger calls for a correction.",
        action: null,
      };
}
