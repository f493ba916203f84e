-- A ledger that was restored, or is older than what its computer knew of it, sends nothing until a
-- person told what left since and a second one confirmed it (docs/domain.md §7).
CREATE TABLE restores (
    restore_key  INTEGER PRIMARY KEY,
    restore_id   TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL CHECK (kind IN ('RESTORED', 'OLDER')),
    noticed_at   INTEGER NOT NULL,
    noticed_by   TEXT NOT NULL,
    events       INTEGER NOT NULL,       -- audit events that the ledger held then
    last_at      INTEGER NOT NULL,       -- when the last of them was
    known_events INTEGER,                -- those that this computer had seen of a newer one
    known_at     INTEGER CHECK ((known_at IS NULL) = (known_events IS NULL)),
    confirmed_at INTEGER,
    confirmed_by TEXT CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
) STRICT;
CREATE INDEX restores_open ON restores (restore_key) WHERE confirmed_at IS NULL;

-- What people say that left since.
CREATE TABLE restore_words (
    word_key    INTEGER PRIMARY KEY,
    restore_key INTEGER NOT NULL REFERENCES restores,
    what        TEXT NOT NULL CHECK (what IN ('FILE', 'BATCH', 'NONE', 'STRIPE')),
    file_name   TEXT,
    file_sha256 TEXT CHECK ((what = 'FILE') = (file_sha256 IS NOT NULL)),
    batch_id    TEXT CHECK (what <> 'BATCH' OR batch_id IS NOT NULL),
    said_at     INTEGER NOT NULL,
    said_by     TEXT NOT NULL
) STRICT;
CREATE INDEX restore_words_of ON restore_words (restore_key);

-- The rows of payment files that left since.
CREATE TABLE restore_payouts (
    payout_id    TEXT PRIMARY KEY,
    word_key     INTEGER NOT NULL REFERENCES restore_words ON DELETE CASCADE,
    batch_id     TEXT NOT NULL,
    batch_digest TEXT NOT NULL,          -- empty: the file was written before it carried one
    host_key     INTEGER NOT NULL REFERENCES hosts,
    host_name    TEXT NOT NULL,
    destination  TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    payout_date  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX restore_payouts_of_word ON restore_payouts (word_key);

-- A batch that the restored ledger never saw.
ALTER TABLE payout_batches ADD COLUMN restore_key INTEGER REFERENCES restores;

-- A payout that left under an id which this copy gave to one that it cancelled.
ALTER TABLE host_payouts ADD COLUMN left_as TEXT;
CREATE UNIQUE INDEX host_payouts_left_as ON host_payouts (left_as) WHERE left_as IS NOT NULL;

-- A payment file is written once; what is written again is a copy and says so.
ALTER TABLE payout_batches ADD COLUMN file_written_at INTEGER;
ALTER TABLE payout_batches ADD COLUMN file_copies INTEGER NOT NULL DEFAULT 0;
UPDATE payout_batches SET file_written_at = sent_at WHERE rail = 'file' AND status IN (5, 6);

-- Payouts that left before the restore are lines and deductions of their own kind. Only the list of
-- words grows, so the table's text is changed in place.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (kind IN (''CLAWBACK'', ', 'CHECK (kind IN (''CLAWBACK'', ''SENT_BEFORE_RESTORE'', ')
WHERE type = 'table' AND name = 'adjustments';
PRAGMA writable_schema = RESET;
