//! `hostledger`: what the desktop application does, on the same ledger, for scripts.
//!
//! Names, options, JSON keys and exit statuses are a contract (docs/cli.md): they may grow, not
//! change. With `--json` exactly one document goes to standard output; progress and warnings go to
//! standard error.

mod args;
mod json;
mod people;
mod run;
mod text;

use std::process::ExitCode;

use clap::Parser;
use hostledger_core::Error;

/// What a command ends with.
struct Done {
    /// `None`: the document was printed piece by piece already.
    json: Option<serde_json::Value>,
    text: String,
    /// 0 done; 1 a check failed; 3 done, but rows went to the exceptions.
    status: u8,
}

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let help = !e.use_stderr();
            drop(e.print());
            return if help {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(2)
            };
        }
    };
    let json = cli.json;
    match run::run(&cli) {
        Ok(done) => {
            if json {
                if let Some(document) = done.json {
                    print_line(&document.to_string());
                }
            } else if !done.text.is_empty() {
                print_line(done.text.trim_end());
            }
            ExitCode::from(done.status)
        }
        Err(e) => {
            report(&e, json);
            ExitCode::from(1)
        }
    }
}

fn report(e: &Error, json: bool) {
    if json {
        let document = serde_json::json!({
            "error": { "code": e.code.as_str(), "message": e.message, "details": e.details }
        });
        print_line(&document.to_string());
    } else {
        eprintln!("hostledger: {}", e.message);
    }
}

/// Prints a line; a reader that went away is no error of ours.
fn print_line(line: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}
