// Every command as one typed function. Nothing outside src/ipc knows a command by its name as text.

import type { CommandName, Commands, Progress } from "./contract";
import { type OnProgress, send } from "./transport";

export type Answer<Name extends CommandName> = Commands[Name]["answer"];
export type Request<Name extends CommandName> = Commands[Name]["request"];
export type Call<Name extends CommandName> = Commands[Name]["progress"] extends true
  ? (request: Request<Name>, onProgress: OnProgress) => Promise<Answer<Name>>
  : (request: Request<Name>) => Promise<Answer<Name>>;

type LongName = {
  [Name in CommandName]: Commands[Name]["progress"] extends true ? Name : never;
}[CommandName];
type ShortName = Exclude<CommandName, LongName>;

function short<Name extends ShortName>(name: Name) {
  return (request: Request<Name>): Promise<Answer<Name>> => send(name, request, null);
}

function long<Name extends LongName>(name: Name) {
  return (request: Request<Name>, onProgress: (progress: Progress) => void) =>
    send<Answer<Name>>(name, request, onProgress);
}

/** A command missing here, or of the wrong kind, does not compile. */
export const commands: { [Name in CommandName]: Call<Name> } = {
  // session
  get_session: short("get_session"),
  create_ledger: short("create_ledger"),
  open_ledger: short("open_ledger"),
  try_sample: long("try_sample"),
  sign_in: short("sign_in"),
  lock: short("lock"),
  close_ledger: short("close_ledger"),
  recover: short("recover"),
  restore_backup: long("restore_backup"),
  get_restores: short("get_restores"),
  say_what_left: short("say_what_left"),
  take_back_what_left: short("take_back_what_left"),
  confirm_what_left: short("confirm_what_left"),
  hand_over_for_approval: short("hand_over_for_approval"),
  cancel_hand_over: short("cancel_hand_over"),
  // files and search
  choose_file: short("choose_file"),
  choose_save_path: short("choose_save_path"),
  show_in_folder: short("show_in_folder"),
  search: short("search"),
  // users
  list_users: short("list_users"),
  add_user: short("add_user"),
  remove_user: short("remove_user"),
  change_passphrase: short("change_passphrase"),
  // home
  get_week: short("get_week"),
  get_rail_counts: short("get_rail_counts"),
  // imports
  preview_import: long("preview_import"),
  commit_import: long("commit_import"),
  write_import_template: short("write_import_template"),
  list_imports: short("list_imports"),
  get_import: short("get_import"),
  preview_undo_import: short("preview_undo_import"),
  undo_import: long("undo_import"),
  // exceptions
  list_exceptions: short("list_exceptions"),
  list_exception_codes: short("list_exception_codes"),
  retry_exceptions: short("retry_exceptions"),
  answer_exception: short("answer_exception"),
  fix_exception: short("fix_exception"),
  dismiss_exceptions: short("dismiss_exceptions"),
  dismiss_exceptions_of_import: short("dismiss_exceptions_of_import"),
  // commissions
  get_commission_overview: short("get_commission_overview"),
  list_commissions: short("list_commissions"),
  explain_commission: short("explain_commission"),
  process_commissions: long("process_commissions"),
  hold_commissions: short("hold_commissions"),
  release_commissions: short("release_commissions"),
  void_commissions: short("void_commissions"),
  // fraud review
  list_flags: short("list_flags"),
  get_rule_precision: short("get_rule_precision"),
  // disputes
  list_disputes: short("list_disputes"),
  get_dispute_overview: short("get_dispute_overview"),
  get_dispute: short("get_dispute"),
  get_dispute_outcomes: short("get_dispute_outcomes"),
  get_disputable: short("get_disputable"),
  open_dispute: short("open_dispute"),
  update_dispute: short("update_dispute"),
  close_dispute: short("close_dispute"),
  recover_dispute: short("recover_dispute"),
  attach_file: short("attach_file"),
  save_attachment: short("save_attachment"),
  detach_file: short("detach_file"),
  get_evidence: short("get_evidence"),
  save_evidence: short("save_evidence"),
  review_evidence: short("review_evidence"),
  submit_evidence: short("submit_evidence"),
  evidence_handed_in: short("evidence_handed_in"),
  write_evidence_pdf: short("write_evidence_pdf"),
  write_dispute_letter: short("write_dispute_letter"),
  write_balance_letter: short("write_balance_letter"),
  get_exposure: short("get_exposure"),
  set_host_reserve: short("set_host_reserve"),
  // payouts
  get_payout_dates: short("get_payout_dates"),
  preview_batch: short("preview_batch"),
  prepare_batch: long("prepare_batch"),
  list_batches: short("list_batches"),
  get_batch: short("get_batch"),
  get_payout: short("get_payout"),
  list_payout_lines: short("list_payout_lines"),
  list_preview_lines: short("list_preview_lines"),
  refresh_batch: short("refresh_batch"),
  exclude_payout: short("exclude_payout"),
  submit_batch: short("submit_batch"),
  approve_batch: short("approve_batch"),
  reject_batch: short("reject_batch"),
  cancel_batch: short("cancel_batch"),
  send_batch: long("send_batch"),
  resume_batch: long("resume_batch"),
  preflight_batch: long("preflight_batch"),
  list_transfers: short("list_transfers"),
  release_payout: short("release_payout"),
  settle_batch: short("settle_batch"),
  retry_payout: short("retry_payout"),
  return_payout: short("return_payout"),
  take_back_return: short("take_back_return"),
  write_batch_pdf: short("write_batch_pdf"),
  // adjustments
  list_adjustments: short("list_adjustments"),
  add_adjustment: short("add_adjustment"),
  write_off_balance: short("write_off_balance"),
  approve_adjustment: short("approve_adjustment"),
  approve_opening_balances: short("approve_opening_balances"),
  reject_adjustment: short("reject_adjustment"),
  // hosts
  list_hosts: short("list_hosts"),
  get_host: short("get_host"),
  pause_host: short("pause_host"),
  resume_host: short("resume_host"),
  propose_final_payout: short("propose_final_payout"),
  // institutions
  list_institutions: short("list_institutions"),
  set_institution: short("set_institution"),
  // Stripe
  get_stripe: short("get_stripe"),
  connect_stripe: short("connect_stripe"),
  sync_stripe: long("sync_stripe"),
  reconcile_stripe: long("reconcile_stripe"),
  mark_stripe_read: short("mark_stripe_read"),
  get_host_account: short("get_host_account"),
  pull_host_account: short("pull_host_account"),
  onboard_host: short("onboard_host"),
  // settings
  list_settings: short("list_settings"),
  list_setting_history: short("list_setting_history"),
  set_setting: short("set_setting"),
  // books
  get_trial_balance: short("get_trial_balance"),
  list_accounts: short("list_accounts"),
  list_journal: short("list_journal"),
  get_entry: short("get_entry"),
  list_audit: short("list_audit"),
  run_check: long("run_check"),
  export_journal: long("export_journal"),
  backup: long("backup"),
  // tax: a season of forms 1099-K
  get_tax_season: short("get_tax_season"),
  list_tax_years: short("list_tax_years"),
  list_tax_forms: short("list_tax_forms"),
  get_tax_form: short("get_tax_form"),
  make_tax_forms: long("make_tax_forms"),
  review_tax_forms: long("review_tax_forms"),
  void_tax_form: short("void_tax_form"),
  reopen_tax_form: short("reopen_tax_form"),
  furnish_tax_forms: long("furnish_tax_forms"),
  write_tax_form: short("write_tax_form"),
  file_tax_forms: long("file_tax_forms"),
  record_tax_filed: short("record_tax_filed"),
  make_tax_corrections: long("make_tax_corrections"),
  // tax: profiles, notices, rules, exchange rates
  list_tax_profiles: short("list_tax_profiles"),
  get_tax_profile: short("get_tax_profile"),
  reveal_tin: short("reveal_tin"),
  enter_tax_profile: short("enter_tax_profile"),
  answer_tax_question: short("answer_tax_question"),
  write_tin_matching: short("write_tin_matching"),
  read_tin_answers: short("read_tin_answers"),
  record_tax_notice: short("record_tax_notice"),
  end_tax_notice: short("end_tax_notice"),
  list_tax_rules: short("list_tax_rules"),
  set_tax_rule: short("set_tax_rule"),
  list_fx_rates: short("list_fx_rates"),
  import_fx_rates: short("import_fx_rates"),
  // jobs
  list_jobs: short("list_jobs"),
  cancel_job: short("cancel_job"),
  dismiss_job: short("dismiss_job"),
};

export * from "./contract";
export { IpcError, normaliseError, onEvent, onFileDrop } from "./transport";
