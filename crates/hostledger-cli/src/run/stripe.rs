//! The Stripe account of a ledger.

use hostledger_app::stored::StripeConnection;
use hostledger_app::stripe::{self, KeyStore, NewConnection};
use hostledger_app::{Session, payouts};
use serde_json::{Value, json};

use super::{Answer, done, watched};
use crate::args;
use crate::people::secret;

pub(super) fn connect_stripe(s: &Session, c: &args::Stripe) -> Answer {
    match c {
        args::Stripe::Connect {
            key_store,
            base_url,
            timeout_ms,
        } => {
            let key = secret("HOSTLEDGER_STRIPE_KEY", "Restricted Stripe key")?;
            let new = NewConnection {
                key: &key,
                key_store: match key_store {
                    args::KeyStore::Keyring => KeyStore::Keyring,
                    args::KeyStore::File => KeyStore::SealedFile,
                },
                base_url,
                timeout_ms: *timeout_ms,
            };
            let c = stripe::connect(s, &new)?;
            done(shown(&c), sentence(&c))
        }
        args::Stripe::Status => match stripe::status(s)? {
            Some(c) => done(shown(&c), sentence(&c)),
            None => done(
                json!({ "account": null }),
                "No Stripe account is connected. An admin connects one with `hostledger stripe connect`.",
            ),
        },
        args::Stripe::Sync => {
            let d = stripe::sync(s, &watched())?;
            let mut text = format!(
                "{} accounts were read, {} became unpayable. {} reversals were posted, {} banks refused.",
                d.accounts, d.restricted, d.reversals, d.bank_failures
            );
            for notice in &d.notices {
                text.push_str("\n  ");
                text.push_str(notice);
            }
            done(
                json!({ "accounts": d.accounts, "restricted": d.restricted, "reversals": d.reversals, "bank_failures": d.bank_failures, "disputes": d.disputes, "notices": d.notices }),
                text,
            )
        }
        args::Stripe::Reconcile => {
            let d = payouts::reconcile(s, &watched())?;
            done(
                json!({ "taken_over": d.taken_over, "found": d.found, "unfrozen": d.unfrozen }),
                format!(
                    "The ledger agrees with Stripe's list of transfers. {} payouts were recorded as sent, {} transfers without a payout here were set against their hosts' balances, {} stopped batches may go on.",
                    d.taken_over, d.found, d.unfrozen
                ),
            )
        }
    }
}

fn shown(c: &StripeConnection) -> Value {
    json!({
        "account": c.account_id, "mode": c.rail().mode(), "key": c.key_hint,
        "key_store": c.key_store, "base_url": c.base_url,
    })
}

fn sentence(c: &StripeConnection) -> String {
    let kept = if c.key_store == "keyring" {
        "the system's keyring"
    } else {
        "a sealed file of the ledger"
    };
    format!(
        "Payouts leave through the Stripe account {} in {} mode. The key {} is kept in {kept}.",
        c.account_id,
        c.rail().mode(),
        c.key_hint
    )
}
