//! `cargo xtask …`: sets a machine up, builds and opens the application, and runs every check.
//!
//! Built at each call, so it stays small: no argument parser, no derive macros.

mod bench;
mod bindings;
mod close;
mod display;
mod process;
mod run;
mod setup;
mod show;
mod steps;
mod test;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <command>

  run [--yes]            set up what building needs, build, and open the application on a fresh
                         sample ledger; with no display, perform the weekly close in the terminal
  test [--long] [--yes]  set up what the tests need too, and run every check; --long adds the
                         many-seed fault runs
  setup [--yes]          set up everything that run and test need, and nothing else
  bench [SIZES…]         build in release and measure the close beside its floor
  bench send [PAYOUTS…]  the same for a batch sent through a stand-in for Stripe
  bench tax [FORMS…]     the same for a season of forms 1099-K
  bindings               build, and write the window's TypeScript bindings anew

Before anything is installed you are told what and why, and asked; --yes, CI=true or no terminal
answers for you.";

fn main() {
    if let Err(error) = command() {
        eprintln!("\n{error:#}");
        std::process::exit(1);
    }
}

fn command() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, flags) = match arguments.split_first() {
        Some((name, flags)) => (name.as_str(), flags),
        None => ("help", &[][..]),
    };
    let allowed: &[&str] = match name {
        "run" | "setup" => &["--yes"],
        "test" => &["--yes", "--long"],
        _ => &[],
    };
    if name == "bench" {
        return bench::bench(flags);
    }
    if let Some(unknown) = flags.iter().find(|flag| !allowed.contains(&flag.as_str())) {
        bail!("{name} has no option {unknown}\n\n{HELP}");
    }
    let has = |flag: &str| flags.iter().any(|f| f == flag);
    match name {
        "run" => run::run(has("--yes")),
        "test" => test::test(has("--long"), has("--yes")),
        "setup" => setup::setup(setup::Need::Test, has("--yes")),
        "bindings" => bindings::regenerate(),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("there is no command {name}\n\n{HELP}"),
    }
}
