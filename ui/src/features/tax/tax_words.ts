// The words of the 1099-K season: its states, kinds, rules and boxes. Pure.

import type {
  CorrectionKind,
  TaxCopy,
  TaxFormKind,
  TaxFormRow,
  TaxFormStatus,
  TaxNoticeKind,
  TaxRule,
  TaxSeason,
  TaxStanding,
} from "../../ipc";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoney, formatMoneyList, sumMoney } from "../../lib/money";
import type { StatusWord } from "../../lib/words";

/** Stands wherever a form is shown. */
export const NO_ADVICE =
  "Nothing here is tax advice. The rules are a table that people look at and change; have somebody who knows the law look at what is filed.";

export const FORM_STATUS: Record<TaxFormStatus, StatusWord> = {
  DRAFT: { word: "Draft", tone: "grey" },
  REVIEWED: { word: "Reviewed", tone: "blue" },
  FURNISHED: { word: "Furnished", tone: "blue" },
  FILED: { word: "Filed", tone: "green" },
  VOID: { word: "Void", tone: "grey" },
};

export const FORM_KIND: Record<TaxFormKind, string> = {
  ORIGINAL: "Original",
  CORRECTED: "Corrected",
  ZEROED: "Zeroed, first of two",
  REPLACEMENT: "New original, second of two",
};

/** The same where there is little room. */
export const FORM_KIND_SHORT: Record<TaxFormKind, string> = {
  ORIGINAL: "Original",
  CORRECTED: "Corrected",
  ZEROED: "Zeroed",
  REPLACEMENT: "New original",
};

/** What the list says of a form: its state, and where the ledger or another form moved on. */
export function formBadge(form: Pick<TaxFormRow, "status" | "outdated" | "corrected">): StatusWord {
  const { word, tone } = FORM_STATUS[form.status];
  if (form.corrected) {
    return { word: `${word}, corrected`, tone: "grey" };
  }
  return form.outdated ? { word: `${word}, to make again`, tone: "amber" } : { word, tone };
}

export const OUTDATED =
  "The ledger says something else by now. The form is made again before it is reviewed.";

export const STANDING: Record<TaxStanding, StatusWord> = {
  US_PERSON: { word: "W-9 complete", tone: "green" },
  FOREIGN: { word: "W-8 holds", tone: "grey" },
  NO_PROFILE: { word: "No W-9 or W-8", tone: "amber" },
  NO_TIN: { word: "No TIN", tone: "amber" },
  IMPOSSIBLE_TIN: { word: "Impossible TIN", tone: "red" },
  W8_EXPIRED: { word: "W-8 ran out", tone: "amber" },
};

export const CORRECTION: Record<CorrectionKind, { title: string; explanation: string }> = {
  ONE_FORM: {
    title: "One form",
    explanation: "A form marked CORRECTED says what is right. The account number stays.",
  },
  TWO_FORMS: {
    title: "Two forms",
    explanation:
      "A form marked CORRECTED with zeros takes back what the payee has; a new original says what is right.",
  },
  ZEROED: {
    title: "Zeroed",
    explanation: "A form marked CORRECTED with zeros: none is due any more.",
  },
};

export const COPY: Record<TaxCopy, { title: string; explanation: string; file: string }> = {
  PAYEE: {
    title: "Payee's copy",
    explanation: "Copy B, for the host. It carries the last four digits of the TIN only.",
    file: "payee",
  },
  FILER: {
    title: "Filer's copy",
    explanation: "For your own files. It carries the whole TIN, so only you can read the file.",
    file: "filer",
  },
  STATE: {
    title: "State copy",
    explanation:
      "Copy 1, for the state's tax office. It carries the whole TIN, so only you can read the file.",
    file: "state",
  },
};

export const NOTICE: Record<TaxNoticeKind, { title: string; explanation: string }> = {
  B: {
    title: "B: name and TIN don't match",
    explanation: "Tax is withheld from 30 days after it came, unless you say otherwise.",
  },
  C: {
    title: "C: underreported income",
    explanation: "Tax is withheld at once, until the IRS says that it ends.",
  },
};

