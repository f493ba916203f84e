//! The window as a person uses it: find by name, click, type, and wait for what is seen.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::machine::{Machine, PATIENCE};
use crate::processes::Started;
use crate::webdriver::{Element, Refused, Session};

/// What every script may call.
const PAGE: &str = include_str!("page.js");
const CONTROL: char = '\u{E009}';
const BACKSPACE: char = '\u{E003}';
/// How often a condition is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(40);

/// An open window. A test that fails leaves a picture of it.
pub(crate) struct Window<'a> {
    pub(crate) test: String,
    pub(crate) session: Session,
    // Its machine outlives it.
    _machine: &'a Machine,
    // Ends after the session did.
    _driver: Started,
}

impl<'a> Window<'a> {
    pub(crate) fn new(test: &str, session: Session, driver: Started, machine: &'a Machine) -> Self {
        Self {
            test: test.to_owned(),
            session,
            _machine: machine,
            _driver: driver,
        }
    }

    /// What a script in the page returns. It may use what `page.js` defines.
    pub(crate) fn ask(&self, script: &str, args: &[Value]) -> Value {
        self.try_ask(script, args)
            .unwrap_or_else(|e| panic!("{script}: {}", e.0))
    }

    fn try_ask(&self, script: &str, args: &[Value]) -> Result<Value, Refused> {
        self.session.run(&format!("{PAGE}\n{script}"), args)
    }

