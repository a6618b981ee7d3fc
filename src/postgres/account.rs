//! Under which system account the private server runs: PostgreSQL refuses to run as root.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result};
use nix::unistd::{Gid, Uid, User, chown};

/// A system account other than our own.
#[derive(Clone, Debug)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account to run as when we are root: the owner of an existing database, else `postgres`, else `nobody`.
    /// `None` when we are an ordinary user and run the server as ourselves.
    pub fn choose(database: &Path) -> Result<Option<Self>> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        if let Ok(existing) = fs::metadata(database)
            && existing.uid() != 0
        {
            return Ok(Some(Self { uid: existing.uid(), gid: existing.gid() }));
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Some(Self { uid: user.uid.as_raw(), gid: user.gid.as_raw() }))
            .context("PostgreSQL cannot run as root, and there is neither a `postgres` nor a `nobody` account to run it as")
    }

    /// Gives `path` to the account.
    pub fn own(&self, path: &Path) -> Result<()> {
        chown(path, Some(Uid::from_raw(self.uid)), Some(Gid::from_raw(self.gid)))
            .with_context(|| format!("cannot give {} to the database's account", path.display()))
    }

    /// Makes `command` run as the account.
    pub fn run(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// The user id.
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// The first directory on the way to `path`, itself included, that the account may not enter.
    pub fn stopped_at<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        path.ancestors().collect::<Vec<_>>().into_iter().rev().find(|directory| !self.may_enter(directory))
    }

    fn may_enter(&self, directory: &Path) -> bool {
        fs::metadata(directory).is_ok_and(|found| {
            let bit = if found.uid() == self.uid {
                0o100
            } else if found.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            found.mode() & bit != 0
        })
    }
}
