//! Rebuilds when a migration changes: the SQL is embedded in the program.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
