//! Finding a booking, host, batch, payout, import or adjustment by what a person remembers of it.

use super::anywhere;
use crate::Conn;
use crate::error::Result;
use crate::hosts::SPOKEN_OF;
use crate::sql::{At, Cur, Day, rows};
use hostledger_core::Money;
use rusqlite::params;

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// `BOOKING`, `HOST`, `BATCH`, `PAYOUT`, `IMPORT` or `ADJUSTMENT`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// How it is called.
    pub label: String,
    /// What else tells it apart.
    pub detail: String,
}

/// The first thing after every text that begins with a prefix.
fn after(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

/// Looks for a text in ids and names; at most `limit` of each kind.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, text: &str, limit: i64) -> Result<Vec<Hit>> {
    let words = text.trim();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut out = rows(
        conn,
        &format!(
            "SELECT h.host_id, h.name, i.name FROM hosts h JOIN institutions i USING (institution_key)
             WHERE (h.host_id = ?1 OR h.name LIKE ?2 ESCAPE '\\') AND {SPOKEN_OF} ORDER BY h.name LIMIT ?3"
        ),
        params![words, anywhere(words), limit],
        |r| {
            let (id, name): (String, String) = (r.get(0)?, r.get(1)?);
            let label = if name.is_empty() { id.clone() } else { name };
            let detail = format!("{id}, {}", r.get::<_, String>(2)?);
            Ok(Hit {
                kind: "HOST",
                id,
                label,
                detail,
            })
        },
    )?;
    out.extend(rows(
        conn,
        "SELECT b.booking_id, v.title, h.name, b.price_minor, b.currency FROM bookings b
         JOIN conversations v USING (conversation_key) JOIN hosts h ON h.host_key = b.host_key
         WHERE b.booking_id >= ?1 AND b.booking_id < ?2 AND b.withdrawn = 0 ORDER BY b.booking_id LIMIT ?3",
        params![words, after(words), limit],
        |r| {
            let id: String = r.get(0)?;
            let price = Money::new(r.get(3)?, r.get::<_, Cur>(4)?.0);
            let detail = format!("{price}, {}, {}", r.get::<_, String>(2)?, r.get::<_, String>(1)?);
            Ok(Hit { kind: "BOOKING", label: id.clone(), id, detail })
        },
    )?);
    out.extend(rows(
        conn,
        "SELECT batch_id, payout_date FROM payout_batches WHERE batch_id >= ?1 AND batch_id < ?2 OR date(payout_date * 86400, 'unixepoch') = ?1
         ORDER BY batch_key DESC LIMIT ?3",
        params![words, after(words), limit],
        |r| {
            let id: String = r.get(0)?;
            let day = r.get::<_, Day>(1)?.0;
            Ok(Hit { kind: "BATCH", label: format!("Batch of {day}"), detail: id.clone(), id })
        },
    )?);
    out.extend(rows(
        conn,
        "SELECT p.payout_id, h.name, p.amount_minor, p.currency FROM host_payouts p JOIN hosts h USING (host_key)
         WHERE p.payout_id >= ?1 AND p.payout_id < ?2 ORDER BY p.payout_id LIMIT ?3",
        params![words, after(words), limit],
        |r| {
            let id: String = r.get(0)?;
            let amount = Money::new(r.get(2)?, r.get::<_, Cur>(3)?.0);
            Ok(Hit { kind: "PAYOUT", label: format!("{amount} to {}", r.get::<_, String>(1)?), detail: id.clone(), id })
        },
    )?);
    out.extend(rows(
        conn,
        "SELECT import_id, file_name, imported_at FROM imports WHERE import_id = ?1 OR file_name LIKE ?2 ESCAPE '\\' ORDER BY import_key DESC LIMIT ?3",
        params![words, anywhere(words), limit],
        |r| {
            let at = r.get::<_, At>(2)?.0;
            Ok(Hit { kind: "IMPORT", id: r.get(0)?, label: r.get(1)?, detail: at.strftime("taken in %F %H:%M UTC").to_string() })
        },
    )?);
    Ok(out)
}
