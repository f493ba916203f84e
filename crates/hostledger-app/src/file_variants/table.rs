//! A file as a table of cells, and ways to write it.

/// A header and rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn place(&self, column: &str) -> usize {
        self.columns.iter().position(|c| c == column).unwrap()
    }

    /// The same with some cells of a column as `change` writes them: of every row, or of one.
    pub(super) fn changed(
        &self,
        column: &str,
        rows: &[usize],
        change: impl Fn(&str) -> String,
    ) -> Self {
        let place = self.place(column);
        let mut out = self.clone();
        for row in rows {
            out.rows[*row][place] = change(&self.rows[*row][place]);
        }
        out
    }

    /// The same, changed by the platform later on.
    pub(super) fn newer(&self) -> Self {
        if !self.columns.iter().any(|c| c == "updated_at") {
            return self.clone();
        }
        let every: Vec<usize> = (0..self.rows.len()).collect();
        self.changed("updated_at", &every, |c| {
            let at: jiff::Timestamp = c.parse().unwrap();
            (at + jiff::SignedDuration::from_hours(24)).to_string()
        })
    }

    pub(super) fn without(&self, column: &str) -> Self {
        let place = self.place(column);
        let mut out = self.clone();
        out.columns.remove(place);
        for row in &mut out.rows {
            row.remove(place);
        }
        out
    }

    pub(super) fn with_column(&self, name: &str, cell: &str) -> Self {
        let mut out = self.clone();
        out.columns.push(name.to_owned());
        for row in &mut out.rows {
            row.push(cell.to_owned());
        }
        out
    }

    pub(super) fn lines(&self) -> Vec<Vec<String>> {
        let head = std::iter::once(self.columns.clone());
        head.chain(self.rows.iter().cloned()).collect()
    }

    /// With commas, cells in quotes where they need them, and LF.
    pub(super) fn csv(&self) -> String {
        self.written(",", "\n", needed)
    }

    pub(super) fn written(
        &self,
        separator: &str,
        line_end: &str,
        cell: impl Fn(&str, &str) -> String,
    ) -> String {
        let mut out = String::new();
        for line in self.lines() {
            let cells: Vec<String> = line.iter().map(|c| cell(c, separator)).collect();
            out.push_str(&cells.join(separator));
            out.push_str(line_end);
        }
        out
    }
}

/// A cell in quotes where it needs them.
pub(super) fn needed(cell: &str, separator: &str) -> String {
    let needs = cell.contains(separator) || cell.contains(['"', '\n', '\r']);
    if needs {
        quoted(cell, separator)
    } else {
        cell.to_owned()
    }
}

pub(super) fn quoted(cell: &str, _separator: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}
