/**
 * What the window asks of the application: every command, its request and its answer.
 *
 * Conventions
 * - A command takes no argument, or one called `request`. A long one also takes `progress`, a
 *   Tauri Channel of {@link Progress}, and can be stopped with `cancel_job`.
 * - Every command answers a value or a {@link CommandError}.
 * - Amounts are decimal strings with the currency's digits, rates percent strings ("70.00"),
 *   dates "YYYY-MM-DD", instants RFC 3339 in UTC, ids strings, counts whole numbers below 2^32.
 * - A request type is never an answer type. What may be missing is `T | null`, always present.
 * - Lists are paged by key: `cursor` is the `next` of the page before, null for the first page.
 *   `total_rows` and `totals` cover everything the filter lets through, not the page.
 */

// ---------------------------------------------------------------------------------------------
// Shared
// ---------------------------------------------------------------------------------------------

export type Money = { amount: string; currency: string };

export type CommandError = {
  /**
   * Stable, UPPER_CASE: "WRONG_PASSPHRASE", "LEASE_HELD", "STALE_PAYOUTS", …
   * The window knows two by name: "NOT_SIGNED_IN" brings back the sign-in, "CANCELLED" says that
   * a person stopped the job.
   */
  code: string;
  /** What happened and what it means for the money, in one or two sentences. */
  message: string;
  /** Facts by code: row, host, who holds the lease, `payouts` that are stale, … */
  details: unknown;
  /** What to do next; null when the message says it. */
  remedy: string | null;
};

export type Page<Row> = {
  rows: Row[];
  next: string | null;
  total_rows: number;
  totals: Money[];
};

export type Sort = { column: string; descending: boolean };

export type Progress = { job_id: string; label: string; done: number; total: number | null };

export type Role = "VIEWER" | "PREPARER" | "APPROVER" | "ADMIN";

/** What the signed-in user may do; the application enforces it, the window only hides and explains. */
export type Permission =
  | "IMPORT"
  | "REVIEW"
  | "PREPARE"
  | "APPROVE"
  | "SEND"
  | "ADJUST"
  | "APPROVE_ADJUSTMENT"
  | "ADMIN";

/** What a journal entry, audit event, explanation step or search hit is about. */
export type SubjectKind =
  | "BOOKING"
  | "HOST"
  | "BATCH"
  | "PAYOUT"
  | "IMPORT"
  | "ADJUSTMENT"
  | "ACCOUNT"
  | "USER"
  | "SETTING"
  | "INSTITUTION"
  | "LEDGER";

export type Subject = { kind: SubjectKind; id: string; label: string };

/** A bulk action: what was done, and what was refused with the reason. */
export type BulkResult = {
  done: number;
  totals: Money[];
  refused: { id: string; code: string; message: string }[];
};

/** Whether an action is open to this user now, and if not, why, in words. */
export type Allowed<Action extends string> = {
  action: Action;
  allowed: boolean;
  why_not: string | null;
};

// ---------------------------------------------------------------------------------------------
// Session
// ---------------------------------------------------------------------------------------------

/** CLOSED: no ledger chosen. LOCKED: a ledger is open, nobody signed in. */
export type Phase = "CLOSED" | "LOCKED" | "SIGNED_IN";

export type Session = {
  phase: Phase;
  app_version: string;
  ledger: LedgerInfo | null;
  user: SignedInUser | null;
  /** Set while a batch waits for its approver on the sign-in screen. */
  hand_over: HandOver | null;
  recent_ledgers: RecentLedger[];
};

export type LedgerInfo = {
  ledger_id: string;
  name: string;
  path: string;
  time_zone: string;
  /** Today in the business time zone, or the practice date. */
  business_date: string;
  /** Set on a sample ledger only. */
  practice_date: string | null;
  is_sample: boolean;
  user_names: string[];
  /** Users who may approve; with fewer than two users nothing can be approved. */
  approvers: number;
  idle_lock_minutes: number;
  /** Set on a sample ledger: who can sign in and with what. */
  practice_users: PracticeUser[];
};

export type SignedInUser = { name: string; roles: Role[]; may: Permission[]; since: string };

export type PracticeUser = { name: string; roles: Role[]; passphrase: string };

export type RecentLedger = {
  name: string;
  path: string;
  last_opened_at: string;
  is_sample: boolean;
  available: boolean;
};

export type HandOver = {
  batch_id: string;
  batch_date: string;
  totals: BatchTotal[];
  handed_over_by: string;
  /** Users who may approve this batch: never who prepared or submitted it. */
  approvers: string[];
};

export type CreateLedgerRequest = {
  folder: string;
  name: string;
  time_zone: string;
  user_name: string;
  passphrase: string;
};

