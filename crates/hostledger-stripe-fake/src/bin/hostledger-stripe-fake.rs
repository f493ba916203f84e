//! `hostledger-stripe-fake [--port N]`: the stand-in for Stripe as a program. Its address is the
//! first line it prints; it runs until it is stopped.

use std::io::Write;

use hostledger_stripe_fake::FakeStripe;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let port = match arguments[..] {
        [] => Some(0),
        ["--port", port] => port.parse().ok(),
        _ => None,
    };
    let Some(port) = port else {
        eprintln!("hostledger-stripe-fake [--port N]");
        std::process::exit(2);
    };
    let fake = FakeStripe::start_at(port);
    println!("{}", fake.url());
    let _ = std::io::stdout().flush();
    loop {
        std::thread::park();
    }
}
