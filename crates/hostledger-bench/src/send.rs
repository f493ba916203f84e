//! A batch of many payouts through Stripe, beside the floor that Stripe's rate limit sets.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hostledger_stripe_fake::FakeStripe;
use hostledger_tests::stripe::{approved_batch, assert_same};
use hostledger_tests::{PREPARER, TestLedger};

/// What Stripe lets through at one endpoint (<https://docs.stripe.com/rate-limits>).
const PER_SECOND: f64 = 25.0;
/// How long Stripe thinks about a request.
const LATENCY: Duration = Duration::from_millis(20);

/// Sends `payouts` payouts undisturbed, then as many again with a kill in the middle.
pub(crate) fn measure(payouts: usize) -> Result<()> {
    let floor = payouts as f64 / PER_SECOND;
    println!("| payouts | step | wall s | of the floor |");
    println!("| ---: | --- | ---: | ---: |");
    println!("| {payouts} | floor: 25 requests a second | {floor:.1} | 1.00 |");
    let row = |step: &str, took: Duration| {
        let seconds = took.as_secs_f64();
        println!(
            "| {payouts} | {step} | {seconds:.1} | {:.2} |",
            seconds / floor
        );
    };

    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, payouts, 30_000);
    let copy = TestLedger::copy_of(&ledger.folder());
    stripe.set_latency(LATENCY);
    stripe.set_rate_limit(Some(25));
    let args = ["payouts", "send", &batch, "--rail", "stripe"];
    let started = Instant::now();
    ledger.ok(&args);
    row("send, with everything before and after", started.elapsed());
    assert_same(&ledger, &batch, &stripe, "undisturbed");
    let slowed = stripe
        .requests()
        .iter()
        .filter(|r| r.status == Some(429))
        .count();
    println!("\n{slowed} requests were answered 429.\n");

    // The same batch at a Stripe that knows nothing of it, killed after half.
    let again = FakeStripe::start();
    again.set_platform_account(&stripe.platform_account());
    hostledger_tests::stripe::fill(&again, payouts);
    again.set_latency(LATENCY);
    again.set_rate_limit(Some(25));
    hostledger_tests::stripe::connect(&copy, &again, 30_000);
    let started = Instant::now();
    let mut child = copy
        .command(PREPARER, &args)
        .stdout(Stdio::null())
        .spawn()?;
    while again.transfers().len() < payouts / 2 {
        std::thread::sleep(Duration::from_millis(20));
        ensure!(
            child.try_wait()?.is_none(),
            "the send ended before it was killed"
        );
    }
    child.kill()?;
    child.wait()?;
    row("send, until it is killed after half", started.elapsed());
    let resumed = Instant::now();
    copy.ok(&["payouts", "resume", &batch]);
    row("resume", resumed.elapsed());
    row("both", started.elapsed());
    assert_same(&copy, &batch, &again, "killed and resumed");
    println!(
        "\n{} transfers, one for each payout.",
        again.transfers().len()
    );
    Ok(())
}
