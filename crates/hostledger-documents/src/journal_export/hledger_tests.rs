//! The written text, and what the real hledger makes of it.

use std::process::Command;

use super::super::JournalPosting;
use super::*;

fn entry(id: &str, description: &str, postings: &[(&str, &str, &str)]) -> JournalEntry {
    JournalEntry {
        entry_id: id.into(),
        effective_date: "2026-03-03".into(),
        recorded_at: "2026-03-04T08:00:00Z".into(),
        kind: "paid".into(),
        subject: "bk,1 [2026-99-99]".into(),
        description: description.into(),
        tags: vec![
            ("date".into(), "never".into()),
            ("two words".into(), "a, b\n;c".into()),
        ],
        postings: postings
            .iter()
            .map(|(account, amount, currency)| JournalPosting {
                account: (*account).into(),
                amount: (*amount).into(),
                currency: (*currency).into(),
            })
            .collect(),
    }
}

/// Accounts, descriptions and amounts that a careless writer would get wrong.
fn tricky() -> Vec<JournalEntry> {
    let both = |account, amount: &'static str, negated: &'static str, currency| {
        [
            (account, amount, currency),
            ("assets:stripe", negated, currency),
        ]
    };
    vec![
        entry(
            "1",
            "* paid (by card); maybe",
            &both("liabilities:hosts:A  B", "1.250", "-1.250", "KWD"),
        ),
        entry(
            "(2)",
            "! (x) | y\n2026-01-01 z",
            &both("liabilities:hosts:A B", "2000", "-2000", "JPY"),
        ),
        entry(
            "",
            "(not a code) = 3",
            &both("(virtual)", "13.12", "-13.12", "USD"),
        ),
        entry(
            "4",
            "",
            &both("[also virtual]", "1000.00", "-1000.00", "USD"),
        ),
        entry("5", "* * *", &both("* starred;\tx", "0.00", "0.00", "USD")),
        entry(
            "6",
            "Đặng Thị 日本 \u{2028} %3B",
            &both("liabilities:hosts:%3B", "7.00", "-7.00", "EUR"),
        ),
        entry(
            "7",
            "; only",
            &both("liabilities:hosts:;", "5.00", "-5.00", "EUR"),
        ),
        entry(
            "8",
            "\"quoted\" @ 5 EUR",
            &both(" lead and trail ", "-0.01", "0.01", "EUR"),
        ),
        entry(
            "9",
            "long",
            &both(&LONG, "123456789.00", "-123456789.00", "USD"),
        ),
        entry("10", "  ", &both("! marked", "1", "-1", "JPY")),
        entry(
            "11",
            "nbsp",
            &both("liabilities:hosts:a\u{a0}\u{a0}b", "1", "-1", "JPY"),
        ),
    ]
}

static LONG: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| format!("liabilities:hosts:{}", "x".repeat(80)));

fn head() -> HledgerHead {
    HledgerHead {
        comments: vec!["Ledger of Ann\n2026-01-01 no entry".into()],
        currencies: vec![("USD".into(), 2), ("KWD".into(), 3)],
        accounts: tricky()
            .iter()
            .flat_map(|e| e.postings.iter().map(|p| p.account.clone()))
            .collect(),
    }
}

#[test]
fn an_entry_reads_like_a_journal() {
    let mut plain = entry(
        "e1",
        "Paid, Ann",
        &[("assets:stripe", "2000", "JPY"), ("b", "-2000", "JPY")],
    );
    plain.subject = "bk1".into();
    plain.tags.clear();
    let mut out = Vec::new();
    write_hledger(&mut out, &HledgerHead::default(), [plain]).unwrap();
    let expected = "decimal-mark .\n\
        commodity 1000. JPY\n\
        \n\
        2026-03-03 * (e1) Paid, Ann\n\
        \x20   ; kind:paid, subject:bk1, recorded:2026-03-04T08:00:00Z\n\
        \x20   assets:stripe                                       2000 JPY\n\
        \x20   b                                                  -2000 JPY\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn accounts_stay_apart_and_ordinary_ones_unchanged() {
    assert!(matches!(
        hledger_account("liabilities:hosts:h_1 x"),
        Cow::Borrowed(_)
    ));
    assert_eq!(hledger_account("a  b"), "a %20b");
    assert_eq!(hledger_account("a;b"), "a%3Bb");
    assert_eq!(hledger_account("a%3Bb"), "a%253Bb");
    assert_eq!(hledger_account("h1%3Areserved"), "h1%3Areserved");
    assert_eq!(hledger_account("50%25"), "50%25");
    assert_eq!(hledger_account("(a)"), "%28a%29");
    assert_eq!(hledger_account("100 %"), "100 %");
}

#[test]
fn what_hledger_would_refuse_is_refused_here_first() {
    let unbalanced = entry("1", "", &[("a", "1.00", "USD"), ("b", "-1.00", "EUR")]);
    let mut bad_date = entry("1", "", &[]);
    bad_date.effective_date = "2026-3-3".into();
    let bad_amount = entry("1", "", &[("a", "1,00", "USD")]);
    let bad_currency = entry("1", "", &[("a", "1.00", "US D"), ("b", "-1.00", "US D")]);
    let write = |e: JournalEntry| write_hledger(Vec::new(), &HledgerHead::default(), [e]);
    assert!(matches!(write(unbalanced), Err(Error::DoesNotAddUp { .. })));
    assert!(matches!(write(bad_date), Err(Error::BadTime { .. })));
    assert!(matches!(write(bad_amount), Err(Error::BadAmount { .. })));
    assert!(matches!(
        write(bad_currency),
        Err(Error::BadCurrency { .. })
    ));
}

/// C6: hledger accepts the journal, strictly, and finds the same balances.
#[test]
fn c6_hledger_checks_it_and_agrees_on_the_balances() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.journal");
    write_hledger(std::fs::File::create(&path).unwrap(), &head(), tricky()).unwrap();
    let hledger = |args: &[&str]| {
        let output = Command::new("hledger")
            .env("LC_ALL", "C.UTF-8")
            .arg("-f")
            .arg(&path)
            .args(args)
            .output()
            .expect("hledger must be installed: apt install hledger");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    };
    hledger(&["check", "--strict", "ordereddates"]);

    let mut sums: BTreeMap<(String, String), Figure> = BTreeMap::new();
    for posting in tricky().iter().flat_map(|e| &e.postings) {
        let key = (
            hledger_account(&posting.account).into_owned(),
            posting.currency.clone(),
        );
        let figure = Figure::parse(&posting.amount, String::new).unwrap();
        let sum = sums.entry(key).or_default();
        *sum = sum.plus(figure);
    }
    let listed = hledger(&[
        "balance", "--flat", "--empty", "-O", "csv", "--layout", "bare",
    ]);
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let mut seen = 0;
    for record in reader.records() {
        let record = record.unwrap();
        if record[0].to_lowercase() == "total" {
            continue;
        }
        let ours = sums.get(&(record[0].to_owned(), record[1].to_owned()));
        // --layout bare repeats a zero for a currency that an account never had.
        let theirs = Figure::parse(&record[2], || record[0].to_owned()).unwrap();
        assert!(ours.copied().unwrap_or_default().same(theirs), "{record:?}");
        seen += usize::from(ours.is_some());
    }
    assert_eq!(seen, sums.len(), "{listed}\n{sums:?}");

    let journal = hledger(&["print", "-O", "csv"]);
    assert!(journal.contains("* paid (by card), maybe"), "{journal}");
    assert!(journal.contains("(not a code) = 3"), "{journal}");
}
