//! Files that can't be read or written, in words that say what to do.

use hostledger_tests::TestLedger;

/// Every command that reads a file, with the place of its name.
fn reading(file: &str) -> Vec<Vec<String>> {
    let hosts = "import hosts|import bookings|import disputes|import stripe-payments|import tax-profiles|fx import|restore|tax tin-match --answers";
    hosts
        .split('|')
        .map(|command| {
            let words = command.split(' ').map(str::to_owned);
            words.chain([file.to_owned()]).collect()
        })
        .collect()
}

fn refused(ledger: &TestLedger, command: &[String], user_may_read: bool) -> String {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let mut program = match words[0] {
        // It makes a ledger where none is.
        "restore" => {
            let mut program = ledger.command("ana", &words);
            program.env("HOSTLEDGER_LEDGER", ledger.file("new"));
            program
        }
        _ => ledger.command("ana", &words),
    };
    let done = program.output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    assert_eq!(
        done.status.code(),
        Some(1),
        "{words:?} {user_may_read}: {said}"
    );
    for program_text in [
        "os error",
        "No such file",
        "Is a directory",
        "Permission denied",
        "CSV parse error",
        "invalid utf-8",
        "valid UTF-8",
        "record 0",
    ] {
        assert!(!said.contains(program_text), "{words:?}: {said}");
    }
    said
}

#[test]
fn b9_a_file_that_is_missing_or_a_folder_is_refused_in_words() {
    let ledger = TestLedger::new();
    let missing = ledger.arg("nowhere/week.csv");
    for command in reading(&missing) {
        let said = refused(&ledger, &command, true);
        assert!(said.contains("it isn't there"), "{command:?}: {said}");
    }
    std::fs::create_dir(ledger.file("week.csv")).unwrap();
    for command in reading(&ledger.arg("week.csv")) {
        let said = refused(&ledger, &command, true);
        assert!(said.contains("it is a folder"), "{command:?}: {said}");
    }
    let binary = ledger.write("binary.csv", [0xff_u8, 0x00, 0xc3, 0x28, b'\n', 0x9f]);
    for command in reading(&binary) {
        refused(&ledger, &command, true);
    }
}

#[cfg(unix)]
#[test]
fn b9_a_file_that_may_not_be_read_is_refused_in_words() {
    use std::os::unix::fs::PermissionsExt;
    let ledger = TestLedger::new();
    let closed = ledger.write("closed.csv", [0xff_u8, 0x00, 0xc3, 0x28]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The system's administrator reads everything.
    let may_read = std::fs::read(&closed).is_ok();
    for command in reading(&closed) {
        let said = refused(&ledger, &command, may_read);
        assert!(
            may_read || said.contains("the system doesn't allow it"),
            "{command:?}: {said}"
        );
    }
}

#[test]
fn b9_a_place_that_takes_no_file_is_refused_in_words() {
    let ledger = TestLedger::new();
    let file = ledger.write("plain.txt", "text");
    std::fs::create_dir(ledger.file("folder")).unwrap();
    let folder = ledger.arg("folder");
    let inside = format!("{file}/out.csv");
    let nowhere = ledger.arg("nowhere/out.csv");
    for out in [&inside, &nowhere] {
        for command in [
            vec!["journal", "export", "--format", "csv", "--out", out],
            vec!["journal", "export", "--format", "hledger", "--out", out],
            vec!["import", "hosts", "--template", out],
            vec!["backup", out],
        ] {
            let answer = ledger.run(&command);
            let said = format!("{}{}", answer.json, answer.stderr);
            assert_eq!(answer.status, 1, "{command:?}: {said}");
            assert!(!said.contains("os error"), "{command:?}: {said}");
            let path_is_named = said.contains("out.csv") || said.contains("no folder");
            assert!(path_is_named, "{command:?}: {said}");
        }
    }
    let over = ledger.refused(&["backup", &folder]);
    assert!(!over.message.contains("os error"), "{}", over.message);
    let ledger_is_a_file = ledger
        .command("ana", &["settings", "list"])
        .env("HOSTLEDGER_LEDGER", &file)
        .output()
        .unwrap();
    let said = String::from_utf8(ledger_is_a_file.stdout).unwrap();
    assert_eq!(ledger_is_a_file.status.code(), Some(1), "{said}");
    assert!(!said.contains("os error"), "{said}");
}

#[test]
fn b9_a_pipe_is_no_file_and_nothing_waits_for_it() {
    let ledger = TestLedger::new();
    let pipe = ledger.file("pipe.csv");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for command in reading(&ledger.arg("pipe.csv")) {
        if command[0] != "restore" {
            let said = refused(&ledger, &command, true);
            assert!(said.contains("pipe or a device"), "{command:?}: {said}");
        }
    }
}
