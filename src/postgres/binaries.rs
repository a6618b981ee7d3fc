//! Finds the PostgreSQL programs installed on the machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

/// The oldest major version Pacemark runs on.
const OLDEST: u32 = 15;

/// Where distributions put the server programs; `*` is one path component.
const PLACES: [&str; 7] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/libexec/postgresql*",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/bin",
];

/// One installed PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    directory: PathBuf,
    major: u32,
}

impl Binaries {
    /// `PG_BIN` when set; otherwise the newest on PATH or in the usual places, or the version that made
    /// `existing_major`'s database.
    pub fn find(existing_major: Option<u32>) -> Result<Self> {
        let installed: Vec<Self> =
            candidates().iter().filter_map(|directory| Self::inspect(directory)).collect();
        match newest(installed, existing_major) {
            Some(binaries) => Ok(binaries),
            None => bail!(advice(existing_major)),
        }
    }

    /// The full path of a program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn inspect(directory: &Path) -> Option<Self> {
        if !directory.join("initdb").is_file() {
            return None;
        }
        let answer = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8_lossy(&answer.stdout))?;
        Some(Self { directory: directory.to_owned(), major })
    }
}

/// The newest usable one; a database that exists can only be run by its own major version.
fn newest(installed: Vec<Binaries>, existing_major: Option<u32>) -> Option<Binaries> {
    installed
        .into_iter()
        .filter(|found| found.major >= OLDEST && existing_major.is_none_or(|major| found.major == major))
        .max_by_key(|found| found.major)
}

fn candidates() -> Vec<PathBuf> {
    if let Some(chosen) = env::var_os("PG_BIN") {
        return vec![chosen.into()];
    }
    let on_path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&on_path).chain(PLACES.iter().flat_map(|place| expand(place))).collect()
}

/// The directories that `pattern` names, where a component may end in `*`.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/")];
    for component in pattern.split('/').filter(|component| !component.is_empty()) {
        found = found
            .iter()
            .flat_map(|parent| match component.split_once('*') {
                None => vec![parent.join(component)],
                Some((start, end)) => children(parent, start, end),
            })
            .collect();
    }
    found
}

fn children(parent: &Path, start: &str, end: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(start) && name.ends_with(end)
        })
        .map(|entry| entry.path())
        .collect()
}

/// `postgres (PostgreSQL) 15.4 (Debian 15.4-1)` → 15
fn major_version(answer: &str) -> Option<u32> {
    let version = answer.split_once("(PostgreSQL) ")?.1;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn advice(existing_major: Option<u32>) -> String {
    let missing = match existing_major {
        Some(major) => {
            format!("this data directory was made by PostgreSQL {major}, and its programs are not installed")
        }
        None => format!("no PostgreSQL server programs (version {OLDEST} or newer) were found"),
    };
    let package = existing_major.map_or("postgresql".to_owned(), |major| format!("postgresql-{major}"));
    format!(
        "{missing}. Install them (Debian, Ubuntu: `apt install {package}`; Fedora: `dnf install postgresql-server`), \
         or set PG_BIN to the directory that holds `initdb` and `postgres`, or set DATABASE_URL to a server of your own"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(major: u32) -> Binaries {
        Binaries { directory: format!("/pg/{major}").into(), major }
    }

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.4 (Debian 15.4-1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("something else"), None);
    }

    #[test]
    fn the_newest_wins_but_an_existing_database_pins_its_version() {
        let all = vec![installed(14), installed(18), installed(16)];
        assert_eq!(newest(all.clone(), None), Some(installed(18)));
        assert_eq!(newest(all.clone(), Some(16)), Some(installed(16)));
        assert_eq!(newest(all.clone(), Some(17)), None);
        assert_eq!(newest(vec![installed(14)], None), None);
    }

    #[test]
    fn the_advice_names_the_version_that_is_missing() {
        assert!(advice(Some(17)).contains("apt install postgresql-17`"));
        assert!(advice(None).contains("apt install postgresql`"));
    }
}
