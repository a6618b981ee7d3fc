//! The real program, run as its users run it: a server or a command, on a data directory of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use super::client::{self, Client};
use super::process::{self, Memory};

/// How long a server may take to start or to stop before a trial gives up.
const PATIENCE: Duration = Duration::from_mins(2);
/// Any free port.
pub const ANYWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// The binary under trial.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
}

/// A command that ran to its end.
#[derive(Debug)]
pub struct Finished {
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub errors: String,
    /// Whether it reported success.
    pub success: bool,
    /// From start to end.
    pub took: Duration,
    /// The most memory it had, as seen every 20 ms; without its database.
    pub peak: Memory,
}

impl Program {
    /// The program at `path`, which must be there.
    pub fn at(path: &Path) -> Result<Self> {
        let path = path.canonicalize().with_context(|| {
            format!("there is no {}; build it, or name it with --pacemark", path.display())
        })?;
        Ok(Self { path })
    }

    /// A command of the program on `data_dir`, with its private database and none of our settings.
    pub fn command(&self, data_dir: &Path) -> Command {
        let mut command = Command::new(&self.path);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PACEMARK_") {
                command.env_remove(name);
            }
        }
        command.env_remove("DATABASE_URL").arg("--data-dir").arg(data_dir);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end, with `input` on its standard input.
    pub async fn run(&self, data_dir: &Path, args: &[&str], input: &str) -> Result<Finished> {
        let begun = Instant::now();
        let mut command = self.command(data_dir);
        let mut child = command.args(args).stdin(Stdio::piped()).spawn().context("cannot run pacemark")?;
        if let Some(mut stdin) = child.stdin.take() {
            // a command that does not read is no fault
            let _unread = stdin.write_all(input.as_bytes()).await;
        }
        let pid = child.id().unwrap_or_default();
        let ended = child.wait_with_output();
        let (ended, peak) = watching(pid, ended).await;
        let ended = ended?;
        Ok(Finished {
            output: String::from_utf8_lossy(&ended.stdout).into_owned(),
            errors: String::from_utf8_lossy(&ended.stderr).into_owned(),
            success: ended.status.success(),
            took: begun.elapsed(),
            peak,
        })
    }

    /// Runs a command that must succeed.
    pub async fn succeed(&self, data_dir: &Path, args: &[&str], input: &str) -> Result<Finished> {
        let finished = self.run(data_dir, args, input).await?;
        ensure!(
            finished.success,
            "pacemark {} failed:\n{}{}",
            args.join(" "),
            finished.output,
            finished.errors
        );
        Ok(finished)
    }

    /// Makes an account.
    pub async fn add_user(&self, data_dir: &Path, user: &NewUser<'_>) -> Result<()> {
        let mut args = vec!["user", "add", "--email", user.email, "--role", user.role];
        args.extend(user.employee_no.iter().flat_map(|number| ["--employee-no", number]));
        self.succeed(data_dir, &args, &format!("{}\n", user.password)).await.map(drop)
    }

    /// Makes an API token of an account.
    pub async fn add_token(&self, data_dir: &Path, email: &str) -> Result<String> {
        let args = ["token", "add", "--email", email, "--name", "trial"];
        Ok(self.succeed(data_dir, &args, "").await?.output.trim().to_owned())
    }

    /// Starts a server on a free port and waits until it is ready.
    pub async fn serve(&self, data_dir: &Path) -> Result<Server> {
        self.serve_on(data_dir, ANYWHERE).await
    }

    /// Starts a server on a port, as after a crash, and waits until it is ready.
    pub async fn serve_on(&self, data_dir: &Path, listen: SocketAddr) -> Result<Server> {
        self.serve_with(data_dir, listen, &[]).await
    }

    /// Starts a server with further settings, given as flags, and waits until it is ready.
    pub async fn serve_with(&self, data_dir: &Path, listen: SocketAddr, flags: &[&str]) -> Result<Server> {
        let begun = Instant::now();
        let log = data_dir.with_extension("log");
        let errors = File::options().create(true).append(true).open(&log)?;
        let mut command = self.command(data_dir);
        command.args(["serve", "--listen", &listen.to_string()]).args(flags).stderr(errors);
        let mut process = command.spawn().context("cannot run pacemark")?;
        let output = process.stdout.take().context("no standard output")?;
        let address = timeout(PATIENCE, address(output)).await.context("the server does not start")?;
        let Some(address) = address else { bail!("the server ended at once; see {}", log.display()) };
        let mut server =
            Server { process, data_dir: data_dir.to_owned(), address, started_in: begun.elapsed() };
        server.wait_until_ready().await?;
        server.started_in = begun.elapsed();
        Ok(server)
    }
}

