//! A place for data directories that goes away with the trial.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use tempfile::TempDir;

/// A temporary directory that the database's account may enter. Removed when dropped, so drop it after its servers.
#[derive(Debug)]
pub struct Home {
    place: TempDir,
}

impl Home {
    /// Makes one, below `TMPDIR` or `/tmp`.
    pub fn new() -> Result<Self> {
        let place = tempfile::Builder::new().prefix("pacemark-trial-").tempdir();
        let place = place.context("cannot make a temporary directory")?;
        fs::set_permissions(place.path(), Permissions::from_mode(0o755))?;
        Ok(Self { place })
    }

    /// A path in it; nothing is made there.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }
}
