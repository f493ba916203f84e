//! JSON answers of the command line, laid out for a reader.

use serde_json::{Map, Value};

/// As many rows of a table as are shown; the rest is counted.
const ROWS: usize = 16;

/// The named fields of an object, one a line.
pub(crate) fn fields(answer: &Value, names: &[&str]) {
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    for name in names {
        println!(
            "    {:width$}  {}",
            name.replace('_', " "),
            cell(&answer[*name])
        );
    }
}

/// The named columns of a list of objects. Numbers and amounts stand to the right.
pub(crate) fn table(answer: &Value, columns: &[&str]) {
    let rows = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() {
        println!("    none");
        return;
    }
    let shown = &rows[..rows.len().min(ROWS)];
    let cells: Vec<Vec<String>> = shown
        .iter()
        .map(|row| columns.iter().map(|c| cell(&row[*c])).collect())
        .collect();
    let layout: Vec<(usize, bool)> = columns
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let in_column = || cells.iter().map(|row| row[index].as_str());
            let width = in_column()
                .chain([*name])
                .map(|text| text.chars().count())
                .max();
            (width.unwrap_or(0), in_column().all(is_number))
        })
        .collect();
    let print = |texts: &mut dyn Iterator<Item = String>| {
        let padded = texts.zip(&layout).map(|(text, &(width, to_the_right))| {
            if to_the_right {
                format!("{text:>width$}")
            } else {
                format!("{text:width$}")
            }
        });
        println!("    {}", padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    print(&mut columns.iter().map(|name| name.replace('_', " ")));
    for row in cells {
        print(&mut row.into_iter());
    }
    if rows.len() > ROWS {
        println!("    … and {} more", rows.len() - ROWS);
    }
}

fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || "-.".contains(c))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(object) => inline(object),
        other => other.to_string(),
    }
}

/// An object in a cell: a block by its rule, anything else by its values.
fn inline(object: &Map<String, Value>) -> String {
    match object.get("rule") {
        Some(Value::String(rule)) => rule.clone(),
        _ => object.values().map(cell).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cell;

    #[test]
    fn cells_read_as_words() {
        assert_eq!(cell(&json!(["A", "B"])), "A, B");
        assert_eq!(
            cell(&json!([{"block_id": "x", "rule": "PRICE_OUTLIER"}])),
            "PRICE_OUTLIER"
        );
        assert_eq!(cell(&json!(null)), "");
        assert_eq!(cell(&json!(12)), "12");
    }
}
