-- Conversations and their bookings, as the platform exports them.

CREATE TABLE conversations (
    conversation_key INTEGER PRIMARY KEY,
    conversation_id  TEXT NOT NULL UNIQUE,
    title            TEXT NOT NULL,
    type             TEXT NOT NULL,
    language         TEXT NOT NULL
) STRICT;

-- A row is the newest version; what it superseded is in booking_versions.
CREATE TABLE bookings (
    booking_key          INTEGER PRIMARY KEY,
    booking_id           TEXT NOT NULL UNIQUE,
    conversation_key     INTEGER NOT NULL REFERENCES conversations,
    host_key             INTEGER NOT NULL REFERENCES hosts,
    participant_id       TEXT NOT NULL,
    participant_email    TEXT NOT NULL,
    booked_at            INTEGER NOT NULL,
    starts_at            INTEGER NOT NULL,
    ends_at              INTEGER NOT NULL,
    status               INTEGER NOT NULL CHECK (status BETWEEN 1 AND 7), -- BookingStatus::ALL
    price_minor          INTEGER NOT NULL CHECK (price_minor >= 0),
    currency             TEXT NOT NULL,
    processing_fee_minor INTEGER,        -- actual; NULL: estimated
    refunded_minor       INTEGER NOT NULL CHECK (refunded_minor BETWEEN 0 AND price_minor),
    refunded_at          INTEGER,
    payment_intent_id    TEXT NOT NULL,
    charge_id            TEXT NOT NULL,
    rating               INTEGER,
    cancelled_at         INTEGER,
    updated_at           INTEGER,
    extra                TEXT,           -- JSON: columns that the format doesn't know
    content_hash         BLOB NOT NULL,
    import_key           INTEGER NOT NULL REFERENCES imports,
    line                 INTEGER NOT NULL,
    withdrawn            INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)) -- its import was undone
) STRICT;

CREATE TABLE booking_versions (
    booking_key   INTEGER NOT NULL REFERENCES bookings,
    version       INTEGER NOT NULL,      -- from 1, oldest first
    content       TEXT NOT NULL,         -- JSON: the whole row
    updated_at    INTEGER,
    import_key    INTEGER NOT NULL REFERENCES imports,
    line          INTEGER NOT NULL,
    superseded_by INTEGER REFERENCES imports, -- NULL: by an undo
    PRIMARY KEY (booking_key, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_versions_by_successor ON booking_versions (superseded_by);

CREATE TRIGGER booking_versions_no_update BEFORE UPDATE ON booking_versions
BEGIN SELECT RAISE(ABORT, 'superseded versions are never changed'); END;
CREATE TRIGGER booking_versions_no_delete BEFORE DELETE ON booking_versions
BEGIN SELECT RAISE(ABORT, 'superseded versions are never deleted'); END;
CREATE TRIGGER bookings_no_delete BEFORE DELETE ON bookings
BEGIN SELECT RAISE(ABORT, 'bookings are never deleted'); END;