/** The recovery key is shown once and is not kept. */
export type CreatedLedger = { session: Session; recovery_key: string };

export type OpenLedgerRequest = { folder: string };
export type SignInRequest = { name: string; passphrase: string };
export type RecoverRequest = { recovery_key: string; name: string; new_passphrase: string };
export type RestoreRequest = { backup_path: string; folder: string };
export type HandOverRequest = { batch_id: string };

// ---------------------------------------------------------------------------------------------
// Files and search (dialogs run in Rust)
// ---------------------------------------------------------------------------------------------

export type FilePurpose =
  | "IMPORT"
  | "LEDGER_FOLDER"
  | "NEW_LEDGER_FOLDER"
  | "BACKUP_FILE"
  | "PAYMENT_FILE"
  | "BATCH_PDF"
  | "JOURNAL_EXPORT";

export type ChooseFileRequest = { purpose: FilePurpose };
export type ChooseSavePathRequest = { purpose: FilePurpose; suggested_name: string };
/** `path` is null when the person cancelled. */
export type ChosenPath = { path: string | null };
export type ShowInFolderRequest = { path: string };

export type SearchRequest = { text: string; limit: number };
export type SearchHit = { subject: Subject; detail: string };

// ---------------------------------------------------------------------------------------------
// Users
// ---------------------------------------------------------------------------------------------

export type User = {
  name: string;
  roles: Role[];
  added_at: string;
  added_by: string | null;
  last_signed_in_at: string | null;
  removed_at: string | null;
};

export type AddUserRequest = { name: string; roles: Role[]; passphrase: string };
export type RemoveUserRequest = { name: string };
export type ChangePassphraseRequest = { current: string; new_passphrase: string };

// ---------------------------------------------------------------------------------------------
// Home
// ---------------------------------------------------------------------------------------------

/** This week's close. The window turns these figures into the six steps of the path. */
export type Week = {
  business_date: string;
  imports: {
    /** Business date of the newest `booked_at` taken in; null: nothing imported yet. */
    bookings_until: string | null;
    /** Business dates up to `bookings_until` with no booking where the pattern expects some. */
    days_that_look_missing: string[];
    last_import_id: string | null;
    last_import_file: string | null;
    last_import_at: string | null;
    hosts_known: number;
    exceptions_open: number;
  };
  commissions: {
    clear: number;
    clear_totals: Money[];
    need_a_person: number;
    need_a_person_totals: Money[];
    pending: number;
    pending_totals: Money[];
  };
  next_batch: {
    date: string;
    /** What prepare would put in today. */
    payouts: number;
    totals: BatchTotal[];
    carried: number;
    carried_totals: Money[];
  };
  /** The newest batch that is not CANCELLED or REJECTED; null: none yet. */
  current_batch: BatchSummary | null;
  daily_job: { due: boolean; would_process: number; last_run_on: string | null };
  waiting_for_me: WaitingItem[];
  due_soon: DueItem[];
  last_backup: { at: string; path: string; outside_this_machine: boolean } | null;
  last_copy_outside_at: string | null;
};

export type WaitingKind =
  | "EXCEPTIONS"
  | "COMMISSIONS"
  | "APPROVE_BATCH"
  | "SUBMIT_BATCH"
  | "SEND_BATCH"
  | "SETTLE_BATCH"
  | "FAILED_PAYOUTS"
  | "APPROVE_ADJUSTMENT"
  | "ADD_SECOND_USER";

export type WaitingItem = {
  kind: WaitingKind;
  count: number;
  totals: Money[];
  batch_id: string | null;
};

export type DueItem = { on: string; what: string; subject: Subject | null; totals: Money[] };

/** The counts beside the places in the left rail. */
export type RailCounts = {
  exceptions: number;
  commissions: number;
  batches: number;
  adjustments: number;
};

// ---------------------------------------------------------------------------------------------
// Imports and exceptions
// ---------------------------------------------------------------------------------------------

export type ImportKind = "HOSTS" | "BOOKINGS";

export type PreviewImportRequest = {
  path: string;
  /** null: recognised by its columns. */
  kind: ImportKind | null;
  expect_rows: number | null;
  expect_totals: Money[];
};

export type ImportCounts = {
  rows: number;
  inserted: number;
  updated: number;
  unchanged: number;
  stale: number;
  exceptions: number;
};

export type ImportTotal = {
  currency: string;
  rows: number;
  price: string;
  refunded: string;
};

export type ControlTotal = {
  what: "ROWS" | "TOTAL";
  currency: string | null;
  expected: string;
  found: string;
  ok: boolean;
};