/// An account to make.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// Sign-in address.
    pub email: &'a str,
    /// A role's code.
    pub role: &'a str,
    /// The employee it belongs to.
    pub employee_no: Option<&'a str>,
    /// As it is typed.
    pub password: &'a str,
}

/// Waits for `work` of process `pid`, and looks at its memory meanwhile.
async fn watching<T>(pid: u32, work: impl Future<Output = T>) -> (T, Memory) {
    let mut work = std::pin::pin!(work);
    let mut seen = Memory::default();
    loop {
        tokio::select! {
            done = work.as_mut() => return (done, seen),
            () = sleep(Duration::from_millis(20)) => seen = process::memory(pid).unwrap_or(seen),
        }
    }
}

/// The address that a starting server prints; nothing when it ends first. What it prints later is thrown away.
async fn address(output: ChildStdout) -> Option<SocketAddr> {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let place = line.strip_prefix("Pacemark is ready: http://");
        if let Some(address) = place.and_then(|place| place.trim_end_matches('/').parse().ok()) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(address);
        }
    }
    None
}

/// A server that runs. Dropping it kills it, if it was not stopped, and waits for its database to end.
#[derive(Debug)]
pub struct Server {
    process: Child,
    data_dir: PathBuf,
    /// Where it serves.
    pub address: SocketAddr,
    /// From the start of the process to the first answer of `/readyz`.
    pub started_in: Duration,
}

impl Server {
    /// Waits until `/readyz` says so.
    pub async fn wait_until_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.status_of("/readyz").await == Some(200) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("the server ended while starting: {status}");
            }
            sleep(Duration::from_millis(5)).await;
        }
        bail!("the server is not ready after {PATIENCE:?}")
    }

    /// The status of a GET on a connection of its own; nothing when there is no answer.
    pub async fn status_of(&self, path: &str) -> Option<u16> {
        let mut client = Client::connect(self.address).await.ok()?;
        let reply = client.exchange(&client::get(path, &[])).await.ok()?;
        Some(reply.status)
    }

    /// The process id; zero once it was waited for.
    pub fn pid(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }

    /// Its data directory.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Its memory, without its database.
    pub fn memory(&self) -> Memory {
        process::memory(self.pid()).unwrap_or_default()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill(Pid::from_raw(self.pid().cast_signed()), signal)?)
    }

    /// Stops it as a supervisor does; how long that took. An error when it does not report success.
    pub async fn stop(mut self) -> Result<Duration> {
        let begun = Instant::now();
        self.signal(Signal::SIGTERM)?;
        let status = timeout(PATIENCE, self.process.wait()).await.context("the server does not stop")??;
        ensure!(status.success(), "the server stopped with {status}");
        Ok(begun.elapsed())
    }

    /// Ends it without warning, and leaves its database to whoever starts it again.
    pub async fn crash(mut self) -> Result<()> {
        self.process.kill().await?;
        self.data_dir.clear(); // so that nobody waits for the database
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.start_kill();
        // or it would still write into the directory that the trial is about to remove
        process::wait_for_postgres_to_end(&self.data_dir, PATIENCE);
    }
}
