-- Disputes: complaints and chargebacks, their story, and what they do to the books.

-- What a file can hold.
ALTER TABLE imports RENAME COLUMN kind TO kind_before;
ALTER TABLE imports ADD COLUMN kind TEXT NOT NULL DEFAULT 'hosts'
    CHECK (kind IN ('hosts', 'bookings', 'disputes', 'stripe-payments', 'tax-profiles'));
UPDATE imports SET kind = kind_before;
DROP INDEX imports_content;
CREATE UNIQUE INDEX imports_content ON imports (kind, file_sha256) WHERE undone_at IS NULL;
ALTER TABLE imports DROP COLUMN kind_before;

-- One complaint or chargeback against one booking, as its newest version says.
CREATE TABLE disputes (
    dispute_key     INTEGER PRIMARY KEY,
    dispute_id      TEXT NOT NULL UNIQUE, -- the platform's or Stripe's; made here where a person entered it without one
    entered_as      TEXT UNIQUE,          -- the id made here, once the outside's took its place
    made_here       INTEGER NOT NULL CHECK (made_here IN (0, 1)), -- its id was: the outside's may take its place
    booking_key     INTEGER NOT NULL REFERENCES host_commissions,
    kind            INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),   -- DisputeKind::ALL
    reason          TEXT NOT NULL,
    amount_minor    INTEGER NOT NULL CHECK (amount_minor > 0),
    currency        TEXT NOT NULL,
    status          INTEGER NOT NULL CHECK (status BETWEEN 1 AND 8), -- DisputeStatus::ALL
    opened_at       INTEGER NOT NULL,
    evidence_due_by INTEGER,
    closed_at       INTEGER,
    withdrawn       INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)), -- the participant took it back: won
    let_go          INTEGER NOT NULL DEFAULT 0 CHECK (let_go IN (0, 1)),    -- a person ended the block of a mere warning
    undone          INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),    -- the import that brought it was undone
    loss_no         INTEGER,              -- the place in the order of losing; NULL: not lost
    fee_posted      INTEGER NOT NULL DEFAULT 0 CHECK (fee_posted IN (0, 1)),
    block_key       INTEGER REFERENCES commission_blocks, -- open while it isn't decided
    owner           TEXT,                 -- who works on it
    content_hash    BLOB NOT NULL,
    import_key      INTEGER REFERENCES imports, -- NULL: by hand or from Stripe's API
    line            INTEGER,
    CHECK ((status = 7 AND undone = 0) = (loss_no IS NOT NULL)),
    CHECK (withdrawn = 0 OR status = 6)
) STRICT;
CREATE INDEX disputes_of_booking ON disputes (booking_key);
CREATE INDEX disputes_of_import ON disputes (import_key) WHERE import_key IS NOT NULL;
CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes
BEGIN SELECT RAISE(ABORT, 'disputes are never deleted'); END;

