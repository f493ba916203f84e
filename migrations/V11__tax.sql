-- Tax: who hosts are to the tax authority, what is withheld of their payouts, and forms 1099-K
-- (docs/tax.md). Amounts on forms are US cents.

-- What a W-9 or W-8 says. The TIN is sealed once more inside the encrypted file (DataKey, purpose
-- "tin"); beside it stand its last four digits and a keyed fingerprint that tells which profiles
-- share one.
CREATE TABLE tax_profiles (
    profile_key    INTEGER PRIMARY KEY,
    host_key       INTEGER NOT NULL REFERENCES hosts,
    form           TEXT NOT NULL CHECK (form IN ('W-9', 'W-8BEN', 'W-8BEN-E')),
    legal_name     TEXT NOT NULL,
    business_name  TEXT NOT NULL,
    tin_type       TEXT CHECK (tin_type IN ('SSN', 'EIN', 'ITIN', 'ATIN')),
    tin_sealed     BLOB,                 -- NULL: none given, or not nine digits
    tin_last4      TEXT NOT NULL,
    tin_print      BLOB,
    tin_problem    TEXT,                 -- in words
    tin_impossible INTEGER NOT NULL CHECK (tin_impossible IN (0, 1)),
    address_line1  TEXT NOT NULL,
    address_line2  TEXT NOT NULL,
    city           TEXT NOT NULL,
    state          TEXT NOT NULL,
    postal_code    TEXT NOT NULL,
    country        TEXT NOT NULL,
    signed_on      INTEGER,
    expires_on     INTEGER,              -- a W-8's last day
    content_print  BLOB NOT NULL,        -- keyed fingerprint of all of it
    import_key     INTEGER REFERENCES imports, -- NULL: by hand
    line           INTEGER,
    recorded_at    INTEGER NOT NULL,
    recorded_by    TEXT NOT NULL,
    current        INTEGER NOT NULL CHECK (current IN (0, 1)),
    undone         INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    CHECK ((tin_sealed IS NULL) = (tin_print IS NULL)),
    CHECK (current = 0 OR undone = 0)
) STRICT;
CREATE UNIQUE INDEX tax_profiles_current ON tax_profiles (host_key) WHERE current = 1;
CREATE INDEX tax_profiles_of_host ON tax_profiles (host_key);
CREATE INDEX tax_profiles_of_import ON tax_profiles (import_key) WHERE import_key IS NOT NULL;
CREATE INDEX tax_profiles_of_tin ON tax_profiles (tin_print) WHERE current = 1;
CREATE TRIGGER tax_profiles_no_delete BEFORE DELETE ON tax_profiles
BEGIN SELECT RAISE(ABORT, 'tax profiles are never deleted'); END;
CREATE TRIGGER tax_profiles_no_update BEFORE UPDATE OF host_key, form, legal_name, tin_sealed, tin_print, address_line1, state, signed_on ON tax_profiles
BEGIN SELECT RAISE(ABORT, 'a tax profile that says something else is a new one'); END;

-- The IRS's answers to bulk TIN matching; they are about a TIN with a name.
CREATE TABLE tin_matches (
    host_key    INTEGER NOT NULL REFERENCES hosts,
    profile_key INTEGER NOT NULL REFERENCES tax_profiles,
    code        INTEGER NOT NULL CHECK (code BETWEEN 0 AND 8),
    answered_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (host_key, profile_key)
) STRICT, WITHOUT ROWID;

-- Notices of the IRS about a host (CP2100 and the like).
CREATE TABLE tax_notices (
    notice_key    INTEGER PRIMARY KEY,
    notice_id     TEXT NOT NULL UNIQUE,
    host_key      INTEGER NOT NULL REFERENCES hosts,
    kind          TEXT NOT NULL CHECK (kind IN ('B', 'C')), -- B: name and TIN don't match; C: underreporting
    received_on   INTEGER NOT NULL,
    withhold_from INTEGER NOT NULL,
    note          TEXT NOT NULL,
    recorded_at   INTEGER NOT NULL,
    recorded_by   TEXT NOT NULL,
    ended_on      INTEGER,
    ended_by      TEXT,
    end_reason    TEXT
) STRICT;
CREATE INDEX tax_notices_of_host ON tax_notices (host_key);

