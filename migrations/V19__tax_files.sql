-- What a person answered about a host's tax profile, so that the same is never asked again
-- (docs/tax.md §3).
CREATE TABLE tax_answers (
    host_key    INTEGER NOT NULL REFERENCES hosts,
    question    TEXT NOT NULL CHECK (question IN ('WORSE_TIN', 'NAME_ORDER', 'PAYEE_CHANGED')),
    about       BLOB NOT NULL,           -- keyed print of what was asked about
    answer      TEXT NOT NULL CHECK (answer IN ('KNOWN', 'SWAP', 'KEEP', 'ONE_PAYEE')),
    answered_at INTEGER NOT NULL,
    answered_by TEXT NOT NULL,
    PRIMARY KEY (host_key, question, about)
) STRICT, WITHOUT ROWID;

-- Which column of the portal's template holds a value whose column has another name there.
CREATE TABLE iris_columns (
    tax_year INTEGER NOT NULL,
    ours     TEXT NOT NULL,              -- as the built-in header names it
    theirs   TEXT NOT NULL,              -- empty: the value is left out knowingly
    set_at   INTEGER NOT NULL,
    set_by   TEXT NOT NULL,
    PRIMARY KEY (tax_year, ours)
) STRICT, WITHOUT ROWID;
