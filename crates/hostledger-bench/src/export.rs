//! A made-up platform's export of any size: the same arguments give the same bytes.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use jiff::{Timestamp, ToSpan};

const HOSTS: usize = 2_000;
/// Weeks of sessions before the bench's Monday.
const WEEKS: i64 = 20;

/// Writes a hosts file and a bookings file of so many rows.
pub(crate) fn write(hosts: &Path, bookings: &Path, rows: usize) -> Result<()> {
    let mut out = BufWriter::new(File::create(hosts)?);
    writeln!(
        out,
        "host_id,name,email,status,approved_at,teaching_experience_years,stripe_account_id,payouts_enabled"
    )?;
    for h in 1..=HOSTS {
        writeln!(
            out,
            "host-{h:06},Host {h},host{h}@hosts.example,ACTIVE,2025-06-01T00:00:00Z,{},acct_1Bench{h:012},true",
            h % 5
        )?;
    }
    out.flush()?;
    let mut out = BufWriter::new(File::create(bookings)?);
    writeln!(
        out,
        "booking_id,conversation_id,conversation_title,conversation_type,language,host_id,participant_id,participant_email,booked_at,starts_at,ends_at,status,price,currency,processing_fee,refunded_amount,refunded_at,payment_intent_id,charge_id,rating,cancelled_at,updated_at"
    )?;
    let first: Timestamp = "2025-10-20T06:00:00Z".parse()?;
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    for n in 0..rows {
        booking(&mut out, &mut draw, first, n, rows)?;
    }
    Ok(out.flush()?)
}

fn booking(
    out: &mut impl Write,
    draw: &mut Draw,
    first: Timestamp,
    n: usize,
    rows: usize,
) -> Result<()> {
    let conversation = n / 3;
    let host = 1 + conversation % HOSTS;
    let minutes = WEEKS * 7 * 24 * 60 * i64::try_from(n)? / i64::try_from(rows)?;
    let starts = first.checked_add((minutes - minutes % 15).minutes())?;
    let ends = starts.checked_add(60.minutes())?;
    let booked = starts.checked_sub((draw.below(20_000) + 120).minutes())?;
    let cents = [1500, 1800, 1999, 2000, 2250, 2499, 3333][usize::try_from(draw.below(7))?];
    let price = format!("{}.{:02}", cents / 100, cents % 100);
    let fee_cents = 30 + cents * 29 / 1000;
    let fee = if draw.below(10) < 7 {
        format!("{}.{:02}", fee_cents / 100, fee_cents % 100)
    } else {
        String::new()
    };
    let later = ends.checked_add(3.hours())?;
    let (status, refunded, when) = match draw.below(200) {
        0..=3 => ("CANCELLED", price.clone(), starts.to_string()),
        4..=6 => ("REFUNDED", price.clone(), later.to_string()),
        7..=9 => ("COMPLETED", "5.00".to_owned(), later.to_string()),
        10..=12 => ("NO_SHOW", "0.00".to_owned(), String::new()),
        _ => ("COMPLETED", "0.00".to_owned(), String::new()),
    };
    let cancelled = if status == "CANCELLED" {
        when.as_str()
    } else {
        ""
    };
    let participant = draw.below(1_000_000_000);
    writeln!(
        out,
        "bk-{n:012},conv-{conversation:012},English: Conversation practice,Conversation practice,English,host-{host:06},user-{participant:09},learner{participant}@mail.example,{booked},{starts},{ends},{status},{price},USD,{fee},{refunded},{when},pi_3Bench{n:012},ch_3Bench{n:012},{},{cancelled},{}",
        if status == "COMPLETED" { "5" } else { "" },
        if when.is_empty() {
            ends.to_string()
        } else {
            when.clone()
        },
    )?;
    Ok(())
}

/// A small reproducible source of numbers (xorshift); nothing depends on its quality.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 1).unwrap_or(0) % n
    }
}
