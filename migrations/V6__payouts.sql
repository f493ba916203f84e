-- Payout batches, their payouts and lines, approvals, and whom a batch carried.

CREATE TABLE payout_batches (
    batch_key        INTEGER PRIMARY KEY,
    batch_id         TEXT NOT NULL UNIQUE,
    payout_date      INTEGER NOT NULL,
    off_cycle_reason TEXT,
    status           INTEGER NOT NULL CHECK (status BETWEEN 1 AND 8), -- BatchStatus::ALL
    digest           TEXT NOT NULL,
    prepared_at      INTEGER NOT NULL,
    prepared_by      TEXT NOT NULL,
    submitted_at     INTEGER,
    submitted_by     TEXT,
    closed_at        INTEGER,            -- rejected or cancelled
    closed_by        TEXT,
    close_reason     TEXT,
    rail             TEXT CHECK (rail IN ('file')),
    file_path        TEXT,               -- where the payment file was to be written
    file_sha256      TEXT,               -- of its bytes: recorded before they are written
    sent_at          INTEGER,
    sent_by          TEXT
) STRICT;

-- Everybody who prepared, changed or submitted a batch; none of them approves it.
CREATE TABLE batch_makers (
    batch_key INTEGER NOT NULL REFERENCES payout_batches,
    name      TEXT NOT NULL,
    PRIMARY KEY (batch_key, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
    approval_key INTEGER PRIMARY KEY,
    batch_key    INTEGER NOT NULL REFERENCES payout_batches,
    approver     TEXT NOT NULL,
    approved_at  INTEGER NOT NULL,
    digest       TEXT NOT NULL,
    public_key   TEXT NOT NULL,
    signature    TEXT NOT NULL           -- Ed25519 over the approval statement, hexadecimal
) STRICT;
CREATE UNIQUE INDEX approvals_once ON approvals (batch_key, approver);
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals are never changed'); END;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals are never deleted'); END;
-- Maker and checker are two people, whatever code is in front of this table.
CREATE TRIGGER approvals_second_person BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM batch_makers m WHERE m.batch_key = NEW.batch_key AND m.name = NEW.approver)
BEGIN SELECT RAISE(ABORT, 'whoever prepared or submitted a batch never approves it'); END;

CREATE TABLE host_payouts (
    payout_key     INTEGER PRIMARY KEY,
    payout_id      TEXT NOT NULL UNIQUE,
    batch_key      INTEGER NOT NULL REFERENCES payout_batches,
    host_key       INTEGER NOT NULL REFERENCES hosts,
    host_name      TEXT NOT NULL,        -- as prepared, so that the payment file can be made again
    currency       TEXT NOT NULL,
    amount_minor   INTEGER NOT NULL,
    destination    TEXT NOT NULL,
    status         INTEGER NOT NULL CHECK (status BETWEEN 1 AND 6), -- PayoutStatus::ALL; 1, 2, 3 are live
    digest         TEXT NOT NULL,
    line_count     INTEGER NOT NULL,
    failure_code   TEXT,
    failure_reason TEXT,
    settled_at     INTEGER
) STRICT;
CREATE INDEX host_payouts_of_batch ON host_payouts (batch_key);
CREATE INDEX host_payouts_of_host ON host_payouts (host_key);

-- What a payout is made of: commissions and adjustments.
CREATE TABLE host_payout_lines (
    payout_key     INTEGER NOT NULL REFERENCES host_payouts,
    line_no        INTEGER NOT NULL,
    booking_key    INTEGER REFERENCES host_commissions,
    adjustment_key INTEGER REFERENCES adjustments,
    amount_minor   INTEGER NOT NULL,
    live           INTEGER NOT NULL CHECK (live IN (0, 1)), -- follows the payout's status by trigger
    PRIMARY KEY (payout_key, line_no),
    CHECK ((booking_key IS NULL) <> (adjustment_key IS NULL))
) STRICT, WITHOUT ROWID;
-- One live payout per commission and per adjustment: the database itself refuses a second.
CREATE UNIQUE INDEX one_live_payout_per_commission ON host_payout_lines (booking_key) WHERE live = 1 AND booking_key IS NOT NULL;
CREATE UNIQUE INDEX one_live_payout_per_adjustment ON host_payout_lines (adjustment_key) WHERE live = 1 AND adjustment_key IS NOT NULL;

CREATE TRIGGER host_payout_lines_follow_status AFTER UPDATE OF status ON host_payouts
WHEN (OLD.status IN (1, 2, 3)) <> (NEW.status IN (1, 2, 3))
BEGIN
    UPDATE host_payout_lines SET live = (NEW.status IN (1, 2, 3)) WHERE payout_key = NEW.payout_key;
END;
-- Nothing else frees a line, changes one, or takes one from a payout that left.
CREATE TRIGGER host_payout_lines_live_follows BEFORE UPDATE OF live ON host_payout_lines
WHEN NEW.live <> (SELECT status IN (1, 2, 3) FROM host_payouts WHERE payout_key = NEW.payout_key)
BEGIN SELECT RAISE(ABORT, 'a line is live as its payout is'); END;
CREATE TRIGGER host_payout_lines_no_change BEFORE UPDATE OF payout_key, line_no, booking_key, adjustment_key, amount_minor ON host_payout_lines
BEGIN SELECT RAISE(ABORT, 'lines are never changed'); END;
CREATE TRIGGER host_payout_lines_no_delete BEFORE DELETE ON host_payout_lines
WHEN (SELECT status <> 1 FROM host_payouts WHERE payout_key = OLD.payout_key)
BEGIN SELECT RAISE(ABORT, 'lines of a payout that left are never deleted'); END;
CREATE TRIGGER host_payout_lines_live_as_payout BEFORE INSERT ON host_payout_lines
WHEN NEW.live <> (SELECT status IN (1, 2, 3) FROM host_payouts WHERE payout_key = NEW.payout_key)
BEGIN SELECT RAISE(ABORT, 'a line is live as its payout is'); END;

CREATE TABLE batch_carried (
    batch_key     INTEGER NOT NULL REFERENCES payout_batches,
    host_key      INTEGER NOT NULL REFERENCES hosts,
    currency      TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL,
    minimum_minor INTEGER,
    reasons       TEXT NOT NULL,         -- words separated by spaces, in order of precedence
    note          TEXT,
    PRIMARY KEY (batch_key, host_key, currency)
) STRICT, WITHOUT ROWID;
