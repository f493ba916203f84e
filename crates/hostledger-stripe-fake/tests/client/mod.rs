//! A plain client that doesn't know Stripe.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hostledger_stripe_fake::{AccountSetup, FakeStripe};
use serde_json::Value;

pub(crate) const KEY: &str = "rk_test_0123456789";

/// Each call has a connection of its own, and none is made again.
#[derive(Clone)]
pub(crate) struct Client {
    url: String,
    key: String,
    agent: ureq::Agent,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: ureq::http::HeaderMap,
    pub(crate) text: String,
    /// Null where it is none.
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A stand-in with a host, and so much money.
pub(crate) fn fresh(usd_minor: i64) -> (FakeStripe, Client) {
    let stripe = FakeStripe::start();
    stripe.add_account("acct_host", AccountSetup::default());
    stripe.set_balance("usd", usd_minor);
    let client = Client {
        url: stripe.url(),
        key: KEY.to_owned(),
        agent: agent(Duration::from_secs(20)),
    };
    (stripe, client)
}

fn agent(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .build()
        .into()
}

fn transfer_body(amount: i64) -> String {
    format!("amount={amount}&currency=usd&destination=acct_host")
}

pub(crate) fn transfer_request(amount: i64, key: &str) -> String {
    let body = transfer_body(amount);
    format!(
        "POST /v1/transfers HTTP/1.1\r\nHost: stripe\r\nAuthorization: Bearer {KEY}\r\n\
         Idempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Client {
    pub(crate) fn with_timeout(&self, timeout: Duration) -> Self {
        let agent = agent(timeout);
        Self {
            agent,
            ..self.clone()
        }
    }

    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) fn pay(&self, amount: i64, key: &str) -> Result<Answer, ureq::Error> {
        self.post("v1/transfers", &transfer_body(amount), Some(key))
    }

    pub(crate) fn pay_for(&self, payout_id: &str, amount: i64) -> Result<Answer, ureq::Error> {
        let body = format!("{}&metadata[payout_id]={payout_id}", transfer_body(amount));
        self.post("v1/transfers", &body, None)
    }

    pub(crate) fn post(
        &self,
        path: &str,
        body: &str,
        key: Option<&str>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {}", self.key))
            .header("Content-Type", "application/x-www-form-urlencoded");
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        answer(request.send(body)?)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {}", self.key));
        let response = request.call().expect("an answer");
        answer(response).expect("a whole answer")
    }

    /// Everything that comes back for these bytes, and how the connection ended.
    pub(crate) fn raw(&self, request: &str) -> (Vec<u8>, std::io::Result<()>) {
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        stream
            .write_all(request.as_bytes())
            .expect("a request that goes out");
        let (mut bytes, mut buffer) = (Vec::new(), [0; 512]);
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return (bytes, Ok(())),
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                Err(e) => return (bytes, Err(e)),
            }
        }
    }
}

fn answer(response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let (head, mut body) = response.into_parts();
    let text = body.read_to_string()?;
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        json: serde_json::from_str(&text).unwrap_or_default(),
        text,
    })
}

/// Waits until something holds.
pub(crate) fn until(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
