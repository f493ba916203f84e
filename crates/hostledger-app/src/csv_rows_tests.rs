use proptest::prelude::*;

use super::*;

/// Hands out one byte at a time, so that every place in the file is where a piece ends.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(0);
        };
        into[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

fn rows_of(input: impl Read) -> Result<Vec<(u64, Vec<String>)>, Broken> {
    let mut reader = RowReader::new(input, b',')?;
    let mut row = ByteRecord::new();
    let mut out = Vec::new();
    while reader.next(&mut row)? {
        let fields = row.iter().map(|f| String::from_utf8_lossy(f).into_owned());
        out.push((row.position().unwrap().line(), fields.collect()));
    }
    Ok(out)
}

/// Read at once and byte by byte, which must be the same.
fn read(text: &str) -> Result<Vec<(u64, Vec<String>)>, Broken> {
    let whole = rows_of(text.as_bytes());
    let drops = rows_of(Drip(text.as_bytes()));
    assert_eq!(format!("{whole:?}"), format!("{drops:?}"));
    whole
}

fn lines(text: &str) -> Vec<u64> {
    read(text).unwrap().iter().map(|r| r.0).collect()
}

#[test]
fn each_row_stands_on_its_physical_line() {
    assert_eq!(lines("a,b\n1,2\n3,4\n"), [1, 2, 3]);
    assert_eq!(lines("a,b\r\n1,2\r\n3,4\r\n"), [1, 2, 3]);
    assert_eq!(lines("a,b\r1,2\r3,4\r"), [1, 2, 3]);
    assert_eq!(lines("a,b\n\n\n1,2\n\n3,4\n"), [1, 4, 6]);
    assert_eq!(lines("a,b\r\n\r\n\r\n1,2\r\n\r\n3,4"), [1, 4, 6]);
    assert_eq!(lines("\n\na,b\n1,2\n"), [3, 4]);
    assert_eq!(lines("a,b\n1,2\r\n3,4\r5,6\n\r\n7,8\n"), [1, 2, 3, 4, 6]);
    assert_eq!(lines("a,b\n1,\"x\ny\"\n3,4\n"), [1, 2, 4]);
    assert_eq!(lines("a,b\r\n1,\"x\r\ny\rz\nw\"\r\n3,4\r\n"), [1, 2, 6]);
    assert_eq!(lines("\u{feff}a,b\n1,2\n"), [1, 2]);
}

#[test]
fn cells_are_read_as_written() {
    let rows =
        read("a,b,c\n\"x \"\"y\"\"\",\"1,2\",\"\"\n in \"it\" , \"q\",z\n\"p\" ,\"q\"\t,\"r\"\n")
            .unwrap();
    assert_eq!(rows[1].1, ["x \"y\"", "1,2", ""]);
    assert_eq!(rows[2].1, [" in \"it\" ", " \"q\"", "z"]);
    assert_eq!(rows[3].1, ["p", "q", "r"]);
    assert_eq!(read("").unwrap().len(), 0);
    assert_eq!(read("\u{feff}").unwrap().len(), 0);
    assert_eq!(read("a\n").unwrap()[0].1, ["a"]);
    assert_eq!(read("a,b\n1,\n").unwrap()[1].1, ["1", ""]);
    assert_eq!(read("a,b\n1,\"\"").unwrap()[1].1, ["1", ""]);
}

#[test]
fn a_file_that_ends_inside_a_row_is_cut() {
    for text in [
        "a,b,c\n1,2,3\n4,5",
        "a,b,c\n1,2,3\n4",
        "a,b,c\n1,2,3\n\"4\",5",
        "a,b,c\n\n4,5",
    ] {
        let cut = read(text).unwrap_err();
        assert!(
            matches!(cut, Broken::CutInRow { line: 3, .. }),
            "{text:?} {cut:?}"
        );
    }
    for text in [
        "a,b,c\n1,2,3",         // whole, without its last line break
        "a,b,c\n1,2,",          // the last cell is empty
        "a,b,c\n1,2\n",         // short, but it ended: an exception of its own
        "a,b,c\n1,2,3\n\u{1a}", // an old program's end of file
        "a,b,c\n1,2,3\n\0\0\0", // padding
        "a,b,c",
    ] {
        assert!(read(text).is_ok(), "{text:?}");
    }
}

#[test]
fn quotes_that_leave_open_where_a_cell_ends_are_broken() {
    let open = read("a,b\n1,2\n3,\"x\n4,5\n").unwrap_err();
    assert!(matches!(open, Broken::OpenQuote { line: 3 }), "{open:?}");
    let text = read("a,b\n1,\"x\" y\n").unwrap_err();
    assert!(
        matches!(
            text,
            Broken::TextAfterQuote {
                line: 2,
                closed_on: 2
            }
        ),
        "{text:?}"
    );
    let text = read("a,b\n1,\"x\ny\"z\n").unwrap_err();
    assert!(
        matches!(
            text,
            Broken::TextAfterQuote {
                line: 2,
                closed_on: 3
            }
        ),
        "{text:?}"
    );
}

#[test]
fn a_quoted_cell_that_swallows_rows_is_broken_and_a_title_in_two_lines_is_not() {
    let head = "id,title,host,price,currency\n";
    for (cells, first, last) in [
        // Two titles, each with a stray quote, in neighbouring rows: the columns fit.
        ("b1,\"Talk,h1,1,USD\nb2,Walk\",h2,2,USD\n", 2, 3),
        (
            "b1,\"Talk,h1,1,USD\nb2,Run,h2,2,USD\nb3,Walk\",h3,3,USD\n",
            2,
            4,
        ),
        (
            "b1,\"Talk,h1,1,USD\r\nb2,Run,h2,2,USD\r\nb3,Walk\",h3,3,USD\r\n",
            2,
            4,
        ),
        // In other columns: a whole row stands between them.
        ("b1,\"Talk,h1,1,USD\nb2,Run,h2,2,USD\nb3\"\n", 2, 4),
    ] {
        match read(&format!("{head}{cells}")) {
            Err(Broken::SwallowsRows { line, closed_on }) => {
                assert_eq!((line, closed_on), (first, last), "{cells:?}");
            }
            other => panic!("{cells:?}: {other:?}"),
        }
    }
    for title in [
        "\"Talk\nin two lines\"",
        "\"Talk\r\n\r\nin three\"",
        "\"Food, wine, walks, talks, more\nand, for the brave, a swim, a run, a ride\"",
        "\"One\nTwo, three, four, five, six, seven\nEight\"",
        "\"1,000 words\nand then some\"",
    ] {
        let rows = read(&format!("{head}b1,{title},h1,1,USD\n")).unwrap();
        assert_eq!(rows[1].1.len(), 5, "{title:?}");
    }
}

#[test]
fn a_row_without_end_is_refused_before_it_fills_the_memory() {
    let row = "b,t,h,1,USD\n";
    let open = format!("id,title,host,price,currency\nb1,\"{}", row.repeat(200_000));
    let broken = rows_of(open.as_bytes()).unwrap_err();
    assert!(
        matches!(broken, Broken::SwallowsRows { line: 2, .. }),
        "{broken:?}"
    );
    let long = format!("a,b\n1,{}", "x".repeat(3 * MOST_BYTES));
    let broken = rows_of(long.as_bytes()).unwrap_err();
    assert!(matches!(broken, Broken::TooLong { line: 2 }), "{broken:?}");
}

proptest! {
    /// What is written by the rules comes back, with every row on the line where it was written.
    #[test]
    fn rows_come_back_as_written(
        cells in prop::collection::vec(
            ("[a-z \"]{0,6}", "([a-z ,\"]|\\PC){0,8}", prop::sample::select(vec!["\n", "\r\n", "\r"]), 0..3_usize, any::<bool>()),
            0..8,
        ),
    ) {
        let mut text = String::from("first,second\n");
        let (mut line, mut want) = (2, Vec::new());
        let quoted = |t: &str| format!("\"{}\"", t.replace('"', "\"\""));
        for (a, b, end, blank, breaks) in cells {
            // No CR before an LF of the next row: the two would be one line break.
            let end = if end == "\r" { "\r\n" } else { end };
            for _ in 0..blank {
                text.push_str(end);
                line += 1;
            }
            let b = if breaks { format!("{b}\nx") } else { b };
            text.push_str(&format!("{},{}{end}", quoted(&a), quoted(&b)));
            want.push((line, vec![a, b]));
            line += if breaks { 2 } else { 1 };
        }
        // Two columns: a cell with a separator and a line break could be rows of this file.
        prop_assume!(!want.iter().any(|(_, w)| w[1].contains('\n') && w[1].contains(',')));
        prop_assert_eq!(&read(&text).unwrap()[1..], &want[..]);
    }
}
