//! Small conveniences over the database: dates, instants, currencies and optional rows.

use hostledger_core::Currency;
use hostledger_core::calendar::{from_days, to_days};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Params, Row};

use crate::Conn;
use crate::error::Result;

/// A date as days since 1970-01-01.
#[derive(Debug, Clone, Copy)]
pub struct Day(pub Date);

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(to_days(self.0).into())
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(from_days(value.as_i64()?)))
    }
}

/// An instant as microseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct At(pub Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_microsecond(value.as_i64()?)
            .map(Self)
            .map_err(|e| FromSqlError::Other(Box::new(e)))
    }
}

/// A currency as its code.
#[derive(Debug, Clone, Copy)]
pub struct Cur(pub Currency);

impl ToSql for Cur {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.code().into())
    }
}

impl FromSql for Cur {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Currency::parse(value.as_str()?)
            .map(Self)
            .ok_or(FromSqlError::InvalidType)
    }
}

/// One of a list, stored as its place from `first`.
pub(crate) fn of_number<T: Copy>(all: &[T], number: i64, first: i64) -> FromSqlResult<T> {
    usize::try_from(number - first)
        .ok()
        .and_then(|i| all.get(i).copied())
        .ok_or(FromSqlError::OutOfRange(number))
}

/// The place of one of a list, from `first`.
pub(crate) fn number_of<T: PartialEq>(all: &[T], one: &T, first: i64) -> i64 {
    all.iter()
        .position(|x| x == one)
        .and_then(|i| i64::try_from(i).ok())
        .unwrap_or(-1)
        + first
}

/// All rows of a query.
pub(crate) fn rows<T, P: Params>(
    conn: &Conn,
    sql: &str,
    params: P,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The row of a query, if there is one.
pub(crate) fn one<T, P: Params>(
    conn: &Conn,
    sql: &str,
    params: P,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    match conn.prepare_cached(sql)?.query_row(params, read) {
        Ok(row) => Ok(Some(row)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// Runs a statement; the number of rows it changed.
pub(crate) fn run<P: Params>(conn: &Conn, sql: &str, params: P) -> Result<usize> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}
