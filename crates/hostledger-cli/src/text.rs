//! Answers for people: aligned tables and short sentences.

use std::fmt::Write;

use hostledger_app::file_columns::FileColumns;
use serde_json::Value;

/// A table of an array of objects: column title and key; numbers and amounts to the right.
pub(crate) fn table(rows: &Value, columns: &[(&str, &str)], empty: &str) -> String {
    let Some(rows) = rows.as_array().filter(|r| !r.is_empty()) else {
        return empty.to_owned();
    };
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| columns.iter().map(|(_, key)| cell(&row[*key])).collect())
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, (title, _))| {
            cells
                .iter()
                .map(|r| width(&r[i]))
                .chain([width(title)])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let right: Vec<bool> = columns
        .iter()
        .enumerate()
        .map(|(i, _)| cells.iter().all(|r| is_number(&r[i])))
        .collect();
    let mut out = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (i, c) in cells.enumerate() {
            let pad = " ".repeat(widths[i].saturating_sub(width(c)));
            let _ = if right[i] {
                write!(text, "{pad}{c}  ")
            } else {
                write!(text, "{c}{pad}  ")
            };
        }
        let _ = writeln!(out, "{}", text.trim_end());
    };
    line(&mut columns.iter().map(|(title, _)| *title));
    for row in &cells {
        line(&mut row.iter().map(String::as_str));
    }
    out
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn is_number(text: &str) -> bool {
    text == "–"
        || text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
}