-- When a form is due and tax is withheld. The newest row of a jurisdiction and first year holds.
CREATE TABLE tax_rules (
    rule_key            INTEGER PRIMARY KEY,
    jurisdiction        TEXT NOT NULL,   -- US, or a state
    from_year           INTEGER NOT NULL,
    to_year             INTEGER,
    amount_minor        INTEGER NOT NULL CHECK (amount_minor >= 0),
    inclusive           INTEGER NOT NULL CHECK (inclusive IN (0, 1)),
    min_transactions    INTEGER NOT NULL CHECK (min_transactions >= 0),
    withholding         TEXT NOT NULL CHECK (withholding IN ('NEVER', 'AFTER_COUNT', 'FIRST_DOLLAR', 'WHEN_CROSSED')),
    withholding_rate_bp INTEGER NOT NULL CHECK (withholding_rate_bp BETWEEN 0 AND 10000),
    is_on               INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    is_sure             INTEGER NOT NULL CHECK (is_sure IN (0, 1)),
    source              TEXT NOT NULL,
    verified_on         INTEGER NOT NULL,
    set_at              INTEGER,         -- NULL: shipped
    set_by              TEXT,
    reason              TEXT NOT NULL
) STRICT;
CREATE INDEX tax_rules_by_year ON tax_rules (jurisdiction, from_year);
CREATE TRIGGER tax_rules_no_update BEFORE UPDATE ON tax_rules
BEGIN SELECT RAISE(ABORT, 'a changed rule is a new row'); END;
CREATE TRIGGER tax_rules_no_delete BEFORE DELETE ON tax_rules
BEGIN SELECT RAISE(ABORT, 'tax rules are never deleted'); END;
-- 20758 is 2026-11-01.
INSERT INTO tax_rules (jurisdiction, from_year, to_year, amount_minor, inclusive, min_transactions, withholding, withholding_rate_bp, is_on, is_sure, source, verified_on, reason) VALUES
    ('US', 2011, 2023, 2000000, 0, 201, 'AFTER_COUNT',  2400, 1, 1, '26 USC 6050W(e), 3406(b)(8)', 20758, ''),
    ('US', 2024, 2024,  500000, 0,   0, 'FIRST_DOLLAR', 2400, 1, 1, 'IRS Notice 2024-85', 20758, ''),
    ('US', 2025, NULL, 2000000, 0, 201, 'WHEN_CROSSED', 2400, 1, 1, '26 USC 6050W(e), 3406(b)(8), as changed in 2025', 20758, ''),
    ('MA', 2018, NULL,   60000, 1,   0, 'NEVER', 0, 1, 1, 'Massachusetts: 600 USD or more', 20758, ''),
    ('VA', 2020, NULL,   60000, 1,   0, 'NEVER', 0, 1, 1, 'Virginia: 600 USD or more', 20758, ''),
    ('VT', 2018, NULL,   60000, 1,   0, 'NEVER', 0, 1, 1, 'Vermont: 600 USD or more', 20758, ''),
    ('MD', 2020, NULL,   60000, 1,   0, 'NEVER', 0, 0, 0, 'Maryland: 600 USD; perhaps 2,000 USD from 2026', 20758, ''),
    ('DC', 2019, NULL,   60000, 1,   0, 'NEVER', 0, 0, 0, 'District of Columbia: 600 USD', 20758, ''),
    ('MT', 2022, NULL,   60000, 1,   0, 'NEVER', 0, 0, 0, 'Montana: 600 USD', 20758, ''),
    ('NJ', 2020, NULL,  100000, 1,   0, 'NEVER', 0, 0, 0, 'New Jersey: 1,000 USD', 20758, ''),
    ('IL', 2020, NULL,  100000, 0,   4, 'NEVER', 0, 0, 0, 'Illinois: more than 1,000 USD and at least 4 transactions', 20758, ''),
    ('AR', 2020, NULL,  250000, 1,   0, 'NEVER', 0, 0, 0, 'Arkansas: 2,500 USD', 20758, '');

