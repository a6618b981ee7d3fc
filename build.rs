//! Embeds the static files, and rebuilds when a message catalogue is added or removed.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    for sources in ["locales", "migrations", "static"] {
        println!("cargo::rerun-if-changed={sources}");
    }
    let files = Path::new(&std::env::var("OUT_DIR")?).join("static");
    copy_files(Path::new("static"), &files)?;
    memory_serve::load_directory(&files);
    Ok(())
}

/// Copies the static files; style sheets then name files by the address that carries their content's hash.
fn copy_files(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(from)? {
        names
            .push(entry?.file_name().into_string().map_err(|name| format!("{} is no text", name.display()))?);
    }
    for name in &names {
        let content = fs::read(from.join(name))?;
        let content = if Path::new(name).extension().is_some_and(|ending| ending == "css") {
            with_hashes(content, from, &names)?
        } else {
            content
        };
        fs::write(to.join(name), content)?;
        as_old_as(&from.join(name), &to.join(name))?;
    }
    as_old_as(from, to)
}

/// Gives a copy the age of what it was made from: what is newer than this run would make every build begin anew.
fn as_old_as(original: &Path, copy: &Path) -> Result<(), Box<dyn Error>> {
    Ok(fs::File::open(copy)?.set_modified(fs::metadata(original)?.modified()?)?)
}

fn with_hashes(style: Vec<u8>, folder: &Path, names: &[String]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut style = String::from_utf8(style)?;
    for name in names {
        let plain = format!("url(\"{name}\")");
        if style.contains(&plain) {
            style =
                style.replace(&plain, &format!("url(\"{}\")", hashed(name, &fs::read(folder.join(name))?)));
        }
    }
    Ok(style.into_bytes())
}

/// The name under which `memory_serve` serves the file for good: the first 16 digits of its content's SHA-256 before the
/// ending.
fn hashed(name: &str, content: &[u8]) -> String {
    let mut hash = String::new();
    for byte in Sha256::digest(content).iter().take(8) {
        let _infallible = write!(hash, "{byte:02x}");
    }
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}.{hash}.{ending}"),
        None => format!("{name}.{hash}"),
    }
}
