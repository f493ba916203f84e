-- Sending through Stripe: the connection, and what is known of each payout's transfer.

-- A batch leaves by one rail.
ALTER TABLE payout_batches RENAME COLUMN rail TO rail_before;
ALTER TABLE payout_batches ADD COLUMN rail TEXT CHECK (rail IN ('file', 'stripe'));
UPDATE payout_batches SET rail = rail_before;
ALTER TABLE payout_batches DROP COLUMN rail_before;
-- Why nothing more of this batch is sent until people looked: Stripe shows something that can't be.
ALTER TABLE payout_batches ADD COLUMN alarm TEXT;

-- How many people must approve it, by the settings in force when it was submitted.
ALTER TABLE payout_batches ADD COLUMN approvals_needed INTEGER NOT NULL DEFAULT 1 CHECK (approvals_needed >= 1);

-- Whether a batch is done is asked after every payout.
CREATE INDEX host_payouts_open ON host_payouts (batch_key) WHERE status IN (1, 2);

-- An approval also says through which Stripe account and in which mode the batch may leave; NULL
-- where the ledger had no connection when it was given.
ALTER TABLE approvals ADD COLUMN stripe_account TEXT;
ALTER TABLE approvals ADD COLUMN livemode INTEGER CHECK (livemode IN (0, 1));
-- One approval per person of what the batch is; a refreshed one is another.
DROP INDEX approvals_once;
CREATE UNIQUE INDEX approvals_once ON approvals (batch_key, approver, digest);

-- The one Stripe account of this ledger. The key is not here: it is in the system's keyring or in
-- a sealed file beside this one.
CREATE TABLE stripe_connection (
    only_one        INTEGER PRIMARY KEY CHECK (only_one = 1),
    account_id      TEXT NOT NULL,
    livemode        INTEGER NOT NULL CHECK (livemode IN (0, 1)),
    base_url        TEXT NOT NULL,
    timeout_ms      INTEGER NOT NULL CHECK (timeout_ms > 0),
    key_store       TEXT NOT NULL CHECK (key_store IN ('keyring', 'file')),
    key_hint        TEXT NOT NULL,       -- its kind and last four characters, e.g. rk_test_…f3Qa
    connected_at    INTEGER NOT NULL,
    connected_by    TEXT NOT NULL,
    listed_through  INTEGER,             -- Stripe's time of the newest transfer compared with this ledger, in seconds
    synced_through  INTEGER,             -- and of the newest reversal taken over
    synced_at       INTEGER              -- when accounts, reversals and bank failures were last pulled
) STRICT;
-- Test and live never mix in one ledger, nor do two accounts.
CREATE TRIGGER stripe_connection_one_account BEFORE UPDATE ON stripe_connection
WHEN NEW.account_id <> OLD.account_id OR NEW.livemode <> OLD.livemode
BEGIN SELECT RAISE(ABORT, 'a ledger keeps its Stripe account and mode'); END;
CREATE TRIGGER stripe_connection_stays BEFORE DELETE ON stripe_connection
BEGIN SELECT RAISE(ABORT, 'a ledger keeps its Stripe account and mode'); END;

