-- A host whose payee became another one within a year has two forms of it (docs/tax.md §3).
ALTER TABLE tax_forms ADD COLUMN payee_no INTEGER NOT NULL DEFAULT 1 CHECK (payee_no >= 1); -- the host's first payee, second, …
DROP INDEX tax_forms_one_original;
CREATE UNIQUE INDEX tax_forms_one_original ON tax_forms (tax_year, host_key, payee_no) WHERE kind = 'ORIGINAL';
DROP TRIGGER tax_forms_frozen;
CREATE TRIGGER tax_forms_frozen BEFORE UPDATE OF snapshot, sha256, gross_minor, host_key, payee_no, tax_year, kind, corrects ON tax_forms
WHEN OLD.status IN ('FURNISHED', 'FILED')
BEGIN SELECT RAISE(ABORT, 'a furnished form stays as it was'); END;

-- Another answer to the question.
ALTER TABLE tax_answers RENAME TO tax_answers_before;
CREATE TABLE tax_answers (
    host_key    INTEGER NOT NULL REFERENCES hosts,
    question    TEXT NOT NULL CHECK (question IN ('WORSE_TIN', 'NAME_ORDER', 'PAYEE_CHANGED')),
    about       BLOB NOT NULL,           -- keyed print of what was asked about
    answer      TEXT NOT NULL CHECK (answer IN ('KNOWN', 'SWAP', 'KEEP', 'ONE_PAYEE', 'NEW_PAYEE')),
    answered_at INTEGER NOT NULL,
    answered_by TEXT NOT NULL,
    PRIMARY KEY (host_key, question, about)
) STRICT, WITHOUT ROWID;
INSERT INTO tax_answers SELECT * FROM tax_answers_before;
DROP TABLE tax_answers_before;
