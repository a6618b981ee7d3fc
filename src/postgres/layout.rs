//! Where the private server keeps its files, prepared so that its account can reach them.

use std::{
    fs,
    fs::{DirBuilder, File, Permissions, TryLockError},
    io::Write,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use nix::unistd::Uid;
use sha2::{Digest, Sha256};

use super::account::Account;
use crate::config::{Config, DEFAULT_DATA_DIR};

/// Where the data goes when root starts Pacemark in a directory that no other account may enter.
const ROOTS_DATA_DIR: &str = "/var/lib/pacemark";

/// The longest socket directory: the system's limit for a socket's full path is about 100 bytes.
const LONGEST_SOCKET_DIR: usize = 80;

/// The data directory, and who works in it.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: PathBuf,
    /// As whom the server runs, when not as ourselves.
    pub account: Option<Account>,
}

/// The data directory of `config`. The default, `./data`, becomes `/var/lib/pacemark` when we are root and the
/// account that PostgreSQL must run as cannot enter the working directory.
pub fn data_dir(config: &Config) -> Result<PathBuf> {
    if config.data_dir != Path::new(DEFAULT_DATA_DIR) {
        return Ok(config.data_dir.clone());
    }
    let here = std::env::current_dir().context("cannot tell the working directory")?;
    let account = Account::choose(&here.join(DEFAULT_DATA_DIR).join("postgres"))?;
    match account.as_ref().and_then(|account| account.stopped_at(&here)) {
        None => Ok(config.data_dir.clone()),
        Some(closed) => {
            let closed = closed.display();
            tracing::warn!(
                "the data is in {ROOTS_DATA_DIR}: PostgreSQL cannot run as root, and {closed} is closed to other accounts"
            );
            Ok(ROOTS_DATA_DIR.into())
        }
    }
}

impl Layout {
    /// Creates the data directory if need be, and checks that the server's account can reach it.
    pub fn prepare(data_dir: &Path) -> Result<Self> {
        let shown = data_dir.display();
        if !data_dir.exists() {
            fs::create_dir_all(data_dir)
                .with_context(|| format!("cannot create the data directory {shown}"))?;
            fs::set_permissions(data_dir, Permissions::from_mode(0o755))?;
        }
        let root =
            data_dir.canonicalize().with_context(|| format!("cannot open the data directory {shown}"))?;
        let account = Account::choose(&root.join("postgres"))?;
        if let Some(closed) = account.as_ref().and_then(|account| account.stopped_at(&root)) {
            let closed = closed.display();
            bail!(
                "PostgreSQL cannot run as root, and the account it runs as may not enter {closed}. \
                 Choose another data directory (--data-dir {ROOTS_DATA_DIR}), or start Pacemark as an ordinary user"
            );
        }
        Ok(Self { root, account })
    }

    /// The data directory, as an absolute path without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database (PGDATA).
    pub fn database(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// A database that is not complete yet; renamed when it is.
    pub fn unfinished_database(&self) -> PathBuf {
        self.root.join("postgres.new")
    }

    /// What the server reports.
    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// The major version that made the database, if there is one.
    pub fn existing_major(&self) -> Option<u32> {
        fs::read_to_string(self.database().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// The directory of the server's socket: in the data directory, or a short one that is found from it.
    pub fn socket_dir(&self) -> PathBuf {
        let near = self.root.join("run");
        if near.as_os_str().len() <= LONGEST_SOCKET_DIR {
            return near;
        }
        let digest = Sha256::digest(self.root.as_os_str().as_bytes());
        let name = digest.iter().take(8).fold(0_u64, |name, byte| name << 8 | u64::from(*byte));
        PathBuf::from(format!("/tmp/pacemark-{name:016x}"))
    }

    /// Makes the socket directory, open to the server's account only.
    pub fn create_socket_dir(&self) -> Result<PathBuf> {
        let directory = self.socket_dir();
        self.create_private(&directory)?;
        let found = fs::symlink_metadata(&directory)?;
        let owner = self.account.as_ref().map_or(Uid::effective().as_raw(), Account::uid);
        ensure!(
            found.is_dir() && found.uid() == owner && found.mode() & 0o777 == 0o700,
            "{} is in the way: it must be a directory that only the database's account can open. Remove it",
            directory.display()
        );
        Ok(directory)
    }

    /// Makes a directory that belongs to the server's account and is closed to all others, unless it exists.
    pub fn create_private(&self, directory: &Path) -> Result<()> {
        match DirBuilder::new().mode(0o700).create(directory) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
            result => result.with_context(|| format!("cannot create {}", directory.display()))?,
        }
        self.account.as_ref().map_or(Ok(()), |account| account.own(directory))
    }

    /// Takes the data directory for this process; `None` when another process has it. The lock ends with the file,
    /// however the process ends.
    pub fn try_lock(&self) -> Result<Option<File>> {
        let path = self.lock_path();
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        file.set_len(0)?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Some(file))
    }

    /// The error for a data directory that another process has.
    pub fn taken(&self) -> anyhow::Error {
        let holder = fs::read_to_string(self.lock_path()).unwrap_or_default();
        let holder = match holder.trim() {
            "" => String::new(),
            pid => format!(" (process {pid})"),
        };
        anyhow::anyhow!(
            "another Pacemark{holder} already uses the data directory {}. Stop it first, or choose another directory with --data-dir",
            self.root.display()
        )
    }

    fn lock_path(&self) -> PathBuf {
        self.root.join("pacemark.lock")
    }
}