export type ImportPreview = {
  path: string;
  file_name: string;
  file_bytes: number;
  kind: ImportKind;
  /** Digest of the content; commit refuses another. */
  digest: string;
  already: { import_id: string; file_name: string; imported_at: string; by: string } | null;
  counts: ImportCounts;
  totals: ImportTotal[];
  control: ControlTotal[];
  booked_from: string | null;
  booked_to: string | null;
  unknown_columns: string[];
  missing_optional_columns: string[];
  /** The first 100 problems. */
  first_exceptions: RowProblem[];
  /** What would change on known bookings or hosts: the first 200. */
  changes: RowChange[];
  changes_total: number;
  warnings: string[];
};

export type RowProblem = { line: number; code: string; message: string };

export type RowChange = {
  line: number;
  subject: Subject;
  fields: { name: string; before: string; after: string }[];
  /** In words: "Refunded after payment: 9.62 USD becomes a clawback." null: money unchanged. */
  effect: string | null;
};

export type CommitImportRequest = {
  path: string;
  kind: ImportKind;
  digest: string;
  expect_rows: number | null;
  expect_totals: Money[];
};

export type ImportResult = {
  import_id: string;
  already: boolean;
  counts: ImportCounts;
};

export type ImportStatus = "COMMITTED" | "UNDONE";

export type ImportRow = {
  import_id: string;
  kind: ImportKind;
  file_name: string;
  status: ImportStatus;
  counts: ImportCounts;
  totals: ImportTotal[];
  exceptions_open: number;
  imported_at: string;
  by: string;
  undone_at: string | null;
  undone_by: string | null;
  undo: Allowed<"UNDO">;
};

export type ListImportsRequest = { cursor: string | null; limit: number };
export type ImportIdRequest = { import_id: string };
export type UndoImportRequest = { import_id: string; reason: string };
/** What an undo would reverse, shown before it is done. */
export type UndoPreview = {
  import_id: string;
  allowed: boolean;
  why_not: string | null;
  bookings: number;
  commissions: number;
  entries: number;
  totals: Money[];
};

export type ExceptionState = "OPEN" | "RESOLVED" | "DISMISSED";

export type ExceptionRow = {
  exception_id: string;
  import_id: string;
  import_kind: ImportKind;
  file_name: string;
  line: number;
  code: string;
  message: string;
  state: ExceptionState;
  /** The row as it came, column by column. */
  row: { column: string; value: string }[];
  resolved_at: string | null;
  resolved_by: string | null;
  reason: string | null;
};

export type ListExceptionsRequest = {
  import_id: string | null;
  code: string | null;
  state: ExceptionState;
  cursor: string | null;
  limit: number;
};
export type ExceptionCodeCount = { code: string; title: string; count: number };
export type RetryExceptionsRequest = { exception_ids: string[] };
export type FixExceptionRequest = {
  exception_id: string;
  row: { column: string; value: string }[];
  reason: string;
};
export type DismissExceptionsRequest = { exception_ids: string[]; reason: string };

// ---------------------------------------------------------------------------------------------
// Commissions
// ---------------------------------------------------------------------------------------------

export type CommissionStatus = "PENDING" | "PROCESSED" | "PAID" | "VOID";

export type BookingStatus =
  | "PENDING"
  | "CONFIRMED"
  | "COMPLETED"
  | "NO_SHOW"
  | "CANCELLED"
  | "HOST_CANCELLED"
  | "REFUNDED";

export type BlockKind = "DISPUTE" | "MANUAL_HOLD" | "FRAUD_FLAG";

export type FraudRule =
  | "PRICE_OUTLIER"
  | "SELF_BOOKING"
  | "VELOCITY"
  | "IMPOSSIBLE_SESSION"
  | "REFUND_RATE";

/** Why a commission needs a person: the fraud rule, or the kind of block. */
export type Cause = FraudRule | "DISPUTE" | "MANUAL_HOLD";

export type Block = {
  block_id: string;
  kind: BlockKind;
  rule: FraudRule | null;
  reason: string;
  opened_at: string;
  /** A user, or "Hostledger" for a flag raised by the daily job. */
  opened_by: string;
};

export type CommissionRow = {
  booking_id: string;
  conversation_id: string;
  conversation_title: string;
  host_id: string;
  host_name: string;
  booking_status: BookingStatus;
  booked_on: string;
  ended_on: string;
  currency: string;
  price: string;
  refunded: string;
  rate: string;
  platform_fee: string;
  processing_fee: string;
  processing_fee_is_estimate: boolean;
  borne_by_platform: string;
  host_amount: string;
  status: CommissionStatus;
  payable_on: string;
  blocks: Block[];
  payout_id: string | null;
  batch_id: string | null;
};