-- Every version, the newest too: who said what when.
CREATE TABLE dispute_versions (
    dispute_key INTEGER NOT NULL REFERENCES disputes,
    version     INTEGER NOT NULL,         -- from 1, oldest first
    content     TEXT NOT NULL,            -- JSON: the whole row
    what        TEXT NOT NULL,            -- in words
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    import_key  INTEGER REFERENCES imports,
    line        INTEGER,
    withdrawn   INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    let_go      INTEGER NOT NULL CHECK (let_go IN (0, 1)),
    undone      INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)), -- its import was undone
    PRIMARY KEY (dispute_key, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX dispute_versions_of_import ON dispute_versions (import_key) WHERE import_key IS NOT NULL;
CREATE TRIGGER dispute_versions_no_update BEFORE UPDATE OF dispute_key, version, content, what, recorded_at, recorded_by, import_key, line, withdrawn, let_go ON dispute_versions
BEGIN SELECT RAISE(ABORT, 'versions of a dispute are never changed'); END;
CREATE TRIGGER dispute_versions_no_delete BEFORE DELETE ON dispute_versions
BEGIN SELECT RAISE(ABORT, 'versions of a dispute are never deleted'); END;

-- What people wrote and filed with a dispute. The database is encrypted, so these are too.
CREATE TABLE dispute_notes (
    note_key    INTEGER PRIMARY KEY,
    dispute_key INTEGER NOT NULL REFERENCES disputes,
    text        TEXT NOT NULL,
    written_at  INTEGER NOT NULL,
    written_by  TEXT NOT NULL
) STRICT;
CREATE INDEX dispute_notes_of_dispute ON dispute_notes (dispute_key);
CREATE TRIGGER dispute_notes_no_update BEFORE UPDATE ON dispute_notes
BEGIN SELECT RAISE(ABORT, 'notes are never changed'); END;
CREATE TRIGGER dispute_notes_no_delete BEFORE DELETE ON dispute_notes
BEGIN SELECT RAISE(ABORT, 'notes are never deleted'); END;

CREATE TABLE dispute_attachments (
    attachment_key INTEGER PRIMARY KEY,
    attachment_id  TEXT NOT NULL UNIQUE,
    dispute_key    INTEGER NOT NULL REFERENCES disputes,
    name           TEXT NOT NULL,
    media_type     TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    bytes          BLOB,                  -- NULL: taken off again
    size           INTEGER NOT NULL,
    added_at       INTEGER NOT NULL,
    added_by       TEXT NOT NULL,
    removed_at     INTEGER,
    removed_by     TEXT,
    CHECK ((bytes IS NULL) = (removed_at IS NOT NULL))
) STRICT;
CREATE INDEX dispute_attachments_of_dispute ON dispute_attachments (dispute_key);

-- Evidence as it was put together, reviewed and handed in.
CREATE TABLE dispute_evidence (
    evidence_key INTEGER PRIMARY KEY,
    dispute_key  INTEGER NOT NULL REFERENCES disputes,
    fields       TEXT NOT NULL,           -- JSON: Stripe's evidence fields by name
    made_at      INTEGER NOT NULL,
    made_by      TEXT NOT NULL,
    reviewed_at  INTEGER,
    reviewed_by  TEXT,
    submitted_at INTEGER,                 -- an intent: recorded before the call to Stripe
    submitted_by TEXT,
    through      TEXT CHECK (through IN ('stripe', 'elsewhere')),
    confirmed_at INTEGER,                 -- Stripe has it, or a person handed it in elsewhere
    CHECK (submitted_at IS NULL OR reviewed_at IS NOT NULL),
    CHECK (confirmed_at IS NULL OR submitted_at IS NOT NULL)
) STRICT;
CREATE INDEX dispute_evidence_of_dispute ON dispute_evidence (dispute_key);
CREATE UNIQUE INDEX dispute_evidence_once ON dispute_evidence (dispute_key) WHERE submitted_at IS NOT NULL;
CREATE TRIGGER dispute_evidence_as_submitted BEFORE UPDATE OF fields, dispute_key ON dispute_evidence
WHEN OLD.submitted_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'evidence that was submitted stays as it was'); END;

-- Money that is taken back from a host's Stripe account because a paid booking was lost: the intent,
-- recorded before the call, under its own key.
CREATE TABLE stripe_recoveries (
    recovery_key    INTEGER PRIMARY KEY,
    dispute_key     INTEGER NOT NULL REFERENCES disputes,
    payout_key      INTEGER NOT NULL REFERENCES host_payouts,
    amount_minor    INTEGER NOT NULL CHECK (amount_minor > 0),
    idempotency_key TEXT NOT NULL UNIQUE,
    asked_at        INTEGER NOT NULL,
    asked_by        TEXT NOT NULL,
    reversal_id     TEXT UNIQUE,         -- trr_…, once Stripe did it
    refused         TEXT,                -- Stripe's words where it didn't
    CHECK (reversal_id IS NULL OR refused IS NULL)
) STRICT;
CREATE UNIQUE INDEX stripe_recoveries_open ON stripe_recoveries (dispute_key) WHERE reversal_id IS NULL AND refused IS NULL;

-- Adjustments learn of reserves, their release, and write-offs.
ALTER TABLE adjustments RENAME COLUMN kind TO kind_before;
ALTER TABLE adjustments ADD COLUMN kind TEXT NOT NULL DEFAULT 'CORRECTION'
    CHECK (kind IN ('CLAWBACK', 'CORRECTION', 'CARRIED_REMAINDER', 'PARTIAL_REVERSAL', 'FOUND_AT_STRIPE',
                    'RESERVE', 'RELEASE', 'WRITE_OFF', 'BACKUP_WITHHOLDING'));
UPDATE adjustments SET kind = kind_before;
ALTER TABLE adjustments DROP COLUMN kind_before;
ALTER TABLE adjustments ADD COLUMN dispute_key INTEGER REFERENCES disputes; -- what a reserve or its release is for
ALTER TABLE adjustments ADD COLUMN releases INTEGER REFERENCES adjustments; -- the reserve that a release ends
ALTER TABLE adjustments ADD COLUMN release_on INTEGER; -- the day on which a reserve ends by itself
CREATE UNIQUE INDEX adjustments_released_once ON adjustments (releases) WHERE releases IS NOT NULL;
CREATE INDEX adjustments_of_dispute ON adjustments (dispute_key) WHERE dispute_key IS NOT NULL;

