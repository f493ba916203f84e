//! Issue 3, connection and S6: which keys are taken, where they are kept, and that no secret is
//! found anywhere else.

use std::path::Path;

use hostledger_stripe_fake::FakeStripe;
use hostledger_tests::stripe::{KEY, approved_batch, cheapen, connect, send, try_connect};
use hostledger_tests::{APPROVER, TestLedger};

#[test]
fn a_full_live_key_is_refused_before_anything_is_asked() {
    let stripe = FakeStripe::start();
    let ledger = TestLedger::new();
    for (key, word) in [
        ("sk_live_51FullLiveKey0000", "full secret key"),
        ("pk_test_51Publishable0000", "publishable"),
        ("nonsense", "no Stripe API key"),
    ] {
        let refused = try_connect(&ledger, key, &stripe.url(), 10_000).refusal(key);
        assert_eq!(refused.code, "BAD_INPUT", "{key}");
        assert!(refused.message.contains(word), "{refused:?}");
        assert!(!refused.message.contains(key), "{refused:?}");
    }
    assert!(stripe.requests().is_empty());
    let plain = try_connect(&ledger, KEY, "http://example.org/", 10_000).refusal("plain http");
    assert_eq!(plain.code, "BAD_INPUT");
}

#[test]
fn a_ledger_keeps_its_account_and_mode() {
    let stripe = FakeStripe::start();
    let ledger = TestLedger::new();
    cheapen(&ledger);
    let none = ledger.ok(&["stripe", "status"]);
    assert!(none["account"].is_null());
    let first = connect(&ledger, &stripe, 10_000);
    assert_eq!(first["mode"], "test");
    assert_eq!(first["account"], stripe.platform_account());
    assert_eq!(first["key"], "rk_test_…tKey");
    // Live money into a ledger of test money, and the other way about: never.
    let live = try_connect(&ledger, "rk_live_51RestrictedLive", &stripe.url(), 10_000);
    assert_eq!(live.refusal("live").code, "WRONG_STATE");
    // Another key of the same account takes the place of the old.
    let other = try_connect(&ledger, "rk_test_51AnotherKey9999", &stripe.url(), 10_000);
    assert_eq!(other.json["key"], "rk_test_…9999");
    stripe.set_platform_account("acct_1Another");
    let elsewhere = try_connect(&ledger, KEY, &stripe.url(), 10_000);
    assert_eq!(elsewhere.refusal("another account").code, "WRONG_STATE");
    // Only an admin connects.
    let refused = ledger.refused_as(APPROVER, &["stripe", "connect"]);
    assert!(
        ["NOT_ALLOWED", "SIGN_IN_FAILED"].contains(&refused.code.as_str()),
        "{refused:?}"
    );
}

#[test]
fn s6_key_and_bodies_are_in_no_log_and_in_no_file() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    let args = ["payouts", "send", &batch, "--rail", "stripe"];
    let mut command = ledger.command("ana", &args);
    // Everything that any library would say.
    let loud = command
        .env("RUST_LOG", "trace")
        .env("HOSTLEDGER_LOG", "trace")
        .output()
        .unwrap();
    assert!(loud.status.success());
    let said =
        String::from_utf8_lossy(&loud.stdout).into_owned() + &String::from_utf8_lossy(&loud.stderr);
    let secrets = [
        KEY,
        &KEY[8..],
        "transfer_group=",
        "metadata[",
        "metadata%5B",
    ];
    for secret in secrets {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    // In the ledger's folder it lies sealed: no file holds it.
    let mut files = Vec::new();
    list(&ledger.folder(), &mut files);
    assert!(files.iter().any(|f| f.ends_with("stripe.key")), "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [KEY, "transfer_group="] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
    // Nor do the audit trail and its export know it.
    let trail = ledger.ok(&["audit", "--limit", "500"]);
    assert!(!trail.to_string().contains(&KEY[8..]));
    // The stand-in was asked with it all the same.
    assert_eq!(stripe.transfers().len(), 3);
}

fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn a_sealed_key_opens_for_this_ledger_alone() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 1, 10_000);
    let file = ledger.folder().join("stripe.key");
    let sealed = std::fs::read(&file).unwrap();
    // Another ledger's key file is worth nothing here.
    let other = TestLedger::new();
    connect(&other, &stripe, 10_000);
    std::fs::copy(other.folder().join("stripe.key"), &file).unwrap();
    let refused = send(&ledger, &batch).refusal("another's key");
    assert_eq!(refused.code, "STRIPE_PROBLEM");
    assert!(refused.message.contains("stripe connect"), "{refused:?}");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(
        send(&ledger, &batch).refusal("no key").code,
        "STRIPE_PROBLEM"
    );
    std::fs::write(&file, sealed).unwrap();
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
}

/// In a session of its own with an unlocked keyring, as a desktop has one.
#[cfg(target_os = "linux")]
#[test]
fn the_key_can_live_in_the_systems_keyring() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    let home = tempfile::tempdir().unwrap();
    let program = hostledger_tests::program();
    let program = program.to_string_lossy();
    // The sealed key goes, so that only the keyring's is left.
    let script = format!(
        "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
         '{program}' --json stripe connect --key-store keyring --base-url {url} &&
         rm '{folder}/stripe.key' && '{program}' --json payouts send {batch} --rail stripe",
        url = stripe.url(),
        folder = ledger.folder().display(),
    );
    let mut session = std::process::Command::new("dbus-run-session");
    ledger.sign(&mut session, "ana");
    let done = session
        .args(["--", "sh", "-c", &script])
        .env("HOSTLEDGER_STRIPE_KEY", KEY)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said} {wrong}");
    assert!(said.contains("\"COMPLETED\""), "{said} {wrong}");
    assert!(
        said.contains("\"key_store\": \"keyring\"") || said.contains("\"key_store\":\"keyring\""),
        "{said}"
    );
    assert_eq!(stripe.transfers().len(), 2);
    // Without a keyring it is said what to do.
    let mut alone = ledger.command(
        "ana",
        &[
            "stripe",
            "connect",
            "--key-store",
            "keyring",
            "--base-url",
            &stripe.url(),
        ],
    );
    let refused = alone
        .env("HOSTLEDGER_STRIPE_KEY", KEY)
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stdout);
    assert!(
        !refused.status.success() && said.contains("--key-store file"),
        "{said}"
    );
}