export type CommissionFilter = {
  /** Only what needs a person: a block is open. */
  blocked: boolean | null;
  cause: Cause | null;
  status: CommissionStatus | null;
  host_id: string | null;
  institution_id: string | null;
  currency: string | null;
  import_id: string | null;
  payout_id: string | null;
  payable_from: string | null;
  payable_to: string | null;
  /** Booking, conversation or host id, or part of a host's name. */
  text: string | null;
};

/** Columns offered for sorting: payable_on, booked_on, host_name, price, host_amount, booking_id. */
export type ListCommissionsRequest = {
  filter: CommissionFilter;
  sort: Sort | null;
  cursor: string | null;
  limit: number;
};

export type CauseGroup = { cause: Cause; count: number; hosts: number; totals: Money[] };
export type CommissionOverview = {
  clear: number;
  clear_totals: Money[];
  need_a_person: number;
  need_a_person_totals: Money[];
  causes: CauseGroup[];
};

export type BookingIdRequest = { booking_id: string };
export type HoldRequest = { booking_ids: string[]; reason: string };
/** `cause` null: every open block except a dispute's. */
export type ReleaseRequest = { booking_ids: string[]; cause: Cause | null; reason: string };
export type VoidRequest = { booking_ids: string[]; reason: string };

export type Explanation = {
  commission: CommissionRow;
  /** One paragraph a host would accept. */
  sentence: string;
  steps: ExplanationStep[];
  versions: BookingVersion[];
  entries: JournalEntry[];
};

export type ExplanationStep = {
  on: string;
  title: string;
  text: string;
  amount: Money | null;
  source: Subject | null;
};

export type BookingVersion = {
  import_id: string;
  file_name: string;
  line: number;
  taken_in_at: string;
  is_current: boolean;
  changed: { name: string; before: string; after: string }[];
};

/** `as_of` null: today. */
export type ProcessRequest = { as_of: string | null };
export type ProcessResult = {
  as_of: string;
  processed: number;
  processed_totals: Money[];
  still_pending: number;
  flagged: number;
};

// ---------------------------------------------------------------------------------------------
// Payouts
// ---------------------------------------------------------------------------------------------

export type BatchStatus =
  | "DRAFT"
  | "SUBMITTED"
  | "APPROVED"
  | "SENDING"
  | "COMPLETED"
  | "PARTIALLY_FAILED"
  | "REJECTED"
  | "CANCELLED";

export type PayoutStatus =
  | "PENDING"
  | "PROCESSING"
  | "COMPLETED"
  | "FAILED"
  | "REVERSED"
  | "CANCELLED";

export type CarriedReason =
  | "NOT_VERIFIED"
  | "CLOSED"
  | "SUSPENDED"
  | "PAUSED"
  | "NO_PAYOUT_ACCOUNT"
  | "TAX_DETAILS_MISSING"
  | "NOT_SCHEDULED"
  | "EXCLUDED"
  | "NEGATIVE_BALANCE"
  | "BELOW_MINIMUM";

export type PayoutFlag =
  | "FIRST_PAYOUT"
  | "FAR_ABOVE_USUAL"
  | "DESTINATION_CHANGED"
  | "HAS_ADJUSTMENT";

export type BatchTotal = { currency: string; amount: string; payouts: number };

export type PayoutRow = {
  /** null in a preview. */
  payout_id: string | null;
  host_id: string;
  host_name: string;
  institution_id: string;
  destination: string;
  currency: string;
  amount: string;
  /** What this host got in this currency in the batch before; null: nothing. */
  last_amount: string | null;
  lines: number;
  status: PayoutStatus;
  stale: boolean;
  /** What changed since it was prepared, in words; empty unless stale. */
  stale_because: string[];
  flags: { flag: PayoutFlag; text: string }[];
  failed_reason: string | null;
};

export type CarriedRow = {
  host_id: string;
  host_name: string;
  currency: string;
  amount: string;
  reason: CarriedReason;
  reasons: CarriedReason[];
  /** "13.12 USD is below the 25.00 USD minimum. Paid when the balance reaches it." */
  text: string;
};

export type BatchPreviewRequest = { date: string; off_cycle: string | null };
export type BatchPreview = {
  date: string;
  /** False: the date is on nobody's schedule and needs an off-cycle reason. */
  on_schedule: boolean;
  payouts: PayoutRow[];
  carried: CarriedRow[];
  totals: BatchTotal[];
  last_batch_totals: BatchTotal[];
  warnings: string[];
};

