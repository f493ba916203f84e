-- Money that came back after a payout was settled, as a person recorded it, and last payouts of
-- hosts who leave.

-- One row per return. All of a payout in one go: the payout is REVERSED and no adjustment is made.
CREATE TABLE payout_returns (
    return_key     INTEGER PRIMARY KEY,
    return_id      TEXT NOT NULL UNIQUE,
    payout_key     INTEGER NOT NULL REFERENCES host_payouts,
    amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
    returned_on    INTEGER NOT NULL,        -- the day on which the bank gave it back
    reason         TEXT NOT NULL,
    adjustment_key INTEGER REFERENCES adjustments, -- what a part is due by; NULL: all of it came back
    recorded_at    INTEGER NOT NULL,
    recorded_by    TEXT NOT NULL,
    undone_at      INTEGER,                 -- a person recorded it in error and took it back
    undone_by      TEXT,
    undone_why     TEXT,
    CHECK ((undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_why IS NULL))
) STRICT;
CREATE INDEX payout_returns_of_payout ON payout_returns (payout_key);
-- The very same return isn't recorded twice.
CREATE UNIQUE INDEX payout_returns_once ON payout_returns (payout_key, amount_minor, returned_on, reason) WHERE undone_at IS NULL;
CREATE TRIGGER payout_returns_no_change BEFORE UPDATE OF return_id, payout_key, amount_minor, returned_on, reason, adjustment_key, recorded_at, recorded_by ON payout_returns
BEGIN SELECT RAISE(ABORT, 'what a bank returned is never changed'); END;
CREATE TRIGGER payout_returns_undone_stays BEFORE UPDATE ON payout_returns
WHEN OLD.undone_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was taken back stays taken back'); END;
CREATE TRIGGER payout_returns_no_delete BEFORE DELETE ON payout_returns
BEGIN SELECT RAISE(ABORT, 'what a bank returned is never deleted'); END;

-- What Stripe's list shows of a return that a person had recorded before: it is posted once.
CREATE TABLE returns_at_stripe (
    reversal_id  TEXT PRIMARY KEY REFERENCES stripe_reversals,
    payout_key   INTEGER NOT NULL REFERENCES host_payouts,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX returns_at_stripe_of_payout ON returns_at_stripe (payout_key);
CREATE TRIGGER returns_at_stripe_no_update BEFORE UPDATE ON returns_at_stripe
BEGIN SELECT RAISE(ABORT, 'what was matched with Stripe stays matched'); END;
CREATE TRIGGER returns_at_stripe_no_delete BEFORE DELETE ON returns_at_stripe
BEGIN SELECT RAISE(ABORT, 'what was matched with Stripe stays matched'); END;

-- All that came back of payouts, each amount once: what people recorded, and what Stripe showed
-- beyond that.
CREATE VIEW money_back AS
SELECT r.payout_key, r.amount_minor, r.returned_on, NULL AS reversed_at, r.adjustment_key, r.return_id, NULL AS reversal_id, r.reason, r.recorded_by, r.recorded_at
FROM payout_returns r WHERE r.undone_at IS NULL
UNION ALL
SELECT v.payout_key, v.amount_minor - coalesce(c.amount_minor, 0), NULL, v.reversed_at, v.adjustment_key, NULL, v.reversal_id, NULL, NULL, v.recorded_at
FROM stripe_reversals v LEFT JOIN returns_at_stripe c USING (reversal_id)
WHERE v.amount_minor > coalesce(c.amount_minor, 0);

CREATE TRIGGER payout_returns_at_most_the_payout BEFORE INSERT ON payout_returns
WHEN NEW.amount_minor + (SELECT coalesce(sum(m.amount_minor), 0) FROM money_back m WHERE m.payout_key = NEW.payout_key)
     > (SELECT p.amount_minor FROM host_payouts p WHERE p.payout_key = NEW.payout_key)
BEGIN SELECT RAISE(ABORT, 'no more comes back than left'); END;

INSERT INTO posting_rules VALUES
    (24, 1, 2), (24, 2, 4);                        -- payout returned by a bank

-- A host's next payout goes whatever the minimum, and although the host's account is closed, once a
-- second person approved it. Shown among the adjustments under its id; it is no amount, so it is
-- never a line.
CREATE TABLE final_payouts (
    final_key      INTEGER PRIMARY KEY,
    adjustment_id  TEXT NOT NULL UNIQUE,
    host_key       INTEGER NOT NULL REFERENCES hosts,
    reason         TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'USED')),
    created_at     INTEGER NOT NULL,
    created_on     INTEGER NOT NULL,
    created_by     TEXT NOT NULL,
    decided_at     INTEGER,                 -- approved or rejected
    decided_by     TEXT,
    ended_at       INTEGER,                 -- withdrawn, or used
    ended_by       TEXT,
    used_batch_key INTEGER REFERENCES payout_batches,
    CHECK ((status = 'PROPOSED') = (decided_by IS NULL)),
    CHECK (status NOT IN ('APPROVED', 'WITHDRAWN', 'USED') OR decided_by <> created_by), -- two people
    CHECK ((status IN ('WITHDRAWN', 'USED')) = (ended_by IS NOT NULL)),
    CHECK ((status = 'USED') = (used_batch_key IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_final_payout_per_host ON final_payouts (host_key) WHERE status IN ('PROPOSED', 'APPROVED');
CREATE TRIGGER final_payouts_no_delete BEFORE DELETE ON final_payouts
BEGIN SELECT RAISE(ABORT, 'final payouts are never deleted'); END;
CREATE TRIGGER final_payouts_no_change BEFORE UPDATE OF adjustment_id, host_key, reason, created_at, created_on, created_by ON final_payouts
BEGIN SELECT RAISE(ABORT, 'a final payout stays as it was proposed'); END;

-- Payouts that were prepared under a final payout.
CREATE TABLE payouts_let_go (
    payout_key INTEGER PRIMARY KEY REFERENCES host_payouts,
    final_key  INTEGER NOT NULL REFERENCES final_payouts
) STRICT;
CREATE INDEX payouts_let_go_by_final ON payouts_let_go (final_key);