/** "Federal", "State VT", "Tax withheld". */
export function ruleName(name: string): string {
  return name === "US" ? "Federal" : name === "WITHHELD" ? "Tax withheld" : `State ${name}`;
}

/** "Federal, VT": short, for a column. */
export function rulesInShort(names: readonly string[]): string {
  return names
    .map((name) => (name === "US" ? "Federal" : name === "WITHHELD" ? "Withheld" : name))
    .join(", ");
}

/** "more than 20,000.00 USD in more than 200 transactions", "600.00 USD or more". */
export function ruleInWords(
  rule: Pick<TaxRule, "amount" | "inclusive" | "min_transactions">,
): string {
  const amount = formatMoney(rule.amount);
  const gross = rule.inclusive ? `${amount} or more` : `more than ${amount}`;
  return rule.min_transactions <= 1
    ? gross
    : `${gross} in more than ${counted(rule.min_transactions - 1, "transaction")}`;
}

/** "2011 to 2023", "2024 only", "from 2025". */
export function yearsInWords(rule: Pick<TaxRule, "from_year" | "to_year">): string {
  if (rule.to_year === null) {
    return `from ${rule.from_year}`;
  }
  return rule.to_year === rule.from_year
    ? `${rule.from_year} only`
    : `${rule.from_year} to ${rule.to_year}`;
}

/** Box 1a of all forms that are due: each is in one state. */
export function grossDue(season: TaxSeason): string {
  const sums = sumMoney(season.by_state.map((group) => group.gross));
  return formatMoneyList(
    sums.length > 0 ? sums : [{ amount: "0.00", currency: season.gross.currency }],
  );
}

/** The season in one sentence. */
export function seasonSentence(season: TaxSeason): string {
  const { due, blocked } = season;
  const waiting = season.counts.draft + season.counts.reviewed;
  const left = waiting > 0 || season.to_make.length > 0 || due === 0;
  const ahead = left
    ? `payees' copies by ${dateInWords(season.furnish_by)}`
    : season.counts.furnished > 0
      ? `to the IRS by ${dateInWords(season.file_by)}`
      : `${counted(season.counts.filed, "form")} filed`;
  return `${counted(due, "form")} due, ${counted(blocked.length, "host")} blocked, ${grossDue(season)} in box 1a; ${ahead}.`;
}

/** Why no forms are made here, where somebody else files. */
export function otherFiler(season: TaxSeason, today: string): string[] | null {
  if (season.who_files === "LEDGER") {
    return null;
  }
  const last = `${season.year}-12-31`;
  const who = season.who_files === "STRIPE" ? "Stripe files" : "Nobody here files";
  return [
    `${who} forms 1099-K for ${season.year}, so none are made here: a form is never made twice for the same money.`,
    today <= last
      ? `The setting is “Forms 1099-K are filed by”, under Settings, Tax forms. It counts as it stands on ${dateInWords(last)}.`
      : `The setting is “Forms 1099-K are filed by”, under Settings, Tax forms. It counts as it stood on ${dateInWords(last)}.`,
  ];
}

/** The year whose season is still open when a new one has begun. */
export function seasonBefore(year: number, today: string): number | null {
  const [y, m] = today.split("-").map(Number);
  return y === year && m !== undefined && m <= 4 ? year - 1 : null;
}

/** Reasons for being blocked that a profile doesn't mend. */
export function blockedByRate(reason: string): boolean {
  return reason === "NO_FX_RATE";
}

/** "3 files" with what they are about: "8 forms in 3 files". */
export function formsInFiles(done: { forms: number; files: number }): string {
  return `${counted(done.forms, "form")} in ${counted(done.files, "file")}`;
}

/** "210 transactions". */
export function transactionsInWords(count: number): string {
  return counted(count, "transaction");
}
