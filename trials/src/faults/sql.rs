//! The database of a server, asked beside the server with PostgreSQL's own client.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::{Child, Command};

/// The private database of a data directory.
#[derive(Clone, Debug)]
pub struct Sql {
    psql: PathBuf,
    socket_dir: PathBuf,
}

impl Sql {
    /// The database of `data_dir`, by the programs in `PG_BIN`.
    pub fn of(data_dir: &Path) -> Result<Self> {
        let programs = std::env::var_os("PG_BIN").context("set PG_BIN to the folder of psql")?;
        Ok(Self { psql: PathBuf::from(programs).join("psql"), socket_dir: data_dir.join("run") })
    }

    /// Where a server of its own reaches this database.
    pub fn url(&self) -> String {
        format!("postgres://pacemark@localhost/pacemark?host={}", self.socket_dir.display())
    }

    /// The rows that a statement returns, columns separated by `|`.
    pub async fn rows(&self, sql: &str) -> Result<Vec<String>> {
        let ended = self.command(sql).output().await.context("cannot run psql")?;
        ensure!(ended.status.success(), "psql: {}\n{sql}", String::from_utf8_lossy(&ended.stderr));
        Ok(String::from_utf8_lossy(&ended.stdout).lines().map(ToOwned::to_owned).collect())
    }

    /// One number.
    pub async fn number(&self, sql: &str) -> Result<usize> {
        let rows = self.rows(sql).await?;
        let first = rows.first().with_context(|| format!("nothing from {sql}"))?;
        first.parse().with_context(|| format!("no number: {first}"))
    }

    /// Runs statements in the background, as somebody who holds a lock; dropping the process ends them.
    pub fn hold(&self, sql: &str) -> Result<Child> {
        self.command(sql).stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("cannot run psql")
    }

    fn command(&self, sql: &str) -> Command {
        let mut command = Command::new(&self.psql);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "pacemark", "-d", "pacemark"]);
        command.arg("-h").arg(&self.socket_dir).args(["-c", sql]).kill_on_drop(true);
        command
    }
}
