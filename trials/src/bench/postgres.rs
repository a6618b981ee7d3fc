//! PostgreSQL's own programs on the private database of the server under trial.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::support::stats::Times;

/// The name of the database and of its owner.
const NAME: &str = "pacemark";

/// The private database of a data directory.
#[derive(Clone, Debug)]
pub struct Postgres {
    programs: PathBuf,
    socket_dir: PathBuf,
    log: PathBuf,
}

/// What `pgbench` measured.
#[derive(Clone, Debug)]
pub struct Transactions {
    /// Per second.
    pub rate: f64,
    /// How long each took.
    pub times: Times,
}

impl Postgres {
    /// The database of `data_dir`, by the programs in `PG_BIN`.
    pub fn of(data_dir: &Path) -> Result<Self> {
        let programs = std::env::var_os("PG_BIN").context("set PG_BIN to the folder of psql and pgbench")?;
        let programs = PathBuf::from(programs);
        for name in ["psql", "pgbench"] {
            ensure!(programs.join(name).exists(), "there is no {name} in {}", programs.display());
        }
        Ok(Self { programs, socket_dir: data_dir.join("run"), log: data_dir.join("postgres.log") })
    }

    /// Runs statements; what they return, unadorned.
    pub async fn query(&self, sql: &str) -> Result<String> {
        let mut psql = self.command("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", NAME]);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        psql.stdin.take().context("no standard input")?.write_all(sql.as_bytes()).await?;
        let ended = psql.wait_with_output().await?;
        ensure!(ended.status.success(), "psql: {}\n{sql}", String::from_utf8_lossy(&ended.stderr));
        Ok(String::from_utf8_lossy(&ended.stdout).trim().to_owned())
    }

    /// One number.
    pub async fn number(&self, sql: &str) -> Result<u64> {
        let answer = self.query(sql).await?;
        answer.parse().with_context(|| format!("no number: {answer:?} from {sql}"))
    }

    /// Repeats a `pgbench` script with `clients` for `length`, on prepared statements. Writes into `scratch`.
    pub async fn bench(
        &self,
        script: &str,
        clients: usize,
        length: Duration,
        scratch: &Path,
    ) -> Result<Transactions> {
        let directory = scratch.join("pgbench");
        fs::create_dir_all(&directory)?;
        let file = directory.join("script.sql");
        fs::write(&file, script)?;
        let mut pgbench = self.command("pgbench");
        let (clients, seconds) = (clients.to_string(), length.as_secs().max(1).to_string());
        pgbench.args(["-n", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds, "--log", "-f"]);
        pgbench.arg(&file).arg(NAME).current_dir(&directory);
        let ended = pgbench.output().await?;
        let output = String::from_utf8_lossy(&ended.stdout);
        ensure!(ended.status.success(), "pgbench: {}", String::from_utf8_lossy(&ended.stderr));
        let rate =
            output.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        let times = times(&directory)?;
        fs::remove_dir_all(&directory)?;
        Ok(Transactions { rate: rate.with_context(|| format!("pgbench said {output}"))?, times })
    }

    /// How many statements the server ran while `work` was done; nobody else may ask it anything meanwhile.
    pub async fn statements_of(&self, work: impl Future<Output = Result<()>>) -> Result<usize> {
        self.set("log_statement", "'all'").await?;
        let begin = fs::metadata(&self.log)?.len();
        work.await?;
        let log = fs::read(&self.log)?;
        self.set("log_statement", "'none'").await?;
        let added = String::from_utf8_lossy(&log[usize::try_from(begin)?.min(log.len())..]).into_owned();
        let ours =
            added.lines().filter(|line| line.contains("LOG:  execute") || line.contains("LOG:  statement:"));
        Ok(ours.filter(|line| !line.contains("alter system") && !line.contains("pg_reload_conf")).count())
    }

    async fn set(&self, setting: &str, value: &str) -> Result<()> {
        self.query(&format!("alter system set {setting} = {value};\nselect pg_reload_conf();")).await?;
        // every backend has to notice
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(&self.socket_dir).args(["-U", NAME]).stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// The third field of each line of the logs: microseconds.
fn times(directory: &Path) -> Result<Times> {
    let mut times = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"pgbench_log")) {
            let log = fs::read_to_string(path)?;
            let micros = log.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok());
            times.extend(micros.map(Duration::from_micros));
        }
    }
    Ok(Times::of(times))
}