-- Which bookings a withheld amount is for.
CREATE TABLE tax_withholdings (
    adjustment_key INTEGER NOT NULL REFERENCES adjustments,
    booking_key    INTEGER NOT NULL REFERENCES host_commissions,
    amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (adjustment_key, booking_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX tax_withholdings_of_booking ON tax_withholdings (booking_key);

-- Forms, and what became of them. The snapshot holds everything that is printed or filed, its TINs
-- sealed; its hash is what a furnished form is known by.
CREATE TABLE tax_forms (
    form_key      INTEGER PRIMARY KEY,
    form_id       TEXT NOT NULL UNIQUE,
    tax_year      INTEGER NOT NULL,
    host_key      INTEGER NOT NULL REFERENCES hosts,
    kind          TEXT NOT NULL CHECK (kind IN ('ORIGINAL', 'CORRECTED', 'ZEROED', 'REPLACEMENT')),
    corrects      INTEGER REFERENCES tax_forms, -- the form that this one puts right
    status        TEXT NOT NULL CHECK (status IN ('DRAFT', 'REVIEWED', 'FURNISHED', 'FILED', 'VOID')),
    snapshot      TEXT NOT NULL,         -- JSON
    sha256        TEXT NOT NULL,
    gross_minor   INTEGER NOT NULL,
    made_at       INTEGER NOT NULL,
    made_by       TEXT NOT NULL,
    reviewed_at   INTEGER,
    reviewed_by   TEXT,
    furnished_at  INTEGER,
    furnished_by  TEXT,
    filed_at      INTEGER,
    filed_by      TEXT,
    filing_key    INTEGER REFERENCES tax_filings,
    void_reason   TEXT,
    CHECK ((kind = 'ORIGINAL') = (corrects IS NULL)),
    CHECK (status IN ('DRAFT', 'VOID') OR reviewed_at IS NOT NULL),
    CHECK (status NOT IN ('FURNISHED', 'FILED') OR furnished_at IS NOT NULL),
    CHECK (reviewed_by IS NULL OR reviewed_by <> made_by COLLATE NOCASE)
) STRICT;
CREATE INDEX tax_forms_of_year ON tax_forms (tax_year, host_key);
CREATE UNIQUE INDEX tax_forms_one_original ON tax_forms (tax_year, host_key) WHERE kind = 'ORIGINAL';
CREATE UNIQUE INDEX tax_forms_one_correction ON tax_forms (corrects, kind) WHERE corrects IS NOT NULL AND status <> 'VOID';
CREATE TRIGGER tax_forms_frozen BEFORE UPDATE OF snapshot, sha256, gross_minor, host_key, tax_year, kind, corrects ON tax_forms
WHEN OLD.status IN ('FURNISHED', 'FILED')
BEGIN SELECT RAISE(ABORT, 'a furnished form stays as it was'); END;
CREATE TRIGGER tax_forms_no_way_back BEFORE UPDATE OF status ON tax_forms
WHEN OLD.status IN ('FURNISHED', 'FILED') AND NEW.status NOT IN ('FURNISHED', 'FILED')
BEGIN SELECT RAISE(ABORT, 'a furnished form is corrected, never taken back'); END;
CREATE TRIGGER tax_forms_no_delete BEFORE DELETE ON tax_forms WHEN OLD.status <> 'DRAFT'
BEGIN SELECT RAISE(ABORT, 'only drafts are dropped'); END;

-- What was written for the tax authorities.
CREATE TABLE tax_filings (
    filing_key INTEGER PRIMARY KEY,
    filing_id  TEXT NOT NULL UNIQUE,
    tax_year   INTEGER NOT NULL,
    files      TEXT NOT NULL,            -- JSON: name and sha256 of each
    forms      INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)), -- written anew before it was recorded
    receipt    TEXT,                     -- what the portal answered
    filed_at   INTEGER,
    filed_by   TEXT
) STRICT;

-- One host's balance, without going through all entries.
CREATE INDEX journal_entries_rare_of_host ON journal_entries (host_key) WHERE kind > 3;

-- The journal learns of withheld tax.
INSERT INTO accounts VALUES (18, 'liabilities:backup withholding', 0);
INSERT INTO posting_rules VALUES (23, 1, 4), (23, 2, 18);
