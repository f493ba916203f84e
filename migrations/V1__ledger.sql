-- The ledger itself: who it is, who may use it, its settings, and the audit chain.
-- Everywhere: dates are days since 1970-01-01, instants are microseconds since 1970 in UTC, and
-- amounts are minor units of the currency that stands beside them.

-- Single facts: ledger_id, name, created_at, practice_date.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- People. The passphrase and the signing key are not here but in the key slots beside this file.
CREATE TABLE users (
    user_key   INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    roles      TEXT NOT NULL,            -- words separated by spaces: admin preparer approver viewer
    public_key TEXT NOT NULL,            -- Ed25519, hexadecimal; approvals are checked against it
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

-- Changes of settings; the newest with since <= a day holds on that day. Shipped values are code.
CREATE TABLE settings (
    setting_key INTEGER PRIMARY KEY,
    key         TEXT NOT NULL,
    value       TEXT NOT NULL,
    since       INTEGER NOT NULL,
    set_at      INTEGER NOT NULL,
    set_by      TEXT NOT NULL,
    reason      TEXT NOT NULL
) STRICT;

-- What people and jobs did, written in the same transaction as what it records.
-- hash covers the event and the hash before it.
CREATE TABLE audit_events (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    user     TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    details  TEXT NOT NULL,              -- JSON, without secrets
    hash     TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END;