-- One row per payout that leaves, or left, as a transfer: what is sent, byte for byte, and what is
-- known of it (transfer::TransferState::ALL).
CREATE TABLE stripe_transfers (
    payout_key      INTEGER PRIMARY KEY REFERENCES host_payouts,
    attempt         INTEGER NOT NULL CHECK (attempt >= 1), -- a new one only after a release by two people
    idempotency_key TEXT NOT NULL UNIQUE,
    body            TEXT NOT NULL,
    api_version     TEXT NOT NULL,
    account_id      TEXT NOT NULL,
    livemode        INTEGER NOT NULL CHECK (livemode IN (0, 1)),
    state           INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
    prepared_at     INTEGER NOT NULL,
    first_call_at   INTEGER,             -- of this attempt's key, before its first byte went out
    last_call_at    INTEGER,
    calls           INTEGER NOT NULL DEFAULT 0,
    transfer_id     TEXT UNIQUE,
    unclear         TEXT,                -- why it isn't known whether it left
    released_by     TEXT,                -- the first of the two who let it be tried anew
    released_why    TEXT,
    CHECK ((state = 3) = (transfer_id IS NOT NULL)),
    CHECK (state <> 1 OR first_call_at IS NULL),
    CHECK (state NOT IN (2, 3, 5) OR first_call_at IS NOT NULL)
) STRICT, WITHOUT ROWID;
-- What was prepared is what is sent: it changes only for a new attempt of one whose outcome was unknown.
CREATE TRIGGER stripe_transfers_as_prepared
BEFORE UPDATE OF attempt, idempotency_key, body, api_version, account_id, livemode ON stripe_transfers
WHEN NOT (OLD.state = 5 AND NEW.state = 1 AND NEW.attempt = OLD.attempt + 1 AND OLD.released_by IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a prepared transfer is sent as it was prepared'); END;
-- Nothing that is known to have left becomes anything else.
CREATE TRIGGER stripe_transfers_sent_stays BEFORE UPDATE ON stripe_transfers
WHEN OLD.state = 3 AND (NEW.state <> 3 OR NEW.transfer_id <> OLD.transfer_id)
BEGIN SELECT RAISE(ABORT, 'a transfer that was sent stays sent'); END;
CREATE TRIGGER stripe_transfers_no_delete BEFORE DELETE ON stripe_transfers
BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;

-- Hosts' accounts at Stripe, as last pulled. Stripe's own word goes before the hosts file's.
CREATE TABLE stripe_accounts (
    account_id       TEXT PRIMARY KEY,
    payouts_enabled  INTEGER NOT NULL CHECK (payouts_enabled IN (0, 1)),
    transfers_active INTEGER NOT NULL CHECK (transfers_active IN (0, 1)),
    disabled_reason  TEXT,
    due              TEXT NOT NULL,      -- JSON: what Stripe asks the host for
    due_by           INTEGER,            -- until when, an instant
    pulled_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An account made here for a host that the hosts file names none for. The key is recorded before
-- the call, so that an interrupted one makes no second account.
CREATE TABLE stripe_account_requests (
    host_key        INTEGER PRIMARY KEY REFERENCES hosts,
    idempotency_key TEXT NOT NULL UNIQUE,
    first_call_at   INTEGER NOT NULL,
    requested_by    TEXT NOT NULL,
    account_id      TEXT UNIQUE
) STRICT;

-- Where a host's money goes and whether it can arrive: the hosts file's account, else the one made
-- here; Stripe's word on it where it was pulled, else the file's.
CREATE VIEW host_destinations AS
SELECT h.host_key, iif(h.stripe_account_id <> '', h.stripe_account_id, coalesce(r.account_id, '')) AS account_id,
       coalesce(a.payouts_enabled AND a.transfers_active, h.payouts_enabled) AS payouts_enabled
FROM hosts h LEFT JOIN stripe_account_requests r USING (host_key)
LEFT JOIN stripe_accounts a ON a.account_id = iif(h.stripe_account_id <> '', h.stripe_account_id, r.account_id);

-- Money that came back from a transfer that was sent.
CREATE TABLE stripe_reversals (
    reversal_id    TEXT PRIMARY KEY,     -- trr_…
    payout_key     INTEGER NOT NULL REFERENCES host_payouts,
    amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
    reversed_at    INTEGER NOT NULL,     -- Stripe's time
    adjustment_key INTEGER REFERENCES adjustments, -- NULL: all of it came back, the lines are free
    recorded_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stripe_reversals_of_payout ON stripe_reversals (payout_key);

-- A host's bank refused Stripe's own payout: the money is in the host's balance at Stripe. Nothing
-- is posted.
CREATE TABLE stripe_bank_failures (
    bank_payout_id TEXT PRIMARY KEY,     -- po_…
    account_id     TEXT NOT NULL,
    currency       TEXT NOT NULL,
    amount_minor   INTEGER NOT NULL,
    code           TEXT NOT NULL,
    message        TEXT NOT NULL,
    failed_at      INTEGER NOT NULL,     -- Stripe's time
    recorded_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stripe_bank_failures_of_account ON stripe_bank_failures (account_id);

-- Transfers that this ledger made and, being restored from an older copy, doesn't know payouts for:
-- taken over as what the host had already.
CREATE TABLE stripe_transfers_found (
    transfer_id    TEXT PRIMARY KEY,     -- tr_…
    payout_id      TEXT,                 -- as its metadata says
    adjustment_key INTEGER NOT NULL REFERENCES adjustments,
    found_at       INTEGER NOT NULL,
    found_by       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE adjustments RENAME COLUMN kind TO kind_before;
ALTER TABLE adjustments ADD COLUMN kind TEXT NOT NULL DEFAULT 'CORRECTION'
    CHECK (kind IN ('CLAWBACK', 'CORRECTION', 'CARRIED_REMAINDER', 'PARTIAL_REVERSAL', 'FOUND_AT_STRIPE'));
UPDATE adjustments SET kind = kind_before;
ALTER TABLE adjustments DROP COLUMN kind_before;
