//! Compiles the window's files and its permissions into the program.

use std::fs;
use std::path::Path;

fn main() {
    // `cargo build` works before the window was ever built: an empty page stands in for it.
    let window = Path::new("../ui/dist");
    if !window.join("index.html").exists() {
        let made = fs::create_dir_all(window).and_then(|()| {
            fs::write(
                window.join("index.html"),
                "<!doctype html><title>Hostledger</title><p>The window isn't built yet: run <code>npm run build</code> in <code>ui</code>, then build again.</p>\n",
            )
        });
        if let Err(e) = made {
            println!("cargo::warning=ui/dist/index.html can't be written: {e}");
        }
    }
    tauri_build::build();
}
