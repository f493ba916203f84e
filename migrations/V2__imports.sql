-- Files taken in, and the rows of them that could not be.

CREATE TABLE imports (
    import_key  INTEGER PRIMARY KEY,
    import_id   TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('hosts', 'bookings')),
    file_name   TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    file_bytes  INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    as_of       INTEGER NOT NULL,        -- business date on which it was taken in
    row_count   INTEGER NOT NULL DEFAULT 0,
    inserted    INTEGER NOT NULL DEFAULT 0,
    updated     INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    stale       INTEGER NOT NULL DEFAULT 0,
    exceptions  INTEGER NOT NULL DEFAULT 0,
    totals      TEXT NOT NULL DEFAULT '[]', -- JSON: price totals per currency of the rows taken in
    first_booked_on INTEGER,
    last_booked_on  INTEGER,
    undone_at   INTEGER,
    undone_by   TEXT,
    CHECK (row_count = inserted + updated + unchanged + stale + exceptions)
) STRICT;

-- The same content is taken in once, unless it was undone.
CREATE UNIQUE INDEX imports_content ON imports (kind, file_sha256) WHERE undone_at IS NULL;

CREATE TABLE exceptions (
    exception_key INTEGER PRIMARY KEY,
    exception_id  TEXT NOT NULL UNIQUE,
    import_key    INTEGER NOT NULL REFERENCES imports,
    line          INTEGER NOT NULL,      -- line of the file on which the row starts, the header is 1
    code          TEXT NOT NULL,
    message       TEXT NOT NULL,
    row           TEXT NOT NULL,         -- JSON: the fields as they stood in the file, by column
    status        TEXT NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'RETRIED', 'DISMISSED', 'UNDONE')),
    resolved_at   INTEGER,
    resolved_by   TEXT,
    reason        TEXT
) STRICT;
CREATE INDEX exceptions_of_import ON exceptions (import_key);
CREATE INDEX exceptions_open ON exceptions (exception_key) WHERE status = 'OPEN';
