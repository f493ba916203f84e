//! The window by key presses alone: nothing here clicks, or gives the focus by a script.

use serde_json::json;

use crate::window::Window;

pub(crate) const ENTER: char = '\u{E007}';
pub(crate) const ESCAPE: char = '\u{E00C}';
pub(crate) const TAB: char = '\u{E004}';
pub(crate) const CONTROL: char = '\u{E009}';
pub(crate) const DOWN: char = '\u{E015}';

/// More stops than any page of the window has.
const MOST_STOPS: usize = 120;

/// Someone without a mouse.
pub(crate) struct Keyboard<'w>(pub(crate) &'w Window<'w>);

impl Keyboard<'_> {
    /// Presses one key.
    pub(crate) fn key(&self, key: char) {
        self.0.press(&[vec![key]]);
    }

    /// Presses keys one after the other: "gi" goes to the imports.
    pub(crate) fn keys(&self, keys: &str) {
        let strokes: Vec<Vec<char>> = keys.chars().map(|c| vec![c]).collect();
        self.0.press(&strokes);
    }

    /// Holds Control and presses a key.
    pub(crate) fn control(&self, key: char) {
        self.0.press(&[vec![CONTROL, key]]);
    }

    /// What has the focus, as a screen reader would name it.
    fn focus(&self) -> String {
        let script =
            "const e = document.activeElement; return e && e !== document.body ? nameOf(e) : '';";
        self.0
            .ask(script, &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether something of that name has the focus, and whether that is shown: asked at once, since
    /// a page that is still loading may put another element in its place.
    fn is_on(&self, name: &str) -> bool {
        let script = "
            let e = document.activeElement;
            if (!e || !isCalled(nameOf(e), arguments[0]) || e.dataset.disabled) return 'elsewhere';
            for (; e && e !== document.body; e = e.parentElement) {
                const style = getComputedStyle(e);
                if (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') return 'seen';
                if (e.matches('input, textarea, [role=grid]')) return 'seen';
            }
            return 'unseen';";
        let found = self.0.ask(script, &[json!(name)]);
        assert!(
            found != json!("unseen"),
            "the focus on “{name}” can't be seen"
        );
        found == json!("seen")
    }

    /// Tabs on until something of that name has the focus, and sees that the focus is shown.
    pub(crate) fn tab_to(&self, name: &str) {
        self.0.wait_for(&format!("“{name}” to be there"), || {
            let script =
                "return findReady('button', arguments[0]) ?? findReady('field', arguments[0]);";
            (!self.0.ask(script, &[json!(name)]).is_null()).then_some(())
        });
        let mut passed = Vec::new();
        for _ in 0..MOST_STOPS {
            if self.is_on(name) {
                return;
            }
            self.key(TAB);
            passed.push(self.focus());
        }
        panic!("Tab never comes to “{name}”; it stopped at {passed:?}");
    }

    /// Tabs to a button and presses it.
    pub(crate) fn push(&self, name: &str) {
        self.tab_to(name);
        self.key(ENTER);
    }

    /// Tabs to a field and types.
    pub(crate) fn fill(&self, field: &str, text: &str) {
        self.tab_to(field);
        self.0.type_over(text);
    }

    /// Tabs to a list of choices, opens it and moves to one.
    pub(crate) fn choose(&self, field: &str, option: &str) {
        self.tab_to(field);
        self.key(' ');
        let script =
            "return tidy(document.querySelector('[data-combobox-selected]')?.textContent);";
        for _ in 0..MOST_STOPS {
            if self.0.ask(script, &[]) == json!(option) {
                return self.key(ENTER);
            }
            self.key(DOWN);
        }
        panic!("{field} doesn't offer {option}");
    }

    /// Moves through the table to the row that holds a text.
    pub(crate) fn row_of(&self, text: &str) {
        self.0.settle();
        // The first press goes to the table, each further one to the next row.
        let script =
            "return tidy(document.querySelector('[role=row][data-active=true]')?.textContent);";
        for _ in 0..MOST_STOPS {
            let row = self.0.ask(script, &[]);
            if row.as_str().is_some_and(|row| row.contains(text)) && self.on_the_table() {
                return;
            }
            self.key(if row.as_str().is_some_and(|row| row.contains(text)) {
                'k'
            } else {
                'j'
            });
        }
        panic!("no row has “{text}”");
    }

    fn on_the_table(&self) -> bool {
        self.0
            .ask("return document.activeElement.matches('[role=grid]');", &[])
            == json!(true)
    }

    /// Goes to a place by its two letters.
    pub(crate) fn go(&self, letters: &str, heading: &str) {
        self.keys(letters);
        self.0.see_page(heading);
    }
}
