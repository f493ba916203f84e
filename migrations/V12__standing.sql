-- What each file says of what was known already, rows that wait and what they hold, and charges
-- that several bookings share (docs/domain.md §3).

-- `step` orders all that was done: the number of audit events before it.
ALTER TABLE bookings ADD COLUMN since_step INTEGER NOT NULL DEFAULT 0; -- since when this version stands
ALTER TABLE booking_versions ADD COLUMN since_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hosts ADD COLUMN since_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE host_versions ADD COLUMN since_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dispute_versions ADD COLUMN since_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dispute_versions ADD COLUMN undone_step INTEGER; -- since when it doesn't stand any more

-- The rows by which a file repeated unchanged what was known: keys of bookings, hosts, disputes or
-- tax profiles (the profile's own key) with their lines, packed. Which version a row repeats is the
-- one that stood at that step.
CREATE TABLE import_repeats (
    repeat_key INTEGER PRIMARY KEY,
    import_key INTEGER NOT NULL REFERENCES imports,
    step       INTEGER NOT NULL,
    row_count  INTEGER NOT NULL,
    packed     BLOB NOT NULL
) STRICT;
CREATE INDEX import_repeats_of_import ON import_repeats (import_key);

-- Rows that were older than what was known when their file came: they stand again should what is
-- newer be undone.
CREATE TABLE stale_rows (
    import_key  INTEGER NOT NULL REFERENCES imports,
    line        INTEGER NOT NULL,
    subject_key INTEGER NOT NULL,        -- a booking, host or dispute, as the import's kind says
    content     TEXT NOT NULL,           -- JSON: the whole row
    PRIMARY KEY (import_key, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX stale_rows_of_subject ON stale_rows (subject_key);

-- Exceptions learn whom they are about, so that they hold it, end with it, and aren't opened twice.
ALTER TABLE exceptions ADD COLUMN subject TEXT NOT NULL DEFAULT ''; -- the row's booking, dispute or host id
ALTER TABLE exceptions ADD COLUMN about TEXT NOT NULL DEFAULT '';   -- the known id that it is mistaken for or shares a charge with
ALTER TABLE exceptions ADD COLUMN row_updated_at INTEGER;           -- the row's own updated_at
ALTER TABLE exceptions ADD COLUMN row_print BLOB;                   -- of the row as it was read
ALTER TABLE exceptions ADD COLUMN closed_by INTEGER REFERENCES imports; -- the file whose row took its place
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''DISMISSED'', ''UNDONE''', '''DISMISSED'', ''UNDONE'', ''SUPERSEDED''')
WHERE type = 'table' AND name = 'exceptions';
UPDATE sqlite_schema SET sql = replace(sql, '''FRAUD_FLAG'', ''DISPUTE''', '''FRAUD_FLAG'', ''DISPUTE'', ''WAITING_ROW''')
WHERE type = 'table' AND name = 'commission_blocks';
PRAGMA writable_schema = RESET;
CREATE INDEX exceptions_by_subject ON exceptions (subject) WHERE status = 'OPEN' AND subject <> '';
CREATE INDEX exceptions_by_print ON exceptions (row_print) WHERE status IN ('OPEN', 'DISMISSED') AND row_print IS NOT NULL;
CREATE INDEX exceptions_by_closer ON exceptions (closed_by) WHERE closed_by IS NOT NULL;
UPDATE exceptions SET subject = trim(coalesce(json_extract(row,
    CASE (SELECT kind FROM imports i WHERE i.import_key = exceptions.import_key)
        WHEN 'bookings' THEN '$.booking_id' WHEN 'disputes' THEN '$.dispute_id' WHEN 'stripe-payments' THEN '$.id' ELSE '$.host_id' END), ''))
WHERE json_valid(row);
ALTER TABLE commission_blocks ADD COLUMN exception_key INTEGER REFERENCES exceptions; -- the row that waits
CREATE INDEX commission_blocks_of_exception ON commission_blocks (exception_key) WHERE exception_key IS NOT NULL;

-- Rows of a file that wait already as an exception of an earlier file.
CREATE TABLE exception_repeats (
    import_key    INTEGER NOT NULL REFERENCES imports,
    line          INTEGER NOT NULL,
    exception_key INTEGER NOT NULL REFERENCES exceptions,
    PRIMARY KEY (import_key, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX exception_repeats_of_exception ON exception_repeats (exception_key);

-- What a person settled for two ids: it is never asked again.
CREATE TABLE settled_ids (
    kind       TEXT NOT NULL CHECK (kind IN ('booking', 'conversation', 'host')),
    id         TEXT NOT NULL,            -- as the file writes it
    other_id   TEXT NOT NULL,            -- the one that is known
    how        TEXT NOT NULL CHECK (how IN ('SECOND_SEAT', 'DISMISSED', 'NEW', 'KNOWN')),
    reason     TEXT NOT NULL,
    settled_at INTEGER NOT NULL,
    settled_by TEXT NOT NULL,
    PRIMARY KEY (kind, id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX settled_ids_of_other ON settled_ids (other_id);

-- Which bookings name a charge or a payment intent, by 63 bits of the id's SHA-256. A hint: the
-- booking's own row says what it names now.
CREATE TABLE payment_ids (
    hash        INTEGER NOT NULL,
    booking_key INTEGER NOT NULL,
    PRIMARY KEY (hash, booking_key)
) STRICT, WITHOUT ROWID;
-- Ids of bookings that hold capitals or other hyphens than -, by what they fold to: another id may
-- look like one of them. Ids without such are found as they are.
CREATE TABLE odd_ids (
    folded      TEXT NOT NULL,
    booking_key INTEGER NOT NULL,
    PRIMARY KEY (folded, booking_key)
) STRICT, WITHOUT ROWID;
-- Those that several bookings name.
CREATE TABLE shared_payments (hash INTEGER PRIMARY KEY) STRICT;
-- Cancelled bookings whose charge another booking carries now.
CREATE TABLE moved_bookings (
    booking_key INTEGER PRIMARY KEY REFERENCES bookings,
    other_key   INTEGER NOT NULL REFERENCES bookings
) STRICT;