export type PayoutDates = {
  /** Schedule dates to offer: the last one and the next four. */
  dates: { date: string; institutions: number }[];
  suggested: string;
};

export type BatchSummary = {
  batch_id: string;
  date: string;
  status: BatchStatus;
  off_cycle: string | null;
  totals: BatchTotal[];
  carried: number;
  stale: number;
  failed: number;
  prepared_by: string;
  prepared_at: string;
  approved_by: string | null;
  approved_at: string | null;
};

export type BatchAction =
  | "REFRESH"
  | "EXCLUDE"
  | "SUBMIT"
  | "HAND_OVER"
  | "APPROVE"
  | "REJECT"
  | "CANCEL"
  | "SEND"
  | "RESUME"
  | "SETTLE"
  | "RETRY";

export type Batch = {
  batch_id: string;
  date: string;
  status: BatchStatus;
  off_cycle: string | null;
  digest: string;
  payouts: PayoutRow[];
  carried: CarriedRow[];
  totals: BatchTotal[];
  last_batch: { batch_id: string; date: string; totals: BatchTotal[] } | null;
  history: BatchEvent[];
  /** The payment file last written for it. */
  payment_file: { path: string; written_at: string; by: string } | null;
  actions: Allowed<BatchAction>[];
};

/** Prepared, submitted, rejected (with the comment), approved, sent, settled: who and when. */
export type BatchEvent = {
  what:
    | "PREPARED"
    | "REFRESHED"
    | "EXCLUDED"
    | "SUBMITTED"
    | "APPROVED"
    | "REJECTED"
    | "CANCELLED"
    | "SENT"
    | "SETTLED"
    | "RETRIED";
  at: string;
  by: string;
  comment: string | null;
};

export type PrepareBatchRequest = { date: string; off_cycle: string | null };
export type ListBatchesRequest = { cursor: string | null; limit: number };
export type BatchIdRequest = { batch_id: string };
export type BatchReasonRequest = { batch_id: string; reason: string };
export type ExcludePayoutRequest = { batch_id: string; payout_id: string; reason: string };
/** Approval names the digest that was on the screen; another one is refused. */
export type ApproveBatchRequest = { batch_id: string; digest: string };
export type SendBatchRequest = { batch_id: string; rail: "FILE"; path: string };
export type SendResult = {
  batch_id: string;
  status: BatchStatus;
  sent: number;
  failed: number;
  unknown: number;
  path: string | null;
};
/** Settles every PROCESSING payout of the batch, or those named; the failed ones with the reason. */
export type SettleBatchRequest = {
  batch_id: string;
  /** null: all that are not in `failed`. */
  completed: string[] | null;
  failed: { payout_id: string; reason: string }[];
};
export type BatchPdfRequest = { batch_id: string; path: string };
export type WrittenFile = { path: string; bytes: number };

export type PayoutIdRequest = { payout_id: string };
export type PayoutDetail = { payout: PayoutRow; batch: BatchSummary };
export type ListPayoutLinesRequest = { payout_id: string; cursor: string | null; limit: number };
/** Lines of a payout that exists, or of one host's part of a preview. */
export type ListPreviewLinesRequest = {
  date: string;
  off_cycle: string | null;
  host_id: string;
  currency: string;
  cursor: string | null;
  limit: number;
};

export type PayoutLine = {
  kind: "COMMISSION" | "ADJUSTMENT";
  booking_id: string | null;
  adjustment_id: string | null;
  on: string;
  text: string;
  currency: string;
  amount: string;
};

// ---------------------------------------------------------------------------------------------
// Adjustments
// ---------------------------------------------------------------------------------------------

export type AdjustmentKind =
  | "CLAWBACK"
  | "CORRECTION"
  | "RESERVE"
  | "RELEASE"
  | "CARRIED_REMAINDER"
  | "WRITE_OFF"
  | "PARTIAL_REVERSAL"
  | "BACKUP_WITHHOLDING";

export type AdjustmentStatus = "WAITING" | "APPROVED" | "REJECTED";

export type AdjustmentRow = {
  adjustment_id: string;
  host_id: string;
  host_name: string;
  kind: AdjustmentKind;
  currency: string;
  amount: string;
  reason: string;
  status: AdjustmentStatus;
  booking_id: string | null;
  payout_id: string | null;
  added_at: string;
  added_by: string;
  decided_at: string | null;
  decided_by: string | null;
  decide: Allowed<"APPROVE">;
};

export type ListAdjustmentsRequest = {
  status: AdjustmentStatus | null;
  host_id: string | null;
  cursor: string | null;
  limit: number;
};
export type AddAdjustmentRequest = {
  host_id: string;
  kind: "CORRECTION" | "WRITE_OFF";
  amount: Money;
  reason: string;
};
export type AdjustmentIdRequest = { adjustment_id: string };
export type RejectAdjustmentRequest = { adjustment_id: string; reason: string };

