//! Embeds the static files, and rebuilds when a message catalogue is added or removed.

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
    memory_serve::load_directory("./static");
}