    /// Looks until there is an answer.
    pub(crate) fn wait_for<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(
                Instant::now() < until,
                "waited in vain for {what}; the page says:\n{}",
                self.text()
            );
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// All text of the page.
    pub(crate) fn text(&self) -> String {
        let text = self.try_ask("return pageText();", &[]);
        text.ok()
            .and_then(|t| t.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Whether the page shows this text.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// Waits until the page shows a text.
    pub(crate) fn see(&self, text: &str) {
        self.wait_for(&format!("“{text}”"), || self.shows(text).then_some(()));
    }

    /// Waits until the page no longer shows a text.
    pub(crate) fn see_no_more(&self, text: &str) {
        self.wait_for(&format!("“{text}” to go"), || {
            (!self.shows(text)).then_some(())
        });
    }

    /// Waits until a button of that name can be used.
    pub(crate) fn see_button(&self, name: &str) {
        self.wait_for(&format!("the button “{name}”"), || {
            self.find("button", name)
        });
    }

    /// Waits for the heading of a page.
    pub(crate) fn see_page(&self, heading: &str) {
        let script = "return [...document.querySelectorAll('h1')].some((h) => isCalled(tidy(h.textContent), arguments[0]));";
        let there = || {
            self.try_ask(script, &[json!(heading)])
                .is_ok_and(|v| v == json!(true))
        };
        self.wait_for(&format!("the page {heading}"), || there().then_some(()));
    }

    /// Waits for a message that interrupts, with these words in it.
    pub(crate) fn see_alert(&self, words: &str) {
        let script = "return [...document.querySelectorAll(\"[role='alert']\")].map((a) => tidy(a.textContent)).join(' ');";
        let said = || self.try_ask(script, &[]).ok()?.as_str().map(str::to_owned);
        self.wait_for(&format!("an alert with “{words}”"), || {
            said().filter(|said| said.to_lowercase().contains(words))
        });
    }

    /// Makes the window's content so large.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.session
            .resize(width, height)
            .unwrap_or_else(|e| panic!("no other size: {}", e.0));
        let size = || self.ask("return `${innerWidth} ${innerHeight}`;", &[]);
        self.wait_for("the new size", || {
            (size() == json!(format!("{width} {height}"))).then_some(())
        });
    }

    /// Waits until nothing moves, loads or is dimmed.
    pub(crate) fn settle(&self) {
        let script = "
            const busy = document.querySelector(
                '.dimmed, [data-loading=\"true\"], [class*=skeleton], [aria-busy=\"true\"]');
            const moves = document.getAnimations().some((a) => a.playState === 'running');
            return busy || moves || document.fonts.status !== 'loaded' ? null : pageText();";
        let mut before = Value::Null;
        self.wait_for("a page at rest", || {
            let now = self.try_ask(script, &[]).unwrap_or(Value::Null);
            let rests = !now.is_null() && now == before;
            before = now;
            rests.then_some(())
        });
    }

    /// Whether something of this kind and name is there and can be used.
    pub(crate) fn has(&self, kind: &str, name: &str) -> bool {
        self.find(kind, name).is_some()
    }

    fn find(&self, kind: &str, name: &str) -> Option<Element> {
        let script = "return findReady(arguments[0], arguments[1]);";
        self.try_ask(script, &[json!(kind), json!(name)])
            .ok()
            .and_then(|v| Element::from(&v))
    }

    fn click_on(&self, kind: &str, name: &str) {
        let mut refusal = String::new();
        self.wait_for(&format!("the {kind} “{name}” to click"), || {
            // What moves away or is covered for a moment is tried again.
            let clicked = self.session.click(&self.find(kind, name)?);
            clicked.map_err(|e| refusal = e.0).ok()
        });
    }

    /// Clicks a button, link, option or menu item. A name that ends in a star begins so.
    pub(crate) fn click(&self, name: &str) {
        self.click_on("button", name);
    }

    /// Clicks a cell of a table by its text.
    pub(crate) fn click_cell(&self, text: &str) {
        self.click_on("cell", text);
    }

    /// Clicks into a field.
    pub(crate) fn click_field(&self, name: &str) {
        self.click_on("field", name);
    }

    /// Ticks the row of a table that holds a text.
    pub(crate) fn tick(&self, text: &str) {
        self.click_found(
            &format!("the row of “{text}”"),
            "return find('row', arguments[0])?.firstElementChild;",
            text,
        );
    }

    /// Opens the first row of the table.
    pub(crate) fn click_first_row(&self) {
        let script = "
            const rows = [...document.querySelectorAll('[role=row][data-index=\"0\"] [role=gridcell]')];
            return rows.findLast((cell) => isShown(cell) && !cell.querySelector('a')) ?? null;";
        self.settle();
        self.click_found("the first row", script, "");
    }

    fn click_found(&self, what: &str, script: &str, text: &str) {
        self.wait_for(what, || {
            let found = self.try_ask(script, &[json!(text)]).ok()?;
            self.session.click(&Element::from(&found)?).ok()
        });
    }

    /// Puts a text into a field, in place of what is there.
    pub(crate) fn fill(&self, field: &str, text: &str) {
        self.click_on("field", field);
        self.type_over(text);
        let script = "return find('field', arguments[0])?.value;";
        let value = || self.try_ask(script, &[json!(field)]).unwrap_or_default();
        self.wait_for(&format!("“{text}” in {field}"), || {
            (value() == json!(text)).then_some(())
        });
    }

    /// Types in place of what the field with the focus holds.
    pub(crate) fn type_over(&self, text: &str) {
        let mut strokes = vec![vec![CONTROL, 'a'], vec![BACKSPACE]];
        strokes.extend(text.chars().map(|c| vec![c]));
        self.press(&strokes);
    }

    /// Presses keys, each a list of those held together.
    pub(crate) fn press(&self, strokes: &[Vec<char>]) {
        self.session
            .press(strokes)
            .unwrap_or_else(|e| panic!("keys: {}", e.0));
    }

    /// Goes to a place of the rail.
    pub(crate) fn go(&self, place: &str, heading: &str) {
        let script = "
            const place = [...document.querySelectorAll(\"nav[aria-label='Places'] a\")]
                .find((a) => tidy(a.firstChild.textContent) === arguments[0]);
            return place ?? null;";
        self.click_found(&format!("{place} in the rail"), script, place);
        self.see_page(heading);
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep_picture_of_failure();
        }
        self.session.end();
    }
}