fn cell(v: &Value) -> String {
    match v {
        Value::Null => "–".to_owned(),
        Value::String(s) => s.clone(),
        Value::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
        Value::Array(a) => a
            .iter()
            .map(|x| {
                match x
                    .get("rule")
                    .filter(|r| !r.is_null())
                    .or_else(|| x.get("kind"))
                {
                    Some(word) => cell(word),
                    None => cell(x),
                }
            })
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// A batch with its payouts and carried hosts.
pub(crate) fn batch(json: &Value) -> String {
    let mut out = String::new();
    let text = |key: &str| cell(&json[key]);
    let _ = writeln!(
        out,
        "Batch {} of {}, {}",
        text("batch_id"),
        text("date"),
        text("status")
    );
    let _ = writeln!(out, "Digest {}", text("digest"));
    for t in json["totals"].as_array().into_iter().flatten() {
        let _ = writeln!(
            out,
            "{} payouts, {} {}",
            cell(&t["payouts"]),
            cell(&t["amount"]),
            cell(&t["currency"])
        );
    }
    let _ = writeln!(out);
    out.push_str(&table(
        &json["payouts"],
        &[
            ("payout", "payout_id"),
            ("host", "host_id"),
            ("amount", "amount"),
            ("", "currency"),
            ("lines", "lines"),
            ("status", "status"),
            ("look at", "flags"),
        ],
        "No payouts.\n",
    ));
    out.push_str(&to_look_at(json));
    for p in json["payouts"].as_array().into_iter().flatten() {
        let last = &p["final_payout"];
        if !last.is_null() {
            let (host, by, why) = (&p["host_id"], &last["decided_by"], &last["reason"]);
            let (host, by, why) = (cell(host), cell(by), cell(why));
            let _ = writeln!(out, "{host}: final payout, approved by {by}: {why}");
        }
        for b in p["came_back"].as_array().into_iter().flatten() {
            let of = |key: &str| cell(&b[key]);
            let (host, amount, currency) = (cell(&p["host_id"]), of("amount"), of("currency"));
            let (on, why) = (of("on"), of("reason"));
            let _ = writeln!(out, "{host}: {amount} {currency} came back on {on}: {why}");
        }
    }
    if json["carried"].as_array().is_some_and(|c| !c.is_empty()) {
        let _ = writeln!(out, "\nCarried");
        out.push_str(&table(
            &json["carried"],
            &[
                ("host", "host_id"),
                ("amount", "amount"),
                ("", "currency"),
                ("reasons", "reasons"),
            ],
            "",
        ));
    }
    out
}

/// What a person looks at before approving, payout by payout.
fn to_look_at(json: &Value) -> String {
    let mut out = String::new();
    for p in json["payouts"].as_array().into_iter().flatten() {
        for m in p["marks"].as_array().into_iter().flatten() {
            let _ = writeln!(out, "  {}: {}", cell(&p["host_id"]), cell(&m["text"]));
        }
    }
    if out.is_empty() {
        return out;
    }
    format!("\nLook at\n{out}")
}

/// Why an amount is what it is.
pub(crate) fn explanation(json: &Value) -> String {
    let mut out = format!("{}\n\n", cell(&json["sentence"]));
    for s in json["steps"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "  {}\n      {}", cell(&s["text"]), cell(&s["source"]));
    }
    let _ = writeln!(out, "\nJournal");
    for e in json["entries"].as_array().into_iter().flatten() {
        let reversal = if e["reverses"].is_null() {
            ""
        } else {
            "reversal of "
        };
        let _ = writeln!(
            out,
            "  {}  {reversal}{}",
            cell(&e["effective_date"]),
            cell(&e["kind"])
        );
        for p in e["postings"].as_array().into_iter().flatten() {
            let _ = writeln!(
                out,
                "      {:<46} {:>14} {}",
                cell(&p["account"]),
                cell(&p["amount"]),
                cell(&e["currency"])
            );
        }
    }
    out
}

/// What an import did.
pub(crate) fn import(json: &Value, columns: &FileColumns, dry_run: bool) -> String {
    let n = |key: &str| cell(&json[key]);
    let mut out = String::new();
    if json["already"] == Value::Bool(true) {
        let _ = writeln!(
            out,
            "This file was taken in before, as import {}. Nothing changed.",
            n("import_id")
        );
        return out;
    }
    let what = if dry_run {
        "Would be taken in"
    } else {
        "Taken in"
    };
    let _ = writeln!(
        out,
        "{what}: {} rows; {} inserted, {} updated, {} unchanged, {} stale, {} exceptions.",
        n("rows"),
        n("inserted"),
        n("updated"),
        n("unchanged"),
        n("stale"),
        n("exceptions")
    );
    for t in json["totals"].as_array().into_iter().flatten() {
        let _ = writeln!(
            out,
            "Prices sum to {} {}.",
            cell(&t["amount"]),
            cell(&t["currency"])
        );
    }
    for w in json["warnings"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "{}", cell(&w["message"]));
    }
    if json["encoding"] != "UTF-8" {
        let _ = writeln!(out, "The text was read as {}.", n("encoding"));
    }
    for sentence in columns.sentences() {
        let _ = writeln!(out, "{sentence}");
    }
    if !dry_run {
        let _ = writeln!(out, "Import {}", n("import_id"));
    }
    if json["first_exceptions"]
        .as_array()
        .is_some_and(|f| !f.is_empty())
    {
        let _ = writeln!(
            out,
            "\nThe first exceptions (see `hostledger exceptions list`):"
        );
        out.push_str(&table(
            &json["first_exceptions"],
            &[
                ("line", "line"),
                ("code", "code"),
                ("what to do", "message"),
            ],
            "",
        ));
    }
    out
}

/// A dispute with its story.
pub(crate) fn dispute(d: &Value) -> String {
    let one = serde_json::json!([d]);
    let mut out = table(
        &one,
        &[
            ("dispute", "dispute_id"),
            ("booking", "booking_id"),
            ("host", "host_id"),
            ("kind", "kind"),
            ("status", "status"),
            ("amount", "amount"),
            ("reserved", "reserved"),
            ("", "currency"),
        ],
        "",
    );
    out.push('\n');
    out.push_str(&table(
        &d["story"],
        &[("at", "at"), ("who", "who"), ("what", "what")],
        "Nothing happened yet.\n",
    ));
    out
}
