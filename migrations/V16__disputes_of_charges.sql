-- One dispute may be about several bookings that one charge paid, is told in another currency, and
-- costs a fee that is a setting or the bank's own figure.

-- The outside's id is shared by the bookings of one charge; each has its row.
ALTER TABLE disputes RENAME COLUMN dispute_id TO row_id; -- made here, for this row alone; before V16 the dispute's own
ALTER TABLE disputes ADD COLUMN dispute_id TEXT NOT NULL DEFAULT ''; -- the platform's or Stripe's; made here where a person entered it without one
UPDATE disputes SET dispute_id = row_id;
CREATE UNIQUE INDEX disputes_once ON disputes (dispute_id, booking_key);

-- What the outside says in a currency that isn't the booking's; the amount is a person's then.
ALTER TABLE disputes ADD COLUMN said_minor INTEGER;
ALTER TABLE disputes ADD COLUMN said_currency TEXT CHECK ((said_minor IS NULL) = (said_currency IS NULL));

-- The bank's fee as it was decided, and whether that is the outside's own figure; fee_posted says
-- whether it stands in the journal. It stands with one row of a dispute.
ALTER TABLE disputes ADD COLUMN fee_minor INTEGER CHECK (fee_minor >= 0);
ALTER TABLE disputes ADD COLUMN fee_currency TEXT CHECK ((fee_minor IS NULL) = (fee_currency IS NULL));
ALTER TABLE disputes ADD COLUMN fee_said INTEGER NOT NULL DEFAULT 0 CHECK (fee_said IN (0, 1));
UPDATE disputes SET fee_minor = 1500, fee_currency = 'USD' WHERE fee_posted = 1; -- what it was until now
