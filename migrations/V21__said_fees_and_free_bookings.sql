-- What files and Stripe say of the bank's fee of a dispute, each source's last word: undoing a file
-- takes its word back, and the newest of the others stands (docs/domain.md §3, §8).
CREATE TABLE dispute_fees (
    fee_key      INTEGER PRIMARY KEY,
    dispute_key  INTEGER NOT NULL REFERENCES disputes,
    import_key   INTEGER REFERENCES imports,  -- NULL: said by Stripe itself, or before V21
    step         INTEGER NOT NULL,            -- of the change that brought it
    fee_minor    INTEGER NOT NULL CHECK (fee_minor >= 0),
    fee_currency TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dispute_fees_once ON dispute_fees (dispute_key, coalesce(import_key, 0));
CREATE INDEX dispute_fees_of_import ON dispute_fees (import_key) WHERE import_key IS NOT NULL;
INSERT INTO dispute_fees (dispute_key, step, fee_minor, fee_currency)
SELECT dispute_key, 0, fee_minor, fee_currency FROM disputes WHERE fee_said = 1 AND fee_minor IS NOT NULL;

-- A host whose bookings were all free has no split, and is spoken of all the same.
CREATE INDEX bookings_free ON bookings (host_key) WHERE price_minor = 0;
