-- A batch is submitted for one rail, and an approval names it; another rail is a new submission.
ALTER TABLE payout_batches ADD COLUMN submission INTEGER NOT NULL DEFAULT 0; -- 0: from before rails were fixed
ALTER TABLE payout_batches ADD COLUMN submit_rail TEXT CHECK (submit_rail IN ('file', 'stripe'));
ALTER TABLE payout_batches ADD COLUMN submit_account TEXT CHECK ((submit_rail = 'stripe') = (submit_account IS NOT NULL));
ALTER TABLE payout_batches ADD COLUMN submit_livemode INTEGER CHECK ((submit_livemode IS NULL) = (submit_account IS NULL));
ALTER TABLE approvals ADD COLUMN submission INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN remark TEXT; -- what was to be said of the approver's key
-- Once for each thing that is approved: a batch that changed is approved anew, also by the same person.
DROP INDEX approvals_once;
CREATE UNIQUE INDEX approvals_once ON approvals (batch_key, approver, submission, digest);
UPDATE payout_batches SET submit_rail = 'stripe', submit_account = a.stripe_account, submit_livemode = a.livemode
FROM approvals a WHERE a.batch_key = payout_batches.batch_key AND a.digest = payout_batches.digest AND a.stripe_account IS NOT NULL;
UPDATE payout_batches SET submit_rail = 'file'
WHERE submit_rail IS NULL AND batch_key IN (SELECT batch_key FROM approvals);

-- The names of hosts as prepared are part of what is approved.
ALTER TABLE host_payouts ADD COLUMN digest_form INTEGER NOT NULL DEFAULT 1 CHECK (digest_form IN (1, 2)); -- 2: with the name

-- The story of every person's key: made when and by whom, and how it ended.
CREATE TABLE user_keys (
    user_key_no INTEGER PRIMARY KEY,
    name        TEXT NOT NULL COLLATE NOCASE,
    public_key  TEXT NOT NULL,
    since       INTEGER NOT NULL,
    how         TEXT NOT NULL CHECK (how IN ('CREATED', 'ADDED', 'RECOVERED', 'EARLIER')),
    made_by     TEXT NOT NULL,           -- of a recovered one: who made the recovery key; empty: not known
    ended_at    INTEGER,
    ended_how   TEXT CHECK (ended_how IN ('REMOVED', 'REPLACED') AND (ended_how IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE INDEX user_keys_of ON user_keys (name);
INSERT INTO user_keys (name, public_key, since, how, made_by, ended_at, ended_how)
SELECT u.name, u.public_key, coalesce(e.at, u.created_at),
       CASE e.action WHEN 'users.recover' THEN 'RECOVERED' WHEN 'users.add' THEN 'ADDED' ELSE 'CREATED' END,
       CASE e.action WHEN 'users.recover'
                     THEN coalesce((SELECT k.user FROM audit_events k WHERE k.action = 'users.recovery_key' AND k.seq < e.seq ORDER BY k.seq DESC LIMIT 1), '')
                     WHEN 'users.add' THEN e.user ELSE u.name END,
       u.removed_at, iif(u.removed_at IS NULL, NULL, 'REMOVED')
FROM users u LEFT JOIN audit_events e ON e.seq = (
    SELECT max(x.seq) FROM audit_events x WHERE x.action IN ('users.add', 'users.recover') AND x.subject = u.name COLLATE NOCASE);
-- Keys that signed and are nobody's any more.
INSERT INTO user_keys (name, public_key, since, how, made_by, ended_at, ended_how)
SELECT a.approver, a.public_key, 0, 'EARLIER', '', max(a.approved_at) + 1, 'REPLACED'
FROM approvals a WHERE NOT EXISTS (SELECT 1 FROM user_keys k WHERE k.name = a.approver AND k.public_key = a.public_key)
GROUP BY a.approver, a.public_key;
