-- Institutions, hosts and their tiers.

CREATE TABLE institutions (
    institution_key INTEGER PRIMARY KEY,
    institution_id  TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    schedule        TEXT NOT NULL CHECK (schedule IN ('WEEKLY', 'BIWEEKLY', 'MONTHLY')),
    uses_tiers      INTEGER NOT NULL CHECK (uses_tiers IN (0, 1)),
    active          INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

-- An institution's rate by date; since NULL: since ever.
CREATE TABLE institution_rates (
    rate_key        INTEGER PRIMARY KEY,
    institution_key INTEGER NOT NULL REFERENCES institutions,
    since           INTEGER,
    rate_bp         INTEGER NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    set_at          INTEGER NOT NULL,
    set_by          TEXT NOT NULL
) STRICT;

INSERT INTO institutions VALUES (1, 'platform-creators', 'Platform Creators', 'WEEKLY', 1, 1);
INSERT INTO institution_rates VALUES (1, 1, NULL, 7000, 0, '');

-- A row is the newest version; what it superseded is in host_versions.
CREATE TABLE hosts (
    host_key          INTEGER PRIMARY KEY,
    host_id           TEXT NOT NULL UNIQUE,
    name              TEXT NOT NULL,
    email             TEXT NOT NULL,
    country           TEXT NOT NULL,
    institution_key   INTEGER NOT NULL REFERENCES institutions,
    status            INTEGER NOT NULL CHECK (status BETWEEN 1 AND 7), -- HostStatus::ALL; 7: known only from bookings
    approved_on       INTEGER,
    teaching_years    INTEGER NOT NULL,
    stripe_account_id TEXT NOT NULL,
    payouts_enabled   INTEGER NOT NULL CHECK (payouts_enabled IN (0, 1)),
    content           TEXT,              -- JSON: the whole row of the export; NULL: known only from bookings
    content_hash      BLOB NOT NULL,
    updated_at        INTEGER,
    import_key        INTEGER NOT NULL REFERENCES imports,
    line              INTEGER NOT NULL,
    paused_reason     TEXT,              -- a person paused the payouts
    paused_by         TEXT,
    paused_at         INTEGER
) STRICT;
CREATE INDEX hosts_of_import ON hosts (import_key);

CREATE TABLE host_versions (
    host_key      INTEGER NOT NULL REFERENCES hosts,
    version       INTEGER NOT NULL,      -- from 1, oldest first
    content       TEXT,
    content_hash  BLOB NOT NULL,
    updated_at    INTEGER,
    import_key    INTEGER NOT NULL REFERENCES imports,
    line          INTEGER NOT NULL,
    superseded_by INTEGER REFERENCES imports, -- NULL: by an undo
    PRIMARY KEY (host_key, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX host_versions_by_successor ON host_versions (superseded_by);

CREATE TRIGGER host_versions_no_update BEFORE UPDATE ON host_versions
BEGIN SELECT RAISE(ABORT, 'superseded versions are never changed'); END;
CREATE TRIGGER host_versions_no_delete BEFORE DELETE ON host_versions
BEGIN SELECT RAISE(ABORT, 'superseded versions are never deleted'); END;

-- Effective-dated tiers. A row that turned out wrong is replaced, never changed: superseded_at.
CREATE TABLE host_commission_tiers (
    tier_key       INTEGER PRIMARY KEY,
    host_key       INTEGER NOT NULL REFERENCES hosts,
    tier           TEXT NOT NULL CHECK (tier IN ('BEGINNER', 'INTERMEDIATE', 'EXPERT')),
    rate_bp        INTEGER NOT NULL,
    effective_from INTEGER NOT NULL,
    effective_to   INTEGER,              -- first day on which it no longer holds
    because        TEXT NOT NULL,
    is_initial     INTEGER NOT NULL CHECK (is_initial IN (0, 1)),
    recorded_at    INTEGER NOT NULL,
    superseded_at  INTEGER
) STRICT;
CREATE INDEX host_commission_tiers_of_host ON host_commission_tiers (host_key) WHERE superseded_at IS NULL;
