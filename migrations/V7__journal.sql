-- The journal. An entry holds its kind and one amount per leg; which account a leg touches is
-- fixed per kind, and postings are a view.

-- Accounts by number (journal::Account::ALL); a host account is one account per host.
CREATE TABLE accounts (
    account  INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    per_host INTEGER NOT NULL CHECK (per_host IN (0, 1))
) STRICT;
INSERT INTO accounts VALUES
    (1, 'assets:stripe', 0), (2, 'assets:bank', 0), (3, 'liabilities:deferred bookings', 0),
    (4, 'liabilities:hosts', 1), (5, 'liabilities:payouts in transit', 0), (6, 'equity:opening', 0),
    (7, 'income:platform fees', 0), (8, 'income:cancellations', 0), (9, 'income:voided commissions', 0),
    (10, 'expenses:processing fees', 0), (11, 'expenses:adjustments', 0), (12, 'expenses:bad debts', 0);

-- What each kind posts (journal::EntryKind::ALL). Never changed: a new rule is a new kind.
CREATE TABLE posting_rules (
    kind    INTEGER NOT NULL,
    leg     INTEGER NOT NULL CHECK (leg BETWEEN 1 AND 4),
    account INTEGER NOT NULL REFERENCES accounts,
    PRIMARY KEY (kind, leg)
) STRICT, WITHOUT ROWID;
INSERT INTO posting_rules VALUES
    (1, 1, 1), (1, 2, 3),                          -- paid
    (2, 1, 3), (2, 2, 4), (2, 3, 7), (2, 4, 10),   -- session completed
    (3, 1, 3), (3, 2, 1),                          -- refund
    (4, 1, 3), (4, 2, 8), (4, 3, 10),              -- void
    (5, 1, 3), (5, 2, 9), (5, 3, 7), (5, 4, 10),   -- voided by a person
    (6, 1, 1), (6, 2, 3),                          -- actual fee differs, while PENDING
    (7, 1, 1), (7, 2, 10),                         -- actual fee differs, from PROCESSED on
    (8, 1, 4), (8, 2, 5),                          -- payout sent
    (9, 1, 5), (9, 2, 1),                          -- payout completed, Stripe
    (10, 1, 5), (10, 2, 2),                        -- payout completed, payment or bank file
    (11, 1, 1), (11, 2, 4),                        -- payout reversed
    (12, 1, 4), (12, 2, 11),                       -- correction by a person
    (13, 1, 4), (13, 2, 12),                       -- write-off
    (14, 1, 4), (14, 2, 6);                        -- cutover

CREATE TABLE journal_entries (
    entry_key      INTEGER PRIMARY KEY,
    kind           INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 14),
    sign           INTEGER NOT NULL CHECK (sign IN (1, -1)),
    effective_date INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    host_key       INTEGER REFERENCES hosts,
    booking_key    INTEGER REFERENCES bookings,
    payout_key     INTEGER REFERENCES host_payouts,
    adjustment_key INTEGER REFERENCES adjustments,
    leg1           INTEGER NOT NULL,
    leg2           INTEGER NOT NULL,
    leg3           INTEGER NOT NULL DEFAULT 0,
    leg4           INTEGER NOT NULL DEFAULT 0,
    reverses       INTEGER REFERENCES journal_entries,
    CHECK (leg1 + leg2 + leg3 + leg4 = 0),
    CHECK ((sign = -1) = (reverses IS NOT NULL))
) STRICT;
CREATE INDEX journal_entries_of_booking ON journal_entries (booking_key) WHERE booking_key IS NOT NULL;
CREATE INDEX journal_entries_of_payout ON journal_entries (payout_key) WHERE payout_key IS NOT NULL;
CREATE INDEX journal_entries_rare_kinds ON journal_entries (kind) WHERE kind > 3;
-- An entry is reversed once.
CREATE UNIQUE INDEX one_reversal_per_entry ON journal_entries (reverses) WHERE reverses IS NOT NULL;

CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;
CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END;
-- A reversal has its original's kind, subject and amounts.
CREATE TRIGGER journal_entries_reversal BEFORE INSERT ON journal_entries
WHEN NEW.reverses IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM journal_entries o
    WHERE o.entry_key = NEW.reverses AND o.sign = 1 AND o.kind = NEW.kind AND o.currency = NEW.currency
      AND o.leg1 = NEW.leg1 AND o.leg2 = NEW.leg2 AND o.leg3 = NEW.leg3 AND o.leg4 = NEW.leg4
      AND o.host_key IS NEW.host_key AND o.booking_key IS NEW.booking_key AND o.payout_key IS NEW.payout_key)
BEGIN SELECT RAISE(ABORT, 'a reversal repeats its original'); END;

CREATE VIEW postings AS
SELECT e.entry_key, r.leg, r.account, e.host_key, e.currency,
       e.sign * CASE r.leg WHEN 1 THEN e.leg1 WHEN 2 THEN e.leg2 WHEN 3 THEN e.leg3 ELSE e.leg4 END AS amount_minor
FROM journal_entries e JOIN posting_rules r ON r.kind = e.kind;