// ---------------------------------------------------------------------------------------------
// Hosts and institutions
// ---------------------------------------------------------------------------------------------

/** UNKNOWN: named by bookings, in no host file yet. */
export type HostStatus =
  | "APPLIED"
  | "INTERVIEW"
  | "ACTIVE"
  | "SUSPENDED"
  | "REJECTED"
  | "CLOSED"
  | "UNKNOWN";

export type Tier = "BEGINNER" | "INTERMEDIATE" | "EXPERT";

export type HostRow = {
  host_id: string;
  name: string;
  status: HostStatus;
  institution_id: string;
  institution_name: string;
  tier: Tier | null;
  rate: string;
  country: string | null;
  paused: boolean;
  payable: boolean;
  /** Why nothing can be paid out now; empty when payable. */
  not_payable_because: CarriedReason[];
  balances: Money[];
};

export type HostFilter = {
  status: HostStatus | null;
  payable: boolean | null;
  institution_id: string | null;
  text: string | null;
};
/** Columns offered for sorting: name, host_id, status. */
export type ListHostsRequest = {
  filter: HostFilter;
  sort: Sort | null;
  cursor: string | null;
  limit: number;
};
export type HostIdRequest = { host_id: string };
export type HostReasonRequest = { host_id: string; reason: string };

export type HostDetail = {
  host: HostRow;
  email: string | null;
  phone: string | null;
  time_zone: string | null;
  applied_at: string | null;
  approved_at: string | null;
  destination: string | null;
  payouts_enabled: boolean;
  pause: { reason: string; at: string; by: string } | null;
  tiers: {
    tier: Tier;
    rate: string;
    effective_from: string;
    effective_to: string | null;
    because: string;
  }[];
  money: HostMoney[];
  payouts: HostPayout[];
  source: { import_id: string; file_name: string; line: number } | null;
};

/** One currency of a host: what is coming, what can be paid, what was paid. */
export type HostMoney = {
  currency: string;
  pending: string;
  payable: string;
  on_hold: string;
  reserved: string;
  in_payout: string;
  paid: string;
  balance: string;
};

export type HostPayout = {
  payout_id: string;
  batch_id: string;
  date: string;
  currency: string;
  amount: string;
  status: PayoutStatus;
};

export type Schedule = "WEEKLY" | "BIWEEKLY" | "MONTHLY";

export type Institution = {
  institution_id: string;
  name: string;
  rate: string;
  schedule: Schedule;
  uses_tiers: boolean;
  active: boolean;
  hosts: number;
  next_payout_date: string | null;
};

export type SetInstitutionRequest = {
  institution_id: string;
  name: string;
  rate: string;
  schedule: Schedule;
  uses_tiers: boolean;
  active: boolean;
  reason: string;
};

// ---------------------------------------------------------------------------------------------
// Settings
// ---------------------------------------------------------------------------------------------

export type SettingKind = "AMOUNT" | "PERCENT" | "DAYS" | "MINUTES" | "CHOICE" | "YES_NO" | "TEXT";

export type Setting = {
  key: string;
  group: "PAYOUTS" | "FEES" | "LEDGER" | "WINDOW";
  title: string;
  explanation: string;
  kind: SettingKind;
  /** The currency of an AMOUNT, null otherwise. */
  currency: string | null;
  choices: { value: string; title: string }[];
  /** "" when nothing is set. */
  value: string;
  /** null: a shipped value, which holds since ever. */
  since: string | null;
  by: string | null;
};

export type SettingKeyRequest = { key: string };
export type SettingChange = {
  value: string;
  since: string | null;
  by: string | null;
  at: string | null;
  reason: string | null;
};
/** Takes effect from the business date on, never backwards. */
export type SetSettingRequest = { key: string; value: string; reason: string };

// ---------------------------------------------------------------------------------------------
// Books
// ---------------------------------------------------------------------------------------------

export type TrialBalanceRequest = { as_of: string | null };
/** Host accounts come as one row per currency ("liabilities:hosts"); `accounts` says how many. */
export type TrialBalanceRow = {
  account: string;
  currency: string;
  accounts: number;
  debit: string;
  credit: string;
  balance: string;
};
export type TrialBalance = {
  as_of: string;
  rows: TrialBalanceRow[];
  /** Zero per currency, always. */
  totals: Money[];
};

