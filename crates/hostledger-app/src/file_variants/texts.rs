//! Variants of a file's text as a whole: encodings, line ends, quotes, separators, headers, what
//! stands above and below the table.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::Becomes::{Exceptions, Refused, Right};
use super::Variant;
use super::table::{Table, needed, quoted};
use crate::imports::ImportKind;

pub(super) fn variants(kind: ImportKind, clean: &Table) -> Vec<Variant> {
    let mut all = Vec::new();
    read_as_it_is_meant(clean, &mut all);
    headers(kind, clean, &mut all);
    around_the_table(kind, clean, &mut all);
    quotes(clean, &mut all);
    encodings(clean, &mut all);
    other_files(clean, &mut all);
    all
}

fn read_as_it_is_meant(clean: &Table, all: &mut Vec<Variant>) {
    let csv = clean.csv();
    let lines: Vec<String> = clean
        .lines()
        .iter()
        .map(|l| {
            l.iter()
                .map(|c| needed(c, ","))
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    let empty = ",".repeat(clean.columns.len() - 1);
    let mixed = |i: usize| ["\n", "\r\n", "\r"][i % 3];
    let mut right = |name: &str, text: String| {
        all.push(Variant::of(name, text, clean).must(Right));
    };
    right("as it is", csv.clone());
    right("a byte order mark", format!("\u{feff}{csv}"));
    for (name, separator) in [("semicolons", ";"), ("tabs", "\t"), ("pipes", "|")] {
        right(name, clean.written(separator, "\n", needed));
        right(
            &format!("{name}, all quoted"),
            clean.written(separator, "\r\n", quoted),
        );
    }
    for (name, end) in [
        ("CRLF", "\r\n"),
        ("CR", "\r"),
        ("LF CR", "\n\r"),
        ("CR CR LF", "\r\r\n"),
    ] {
        right(name, clean.written(",", end, needed));
    }
    let all_ends = |ends: &dyn Fn(usize) -> String| -> String {
        lines
            .iter()
            .enumerate()
            .map(|(i, l)| format!("{l}{}", ends(i)))
            .collect()
    };
    right("mixed line ends", all_ends(&|i| mixed(i).to_owned()));
    right(
        "no line end at the end",
        csv.trim_end_matches('\n').to_owned(),
    );
    right("all quoted", clean.written(",", "\n", quoted));
    right("blank lines", all_ends(&|i| "\n".repeat(1 + i % 3)));
    right(
        "lines of separators",
        all_ends(&|i| {
            if i % 5 == 4 {
                format!("\n{empty}\n")
            } else {
                "\n".to_owned()
            }
        }),
    );
    right(
        "a separator behind every line",
        all_ends(&|_| ",\n".to_owned()),
    );
    right(
        "separators behind the rows alone",
        all_ends(&|i| if i == 0 { "\n" } else { ",,\n" }.to_owned()),
    );
    right(
        "a separator behind the header alone",
        all_ends(&|i| if i == 0 { ",\n" } else { "\n" }.to_owned()),
    );
    right("sep=,", format!("sep=,\n{csv}"));
    right(
        "sep=;",
        format!("SEP=;\r\n{}", clean.written(";", "\r\n", needed)),
    );
    right(
        "blanks around cells",
        clean.written(",", "\n", |c, s| {
            if c.contains([',', '"', '\n']) || c.is_empty() {
                needed(c, s)
            } else {
                format!(" {c} ")
            }
        }),
    );
    right(
        "no-break spaces around cells",
        clean.written(",", "\n", |c, s| {
            if c.contains([',', '"', '\n']) || c.is_empty() {
                needed(c, s)
            } else {
                format!("\u{a0}{c}\u{a0}")
            }
        }),
    );
    let mut rows = clean.clone();
    rows.rows.reverse();
    right("rows the other way round", rows.csv());
    let mut turned = clean.clone();
    turned.columns.reverse();
    for row in &mut turned.rows {
        row.reverse();
    }
    right("columns the other way round", turned.csv());
    let mut twice = clean.clone();
    twice.rows.extend(clean.rows.clone());
    all.push(Variant::of("every row twice", twice.csv(), clean).must(Right));
}

fn headers(kind: ImportKind, clean: &Table, all: &mut Vec<Variant>) {
    let named = |change: &dyn Fn(&str) -> String| {
        let mut t = clean.clone();
        for c in &mut t.columns {
            *c = change(c);
        }
        t.csv()
    };
    for (name, change) in [
        (
            "header in capitals",
            &(|c: &str| c.to_uppercase()) as &dyn Fn(&str) -> String,
        ),
        ("header with blanks around", &|c| format!("  {c} ")),
        ("header with no-break spaces", &|c| format!("{c}\u{a0}")),
        ("header with invisible marks", &|c| {
            format!("\u{200b}{c}\u{feff}")
        }),
    ] {
        all.push(Variant::of(name, named(change), clean).must(Right));
    }
    let unknown = clean
        .with_column("review", "fine")
        .with_column("", "7")
        .with_column("review", "x");
    all.push(Variant::of("columns that nobody knows, one twice", unknown.csv(), clean).must(Right));
    for (column, needed) in kind.columns() {
        let gone = clean.without(column);
        let v = Variant::of(format!("without the column {column}"), gone.csv(), clean);
        if *needed {
            all.push(v.must(Refused));
        } else {
            let means = clean.changed(column, &every_row(clean), |_| String::new());
            all.push(Variant { means, ..v }.must_where_clean(kind, column));
        }
        let mut twice = clean.clone();
        twice.columns.push((*column).to_owned());
        for (row, mine) in twice.rows.iter_mut().zip(&clean.rows) {
            row.push(mine[clean.place(column)].clone());
        }
        all.push(
            Variant::of(format!("the column {column} twice"), twice.csv(), clean).must(Refused),
        );
        for spelled in [
            column.replace('_', " "),
            column.replace('_', "-"),
            camel(column),
            format!("{column} (UTC)"),
        ] {
            if spelled != *column && *needed {
                let name = format!("{column} spelled {spelled}");
                let text = named(&|c| {
                    if c == *column {
                        spelled.clone()
                    } else {
                        c.to_owned()
                    }
                });
                all.push(Variant::of(name, text, clean).must(Refused));
            }
        }
    }
    all.push(
        Variant::of(
            "a header alone",
            format!("{}\n", clean.columns.join(",")),
            &Table {
                rows: Vec::new(),
                ..clean.clone()
            },
        )
        .must(Right),
    );
    all.push(
        Variant::of("no header", clean.csv().split_once('\n').unwrap().1, clean).must(Refused),
    );
}

impl Variant {
    /// A missing column is right wherever an empty one is; some a row can't be read without.
    fn must_where_clean(self, kind: ImportKind, column: &str) -> Self {
        let reads_on = match kind {
            ImportKind::TaxProfiles => !["tin", "tin_type"].contains(&column),
            _ => true,
        };
        if reads_on { self.must(Right) } else { self }
    }
}

fn camel(column: &str) -> String {
    let mut out = String::new();
    let mut up = false;
    for c in column.chars() {
        if c == '_' {
            up = true;
        } else if up {
            out.extend(c.to_uppercase());
            up = false;
        } else {
            out.push(c);
        }
    }
    out
}

pub(super) fn every_row(t: &Table) -> Vec<usize> {
    (0..t.rows.len()).collect()
}

fn around_the_table(kind: ImportKind, clean: &Table, all: &mut Vec<Variant>) {
    let csv = clean.csv();
    let width = clean.columns.len();
    let row = |cells: &[&str]| {
        let mut row = vec![""; width];
        row[..cells.len()].copy_from_slice(cells);
        row.join(",")
    };
    let mut one = |name: &str, text: String| {
        let mut v = Variant::of(name, text, clean).must(Exceptions);
        v.exceptions = Some(1);
        all.push(v);
    };
    // A payment without a dispute does nothing.
    if kind != ImportKind::StripePayments {
        one(
            "a line of totals",
            format!("{csv}{}\n", row(&["Total", "24"])),
        );
    }
    one("a footer", format!("{csv}Generated on 16 March 2026\n"));
    one("a line that counts", format!("{csv}24 rows\n"));
    one(
        "the header again",
        format!("{csv}{}\n", clean.columns.join(",")),
    );
    let mut mark = |name: &str, text: String| all.push(Variant::of(name, text, clean));
    mark("the mark of an old end of file", format!("{csv}\u{1a}"));
    mark("zero bytes behind", format!("{csv}{}", "\0".repeat(500)));
    mark("blanks behind", format!("{csv}   \n \n"));
    for (name, above) in [
        (
            "two title lines",
            "Bookings of March\nmade on 16 March 2026\n",
        ),
        ("a comment line", "# exported by a script\n"),
        (
            "a title row of the table's width",
            &format!("{}\n", row(&["Export"])),
        ),
    ] {
        all.push(Variant::of(name, format!("{above}{csv}"), clean).must(Refused));
    }
    let spaced = clean.written(",", "\n", quoted).replace("\",\"", "\", \"");
    all.push(Variant::of(
        "a blank behind each separator of quoted cells",
        spaced,
        clean,
    ));
    // A download that broke off. In its last cell nobody could tell.
    for (row, cells) in [(7, 1), (12, width / 2), (clean.rows.len() - 1, width - 1)] {
        let mut some = clean.clone();
        some.rows.truncate(row);
        let cut: Vec<String> = clean.rows[row][..cells]
            .iter()
            .map(|c| needed(c, ","))
            .collect();
        let text = format!("{}{}", some.csv(), cut.join(","));
        all.push(
            Variant::of(
                format!("cut off in row {row} behind {cells} cells"),
                text,
                clean,
            )
            .must(Refused),
        );
    }
    let lines: Vec<&str> = csv.lines().collect();
    let short = lines[1].rsplit_once(',').unwrap().0;
    all.push(Variant::of(
        "a row that lacks a cell",
        csv.replacen(lines[1], short, 1),
        clean,
    ));
    all.push(Variant::of(
        "a row with a cell too many",
        csv.replacen(lines[2], &format!("x,{}", lines[2]), 1),
        clean,
    ));
    let broken = lines[3].replacen(',', "\n", 1);
    all.push(Variant::of(
        "a row on two lines",
        csv.replacen(lines[3], &broken, 1),
        clean,
    ));
}

fn quotes(clean: &Table, all: &mut Vec<Variant>) {
    let bare = |c: &str, _: &str| c.replace([',', '"', '\n'], " ");
    let plain = clean.written(",", "\n", bare);
    let mut means = clean.clone();
    for row in &mut means.rows {
        for cell in row.iter_mut() {
            *cell = bare(cell, "");
        }
    }
    let at_cell = |row: usize, column: usize, change: &dyn Fn(&str) -> String| -> String {
        let mut t = means.clone();
        t.rows[row][column] = change(&means.rows[row][column]);
        t.written(",", "\n", |c, _| c.to_owned())
    };
    for column in 0..clean.columns.len() {
        let name = &clean.columns[column];
        all.push(Variant::of(
            format!("a quote that opens in {name}"),
            at_cell(9, column, &|c| format!("\"{c}")),
            &means,
        ));
        all.push(
            Variant::of(
                format!("a quote that opens and closes inside {name}"),
                at_cell(9, column, &|c| format!("\"{c}\"x")),
                &means,
            )
            .must(Refused),
        );
        // Two cells with an opening quote each swallow what stands between them.
        let mut two = means.clone();
        for row in [6, 11] {
            two.rows[row][column] = format!("\"{}", means.rows[row][column]);
        }
        all.push(
            Variant::of(
                format!("two quotes that open in {name}"),
                two.written(",", "\n", |c, _| c.to_owned()),
                &means,
            )
            .must(Refused),
        );
        let mut near = means.clone();
        for row in [6, 7] {
            near.rows[row][column] = format!("\"{}", means.rows[row][column]);
        }
        all.push(
            Variant::of(
                format!("two quotes that open in {name} of neighbours"),
                near.written(",", "\n", |c, _| c.to_owned()),
                &means,
            )
            .must(Refused),
        );
    }
    let single = clean.written(",", "\n", |c, _| format!("'{}'", bare(c, "")));
    all.push(Variant::of("single quotes", single, &means));
    let mut v = Variant::of("cells with nothing to quote", plain, &means).must(Right);
    v.new_rows_only = true;
    all.push(v);
}

/// What can be said in an encoding.
fn sayable(clean: &Table, encoding: &'static Encoding) -> Table {
    let mut t = clean.clone();
    for cell in t.rows.iter_mut().flatten() {
        *cell = cell
            .chars()
            .filter(|c| !encoding.encode(c.encode_utf8(&mut [0; 4])).2)
            .collect();
    }
    t
}

fn encodings(clean: &Table, all: &mut Vec<Variant>) {
    let beyond_ascii = !clean.csv().is_ascii();
    for name in [
        "windows-1252",
        "windows-1250",
        "macintosh",
        "iso-8859-15",
        "ibm866",
        "shift_jis",
    ] {
        let encoding = Encoding::for_label(name.as_bytes()).unwrap();
        let means = sayable(clean, encoding);
        let text = means.csv();
        let (bytes, ..) = encoding.encode(&text);
        let mut v = Variant::of(
            format!("{name}, said so"),
            bytes.clone().into_owned(),
            &means,
        )
        .must(Right);
        v.encoding = Some(name);
        v.new_rows_only = true;
        all.push(v);
        if !means.csv().is_ascii() {
            all.push(Variant::of(name, bytes.into_owned(), &means).must(Refused));
        }
    }
    let csv = clean.csv();
    let wide = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    for big in [false, true] {
        let which = if big { "UTF-16BE" } else { "UTF-16LE" };
        all.push(
            Variant::of(
                format!("{which} with its mark"),
                wide(&format!("\u{feff}{csv}"), big),
                clean,
            )
            .must(Right),
        );
        all.push(
            Variant::of(format!("{which} without its mark"), wide(&csv, big), clean).must(Right),
        );
        let mut half = wide(&csv, big);
        half.pop();
        all.push(Variant::of(format!("{which} with half a letter"), half, clean).must(Refused));
    }
    let utf32: Vec<u8> = format!("\u{feff}{csv}")
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    all.push(Variant::of("UTF-32", utf32, clean).must(Refused));
    if beyond_ascii {
        let mut v = Variant::of("UTF-8, said to be windows-1252", csv.clone(), clean).must(Refused);
        v.encoding = Some("windows-1252");
        all.push(v);
        let mut lone = csv.into_bytes();
        let at = lone.iter().position(|b| !b.is_ascii()).unwrap();
        lone.remove(at);
        all.push(Variant::of("half a letter", lone, clean).must(Refused));
        for (name, wrong) in [("windows-1252", WINDOWS_1252), ("macintosh", MACINTOSH)] {
            let mut means = clean.clone();
            for cell in means.rows.iter_mut().flatten() {
                *cell = wrong
                    .decode_without_bom_handling(cell.as_bytes())
                    .0
                    .into_owned();
            }
            let mut v =
                Variant::of(format!("saved once as {name}"), means.csv(), &means).must(Right);
            v.warns = Some("GARBLED_TEXT");
            v.new_rows_only = true;
            all.push(v);
        }
    }
}

fn other_files(clean: &Table, all: &mut Vec<Variant>) {
    let texts: [(&str, &[u8]); 16] = [
        ("nothing", b""),
        ("a byte order mark alone", b"\xef\xbb\xbf"),
        ("blank lines alone", b"\n\n\r\n"),
        ("a spreadsheet", b"PK\x03\x04\x14\x00\x06\x00"),
        ("gzip", b"\x1f\x8b\x08\x00"),
        ("bzip2", b"BZh91AY"),
        ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        (
            "a workbook that is HTML",
            b"<html><body><table><tr><td>booking_id</td></tr></table></body></html>",
        ),
        ("a sign-in page", b"<!DOCTYPE html>\n<title>Sign in</title>"),
        ("a PDF", b"%PDF-1.7"),
        ("JSON", b"[{\"booking_id\": 1}]"),
        ("a picture", b"\x89PNG\r\n\x1a\n"),
        (
            "a pointer",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        ),
        ("prose", b"Dear all,\nplease find the export attached.\n"),
        ("numbers", b"1,2,3\n4,5,6\n"),
        ("zero bytes", &[0; 400]),
    ];
    for (name, bytes) in texts {
        all.push(Variant::of(name, bytes, clean).must(Refused));
    }
    let wide: Vec<String> = (0..1001).map(|n| format!("c{n}")).collect();
    all.push(
        Variant::of(
            "1,001 columns",
            format!("{},{}\n", clean.columns.join(","), wide.join(",")),
            clean,
        )
        .must(Refused),
    );
    let mut long = clean.clone();
    let last = long.columns.len() - 1;
    long.rows[3][last] = "x".repeat(70_000);
    all.push(Variant::of("a cell of 70,000 letters", long.csv(), clean));
    long.rows[3][last] = "x".repeat(3_000_000);
    all.push(Variant::of("a cell of three million letters", long.csv(), clean).must(Refused));
}
