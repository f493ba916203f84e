-- A ledger that starts in mid-life: what hosts were paid before it, and what was owed beyond bookings.

-- Paid before this ledger began: PAID by cutover, frozen, and in no payout of this ledger.
ALTER TABLE host_commissions ADD COLUMN paid_outside INTEGER NOT NULL DEFAULT 0
    CHECK (paid_outside = 0 OR (paid_outside = 1 AND status = 3 AND frozen = 1 AND frozen_fee_minor IS NOT NULL));
CREATE INDEX host_commissions_paid_outside ON host_commissions (host_key) WHERE paid_outside = 1;

CREATE INDEX adjustments_of_import ON adjustments (import_key) WHERE import_key IS NOT NULL;

-- Opening balances are a kind of file and of adjustment. Only the lists of words grow, so the tables'
-- text is changed in place.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (kind IN (''hosts'', ', 'CHECK (kind IN (''hosts'', ''opening-balances'', ')
WHERE type = 'table' AND name = 'imports';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (kind IN (''CLAWBACK'', ', 'CHECK (kind IN (''CLAWBACK'', ''OPENING'', ')
WHERE type = 'table' AND name = 'adjustments';
PRAGMA writable_schema = RESET;