export type ListAccountsRequest = {
  prefix: string;
  as_of: string | null;
  text: string | null;
  cursor: string | null;
  limit: number;
};
export type AccountRow = { account: string; label: string; currency: string; balance: string };

export type JournalFilter = {
  /** The account itself or everything below it. */
  account: string | null;
  currency: string | null;
  kind: string | null;
  subject_kind: SubjectKind | null;
  subject_id: string | null;
  from: string | null;
  to: string | null;
};
export type ListJournalRequest = { filter: JournalFilter; cursor: string | null; limit: number };

export type Posting = { account: string; currency: string; amount: string };

export type JournalEntry = {
  entry_id: string;
  /** The event of domain.md §9, in words: "paid", "session completed", "payout sent", … */
  kind: string;
  effective_date: string;
  recorded_at: string;
  subject: Subject;
  host_id: string | null;
  reverses_id: string | null;
  reversed_by_id: string | null;
  postings: Posting[];
  /** The sum on the filtered account when the filter names one, else of the debits. */
  amount: Money;
};

export type EntryIdRequest = { entry_id: string };

export type AuditFilter = {
  by: string | null;
  action: string | null;
  subject_kind: SubjectKind | null;
  subject_id: string | null;
  from: string | null;
  to: string | null;
};
export type ListAuditRequest = { filter: AuditFilter; cursor: string | null; limit: number };
export type AuditEvent = {
  sequence: number;
  at: string;
  by: string;
  action: string;
  subject: Subject;
  /** In words. */
  summary: string;
  reason: string | null;
  digest: string;
};

export type CheckResult = {
  ok: boolean;
  checked_at: string;
  checks: { name: string; title: string; ok: boolean; detail: string }[];
};

export type ExportFormat = "HLEDGER" | "CSV";
export type ExportJournalRequest = { format: ExportFormat; path: string };
export type ExportResult = { path: string; entries: number; bytes: number };
export type BackupRequest = { path: string };
export type BackupResult = { path: string; bytes: number; verified_at: string };

// ---------------------------------------------------------------------------------------------
// Jobs
// ---------------------------------------------------------------------------------------------

export type JobStatus = "RUNNING" | "DONE" | "FAILED" | "CANCELLED";
export type Job = {
  job_id: string;
  kind:
    | "PREVIEW"
    | "IMPORT"
    | "PROCESS"
    | "PREPARE"
    | "SEND"
    | "CHECK"
    | "EXPORT"
    | "BACKUP"
    | "RESTORE";
  label: string;
  status: JobStatus;
  done: number;
  total: number | null;
  started_at: string;
  started_by: string;
  ended_at: string | null;
  error: CommandError | null;
  can_cancel: boolean;
};
export type JobIdRequest = { job_id: string };

// ---------------------------------------------------------------------------------------------
// The commands
// ---------------------------------------------------------------------------------------------

/** A command: its request (null: none), its answer, and whether it reports progress. */
type Command<Request, Answer> = { request: Request; answer: Answer; progress: false };
type LongCommand<Request, Answer> = { request: Request; answer: Answer; progress: true };

