//! The WebDriver protocol, as far as one window needs it: <https://www.w3.org/TR/webdriver2/>.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

/// The name under which a JSON value is a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element that a script found.
#[derive(Debug, Clone)]
pub(crate) struct Element(String);

impl Element {
    /// What a script answered, where it is an element.
    pub(crate) fn from(answer: &Value) -> Option<Self> {
        answer[ELEMENT].as_str().map(|id| Self(id.to_owned()))
    }
}

/// A refusal of the driver: its code and what it says.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

/// One session: one window of the application.
pub(crate) struct Session {
    agent: Agent,
    base: String,
}

fn ask(agent: &Agent, url: &str, body: Option<&Value>) -> Result<Value, Refused> {
    let answer = match body {
        Some(body) => agent.post(url).send_json(body),
        None => agent.get(url).call(),
    };
    let mut answer = answer.map_err(|e| Refused(e.to_string()))?;
    let failed = !answer.status().is_success();
    let mut json: Value = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_json()
        .map_err(|e| Refused(e.to_string()))?;
    let value = json["value"].take();
    if failed {
        Err(Refused(format!("{}: {}", value["error"], value["message"])))
    } else {
        Ok(value)
    }
}

impl Session {
    /// Asks the driver on a port for a window of a program. The driver must answer already.
    pub(crate) fn begin(port: u16, program: &Path) -> Result<Self, Refused> {
        let agent = agent();
        let wanted = json!({
            "capabilities": { "alwaysMatch": {
                "browserName": "wry",
                "tauri:options": { "application": program },
            } },
        });
        let sessions = format!("http://127.0.0.1:{port}/session");
        let made = ask(&agent, &sessions, Some(&wanted))?;
        let id = made["sessionId"].as_str().expect("a session has an id");
        Ok(Self {
            agent,
            base: format!("{sessions}/{id}"),
        })
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        ask(&self.agent, &format!("{}/{path}", self.base), Some(body))
    }

    /// Runs a script with arguments in the page and answers what it returns.
    pub(crate) fn run(&self, script: &str, args: &[Value]) -> Result<Value, Refused> {
        self.post("execute/sync", &json!({ "script": script, "args": args }))
    }

    /// Runs a script that calls back, its last argument, with its answer.
    pub(crate) fn run_async(&self, script: &str, args: &[Value]) -> Result<Value, Refused> {
        self.post("execute/async", &json!({ "script": script, "args": args }))
    }

    /// Clicks in the middle of an element, where nothing may lie over it.
    pub(crate) fn click(&self, element: &Element) -> Result<(), Refused> {
        self.post(&format!("element/{}/click", element.0), &json!({}))
            .map(drop)
    }

    /// Presses and lets go of keys, each a list of those held together, wherever the focus is.
    pub(crate) fn press(&self, strokes: &[Vec<char>]) -> Result<(), Refused> {
        let mut actions = Vec::new();
        for stroke in strokes {
            let step = |what: &'static str| move |key: &char| json!({ "type": what, "value": key });
            actions.extend(stroke.iter().map(step("keyDown")));
            actions.extend(stroke.iter().rev().map(step("keyUp")));
        }
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("actions", &json!({ "actions": [keyboard] }))
            .map(drop)
    }

    /// Makes the window's content so many pixels wide and high.
    pub(crate) fn resize(&self, width: u32, height: u32) -> Result<(), Refused> {
        let rect = json!({ "x": 0, "y": 0, "width": width, "height": height });
        self.post("window/rect", &rect).map(drop)
    }

    /// What the window shows, as a PNG.
    pub(crate) fn picture(&self) -> Result<Vec<u8>, Refused> {
        let answer = ask(&self.agent, &format!("{}/screenshot", self.base), None)?;
        let text = answer.as_str().unwrap_or_default();
        STANDARD.decode(text).map_err(|e| Refused(e.to_string()))
    }

    /// Ends the application.
    pub(crate) fn end(&self) {
        self.agent.delete(&self.base).call().ok();
    }
}

/// Whether a driver on this port takes sessions.
pub(crate) fn answers(port: u16) -> bool {
    ask(&agent(), &format!("http://127.0.0.1:{port}/status"), None).is_ok()
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}
