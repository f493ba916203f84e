-- Commissions, what blocks them, and adjustments of hosts' balances.

-- One per booking. Kept narrow: processing and preparing go through all of them.
CREATE TABLE host_commissions (
    booking_key             INTEGER PRIMARY KEY REFERENCES bookings,
    host_key                INTEGER NOT NULL,
    currency                TEXT NOT NULL,
    status                  INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4), -- CommissionStatus::ALL
    session_done            INTEGER NOT NULL CHECK (session_done IN (0, 1)),
    payable_on              INTEGER NOT NULL,
    rate_bp                 INTEGER NOT NULL,
    platform_fee_minor      INTEGER NOT NULL, -- F, H and B as shown: zero while VOID, as sent once frozen
    processing_fee_minor    INTEGER NOT NULL, -- f of today's split, also while VOID
    host_amount_minor       INTEGER NOT NULL CHECK (host_amount_minor >= 0),
    borne_by_platform_minor INTEGER NOT NULL CHECK (borne_by_platform_minor >= 0),
    fee_borne_by            INTEGER NOT NULL CHECK (fee_borne_by IN (1, 2)), -- HOST, PLATFORM
    estimate_rate_bp        INTEGER,
    estimate_fixed_minor    INTEGER,
    fee_is_estimate         INTEGER NOT NULL CHECK (fee_is_estimate IN (0, 1)),
    hold_days               INTEGER NOT NULL,
    processed_on            INTEGER,     -- terms and fee stay from then on
    frozen                  INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)), -- its payout left once
    frozen_fee_minor        INTEGER,     -- f as sent; processing_fee_minor is that of today's facts
    voided_by               TEXT,        -- a person
    voided_on               INTEGER,
    void_reason             TEXT
) STRICT;
CREATE INDEX host_commissions_by_status ON host_commissions (status);
CREATE INDEX host_commissions_of_host ON host_commissions (host_key);

CREATE TABLE commission_blocks (
    block_key      INTEGER PRIMARY KEY,
    block_id       TEXT NOT NULL UNIQUE,
    booking_key    INTEGER NOT NULL REFERENCES host_commissions,
    kind           TEXT NOT NULL CHECK (kind IN ('HOLD', 'FRAUD_FLAG', 'DISPUTE')),
    rule           TEXT,
    reason         TEXT NOT NULL,
    opened_at      INTEGER NOT NULL,
    opened_on      INTEGER NOT NULL,
    opened_by      TEXT NOT NULL,        -- empty: the daily job
    released_at    INTEGER,
    released_by    TEXT,
    release_reason TEXT,
    CHECK ((kind = 'FRAUD_FLAG') = (rule IS NOT NULL))
) STRICT;
CREATE INDEX commission_blocks_of_booking ON commission_blocks (booking_key);
CREATE INDEX commission_blocks_open ON commission_blocks (booking_key) WHERE released_at IS NULL;
-- A flag is settled once per booking and rule.
CREATE UNIQUE INDEX commission_blocks_flag_once ON commission_blocks (booking_key, rule) WHERE kind = 'FRAUD_FLAG';

CREATE TABLE adjustments (
    adjustment_key INTEGER PRIMARY KEY,
    adjustment_id  TEXT NOT NULL UNIQUE,
    host_key       INTEGER NOT NULL REFERENCES hosts,
    currency       TEXT NOT NULL,
    amount_minor   INTEGER NOT NULL CHECK (amount_minor <> 0), -- positive: for the host
    kind           TEXT NOT NULL CHECK (kind IN ('CLAWBACK', 'CORRECTION', 'CARRIED_REMAINDER')),
    booking_key    INTEGER REFERENCES host_commissions, -- whose restatement it comes from
    reason         TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
    created_at     INTEGER NOT NULL,
    created_on     INTEGER NOT NULL,
    created_by     TEXT NOT NULL,
    decided_at     INTEGER,
    decided_by     TEXT,
    import_key     INTEGER REFERENCES imports -- the import that caused a clawback
) STRICT;
CREATE INDEX adjustments_of_host ON adjustments (host_key);
CREATE INDEX adjustments_of_booking ON adjustments (booking_key) WHERE booking_key IS NOT NULL;