export type Commands = {
  // session
  get_session: Command<null, Session>;
  create_ledger: Command<CreateLedgerRequest, CreatedLedger>;
  open_ledger: Command<OpenLedgerRequest, Session>;
  /** Makes the sample ledger in the data directory if it isn't there, and opens it, locked. */
  try_sample: LongCommand<null, Session>;
  sign_in: Command<SignInRequest, Session>;
  lock: Command<null, Session>;
  close_ledger: Command<null, Session>;
  /** Opens a slot again with the recovery key and sets a new passphrase. */
  recover: Command<RecoverRequest, Session>;
  restore_backup: LongCommand<RestoreRequest, Session>;
  /** Locks the preparer out and puts the batch on the sign-in screen. */
  hand_over_for_approval: Command<HandOverRequest, Session>;
  cancel_hand_over: Command<null, Session>;

  // files and search
  choose_file: Command<ChooseFileRequest, ChosenPath>;
  choose_save_path: Command<ChooseSavePathRequest, ChosenPath>;
  show_in_folder: Command<ShowInFolderRequest, null>;
  search: Command<SearchRequest, SearchHit[]>;

  // users
  list_users: Command<null, User[]>;
  add_user: Command<AddUserRequest, null>;
  remove_user: Command<RemoveUserRequest, null>;
  change_passphrase: Command<ChangePassphraseRequest, null>;

  // home
  get_week: Command<null, Week>;
  get_rail_counts: Command<null, RailCounts>;

  // imports
  preview_import: LongCommand<PreviewImportRequest, ImportPreview>;
  commit_import: LongCommand<CommitImportRequest, ImportResult>;
  list_imports: Command<ListImportsRequest, Page<ImportRow>>;
  get_import: Command<ImportIdRequest, ImportRow>;
  preview_undo_import: Command<ImportIdRequest, UndoPreview>;
  undo_import: LongCommand<UndoImportRequest, null>;

  // exceptions
  list_exceptions: Command<ListExceptionsRequest, Page<ExceptionRow>>;
  list_exception_codes: Command<null, ExceptionCodeCount[]>;
  retry_exceptions: Command<RetryExceptionsRequest, BulkResult>;
  fix_exception: Command<FixExceptionRequest, BulkResult>;
  dismiss_exceptions: Command<DismissExceptionsRequest, BulkResult>;

  // commissions
  get_commission_overview: Command<null, CommissionOverview>;
  list_commissions: Command<ListCommissionsRequest, Page<CommissionRow>>;
  explain_commission: Command<BookingIdRequest, Explanation>;
  process_commissions: LongCommand<ProcessRequest, ProcessResult>;
  hold_commissions: Command<HoldRequest, BulkResult>;
  release_commissions: Command<ReleaseRequest, BulkResult>;
  void_commissions: Command<VoidRequest, BulkResult>;

  // payouts
  get_payout_dates: Command<null, PayoutDates>;
  preview_batch: Command<BatchPreviewRequest, BatchPreview>;
  prepare_batch: LongCommand<PrepareBatchRequest, Batch>;
  list_batches: Command<ListBatchesRequest, Page<BatchSummary>>;
  get_batch: Command<BatchIdRequest, Batch>;
  get_payout: Command<PayoutIdRequest, PayoutDetail>;
  list_payout_lines: Command<ListPayoutLinesRequest, Page<PayoutLine>>;
  list_preview_lines: Command<ListPreviewLinesRequest, Page<PayoutLine>>;
  refresh_batch: Command<BatchIdRequest, Batch>;
  exclude_payout: Command<ExcludePayoutRequest, Batch>;
  submit_batch: Command<BatchIdRequest, Batch>;
  approve_batch: Command<ApproveBatchRequest, Batch>;
  reject_batch: Command<BatchReasonRequest, Batch>;
  cancel_batch: Command<BatchReasonRequest, Batch>;
  send_batch: LongCommand<SendBatchRequest, SendResult>;
  resume_batch: LongCommand<BatchIdRequest, SendResult>;
  settle_batch: Command<SettleBatchRequest, Batch>;
  retry_payout: Command<PayoutIdRequest, Batch>;
  write_batch_pdf: Command<BatchPdfRequest, WrittenFile>;

  // adjustments
  list_adjustments: Command<ListAdjustmentsRequest, Page<AdjustmentRow>>;
  add_adjustment: Command<AddAdjustmentRequest, null>;
  approve_adjustment: Command<AdjustmentIdRequest, null>;
  reject_adjustment: Command<RejectAdjustmentRequest, null>;

  // hosts
  list_hosts: Command<ListHostsRequest, Page<HostRow>>;
  get_host: Command<HostIdRequest, HostDetail>;
  pause_host: Command<HostReasonRequest, null>;
  resume_host: Command<HostReasonRequest, null>;

  // institutions
  list_institutions: Command<null, Institution[]>;
  set_institution: Command<SetInstitutionRequest, null>;

  // settings
  list_settings: Command<null, Setting[]>;
  list_setting_history: Command<SettingKeyRequest, SettingChange[]>;
  set_setting: Command<SetSettingRequest, null>;

  // books
  get_trial_balance: Command<TrialBalanceRequest, TrialBalance>;
  list_accounts: Command<ListAccountsRequest, Page<AccountRow>>;
  list_journal: Command<ListJournalRequest, Page<JournalEntry>>;
  get_entry: Command<EntryIdRequest, JournalEntry>;
  list_audit: Command<ListAuditRequest, Page<AuditEvent>>;
  run_check: LongCommand<null, CheckResult>;
  export_journal: LongCommand<ExportJournalRequest, ExportResult>;
  backup: LongCommand<BackupRequest, BackupResult>;

  // jobs
  list_jobs: Command<null, Job[]>;
  cancel_job: Command<JobIdRequest, null>;
  /** Takes an ended job off the tray. */
  dismiss_job: Command<JobIdRequest, null>;
};

export type CommandName = keyof Commands;

// ---------------------------------------------------------------------------------------------
// Events the application emits
// ---------------------------------------------------------------------------------------------

export type Events = {
  /** Something was written, here or by another process: the window asks again. */
  ledger_changed: { data_version: number };
  /** A job started, moved or ended. */
  jobs_changed: { running: number };
};