-- What a person decided to hold back of a host's payouts, until the money can't be disputed any more.
CREATE TABLE host_reserves (
    host_key   INTEGER PRIMARY KEY REFERENCES hosts,
    percent_bp INTEGER NOT NULL CHECK (percent_bp BETWEEN 1 AND 10000),
    days       INTEGER NOT NULL CHECK (days BETWEEN 1 AND 1000), -- after the payout's date
    reason     TEXT NOT NULL,
    set_at     INTEGER NOT NULL,
    set_by     TEXT NOT NULL
) STRICT;

-- What may not be paid out of hosts' balances now: reserves that nothing released; amounts above zero.
CREATE VIEW open_reserves AS
SELECT a.adjustment_key, a.host_key, a.currency, -a.amount_minor AS amount_minor, a.booking_key, a.dispute_key, a.release_on
FROM adjustments a
WHERE a.kind = 'RESERVE' AND a.status = 'APPROVED'
  AND NOT EXISTS (SELECT 1 FROM adjustments r WHERE r.releases = a.adjustment_key AND r.status = 'APPROVED');

-- R of today: the export's refund and what disputes cost.
ALTER TABLE host_commissions ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0);
UPDATE host_commissions SET refunded_minor = b.refunded_minor
FROM bookings b WHERE b.booking_key = host_commissions.booking_key AND b.refunded_minor <> 0;

-- The journal learns of disputes and reserves.
INSERT INTO accounts VALUES
    (13, 'liabilities:hosts reserved', 1), (14, 'assets:disputed', 0), (15, 'liabilities:refunds due', 0),
    (16, 'expenses:dispute fees', 0), (17, 'expenses:lost disputes', 0);
INSERT INTO posting_rules VALUES
    (15, 1, 14), (15, 2, 1),                       -- chargeback opened
    (16, 1, 16), (16, 2, 1),                       -- its fee
    (17, 1, 1), (17, 2, 14),                       -- chargeback won
    (18, 1, 14), (18, 2, 3), (18, 3, 17),          -- chargeback lost
    (19, 1, 15), (19, 2, 3),                       -- complaint lost
    (20, 1, 15), (20, 2, 1),                       -- complaint refunded
    (21, 1, 17), (21, 2, 1),                       -- refund beyond the price
    (22, 1, 4), (22, 2, 13);                       -- reserve, release

DROP VIEW postings;
DROP TRIGGER journal_entries_no_update;
DROP TRIGGER journal_entries_reversal;
DROP INDEX journal_entries_rare_kinds;
ALTER TABLE journal_entries RENAME COLUMN kind TO kind_before;
ALTER TABLE journal_entries ADD COLUMN kind INTEGER NOT NULL DEFAULT 1 CHECK (kind BETWEEN 1 AND 99);
UPDATE journal_entries SET kind = kind_before WHERE kind_before <> 1;
ALTER TABLE journal_entries DROP COLUMN kind_before;
ALTER TABLE journal_entries ADD COLUMN dispute_key INTEGER REFERENCES disputes;
CREATE INDEX journal_entries_rare_kinds ON journal_entries (kind) WHERE kind > 3;
CREATE INDEX journal_entries_of_dispute ON journal_entries (dispute_key) WHERE dispute_key IS NOT NULL;
CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;
-- The first three kinds are nearly all entries; they have their rules since V7.
CREATE TRIGGER journal_entries_known_kind BEFORE INSERT ON journal_entries
WHEN NEW.kind > 3 AND NOT EXISTS (SELECT 1 FROM posting_rules r WHERE r.kind = NEW.kind)
BEGIN SELECT RAISE(ABORT, 'an entry is of a kind that posts something'); END;
CREATE TRIGGER journal_entries_reversal BEFORE INSERT ON journal_entries
WHEN NEW.reverses IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM journal_entries o
    WHERE o.entry_key = NEW.reverses AND o.sign = 1 AND o.kind = NEW.kind AND o.currency = NEW.currency
      AND o.leg1 = NEW.leg1 AND o.leg2 = NEW.leg2 AND o.leg3 = NEW.leg3 AND o.leg4 = NEW.leg4
      AND o.host_key IS NEW.host_key AND o.booking_key IS NEW.booking_key AND o.payout_key IS NEW.payout_key
      AND o.dispute_key IS NEW.dispute_key)
BEGIN SELECT RAISE(ABORT, 'a reversal repeats its original'); END;
CREATE VIEW postings AS
SELECT e.entry_key, r.leg, r.account, e.host_key, e.currency,
       e.sign * CASE r.leg WHEN 1 THEN e.leg1 WHEN 2 THEN e.leg2 WHEN 3 THEN e.leg3 ELSE e.leg4 END AS amount_minor
FROM journal_entries e JOIN posting_rules r ON r.kind = e.kind;
