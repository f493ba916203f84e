-- Ids are read without marks (docs/domain.md §2). Those stored before are cleaned once, when the
-- ledger is opened; what each was is kept, because digests that were signed, payment files that
-- left and forms that were furnished name it. A row whose clean id another row has stays as it is.
CREATE TABLE ids_before (
    kind      TEXT NOT NULL CHECK (kind IN ('host', 'conversation', 'booking', 'dispute')),
    row_key   INTEGER NOT NULL,
    id_before TEXT NOT NULL,
    PRIMARY KEY (kind, row_key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ids_before_by_id ON ids_before (kind, id_before);
