//! Pictures of the window, in both themes, for a person to look at.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::processes::built;
use crate::window::Window;

/// Where pictures go: `HOSTLEDGER_SHOTS`, else `target/shots`.
fn folder() -> PathBuf {
    let given = env::var_os("HOSTLEDGER_SHOTS").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| {
        let profile = built("hostledger-desktop");
        profile
            .ancestors()
            .nth(2)
            .expect("target/<profile>/program")
            .join("shots")
    });
    fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

impl Window<'_> {
    /// Shows the page in a theme, as the setting under Settings, This window does.
    pub(crate) fn wear(&self, theme: &str) {
        let script =
            "document.documentElement.setAttribute('data-mantine-color-scheme', arguments[0]);";
        self.ask(script, &[json!(theme)]);
    }

    /// Takes the settled page in light and dark, without what was said in passing:
    /// `<test>-<name>-light.png`.
    pub(crate) fn shoot(&self, name: &str) {
        self.ask(
            "document.querySelectorAll('.mantine-Notification-closeButton').forEach((b) => b.click());",
            &[],
        );
        self.shoot_all(name);
    }

    /// Takes the settled page in light and dark, toasts and all.
    pub(crate) fn shoot_all(&self, name: &str) {
        self.shoot_each(name, |_| ());
    }

    /// Takes the settled page in light and dark, and does something more in each.
    pub(crate) fn shoot_each(&self, name: &str, mut more: impl FnMut(&str)) {
        for theme in ["dark", "light"] {
            self.wear(theme);
            self.settle();
            self.keep_picture(&format!("{name}-{theme}"));
            more(theme);
        }
    }

    fn keep_picture(&self, name: &str) {
        let file = folder().join(format!("{}-{name}.png", self.test));
        let picture = self
            .session
            .picture()
            .unwrap_or_else(|e| panic!("no picture: {}", e.0));
        fs::write(file, picture).expect("a picture is written");
    }

    /// Keeps a paper beside the pictures: `<test>-<name>`.
    pub(crate) fn keep(&self, paper: &Path, name: &str) {
        let kept = folder().join(format!("{}-{name}", self.test));
        fs::copy(paper, kept).expect("a paper is kept");
    }

    /// What was on the screen when the test failed.
    pub(crate) fn keep_picture_of_failure(&self) {
        if let Ok(picture) = self.session.picture() {
            fs::write(folder().join(format!("{}-failed.png", self.test)), picture).ok();
        }
    }
}
