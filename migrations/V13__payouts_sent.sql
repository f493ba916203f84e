-- When a payout left, whatever became of it: what a later payout to the host is compared with.
-- NULL: it never left. A payout that was stale or dropped isn't one that was sent.
ALTER TABLE host_payouts ADD COLUMN sent_at INTEGER;
UPDATE host_payouts SET sent_at = (
    SELECT max(e.recorded_at) FROM journal_entries e
    WHERE e.payout_key = host_payouts.payout_key AND e.kind = 8 AND e.sign = 1); -- payout sent
CREATE INDEX host_payouts_sent ON host_payouts (host_key, sent_at) WHERE sent_at IS NOT NULL;

-- Whose account is it?
CREATE INDEX hosts_of_account ON hosts (stripe_account_id) WHERE stripe_account_id <> '';
