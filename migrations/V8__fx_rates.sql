-- Dated exchange rates for reporting views; a booking's own amounts never change by them.
CREATE TABLE fx_rates (
    rate_date     INTEGER NOT NULL,
    from_currency TEXT NOT NULL,
    to_currency   TEXT NOT NULL,
    rate          TEXT NOT NULL,         -- decimal
    source        TEXT NOT NULL,
    imported_at   INTEGER NOT NULL,
    PRIMARY KEY (rate_date, from_currency, to_currency)
) STRICT, WITHOUT ROWID;
