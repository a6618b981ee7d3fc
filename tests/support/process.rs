//! The real program, run as its users run it: a process on a data directory of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A directory that the database's account may enter, with room for data directories.
pub fn data_home() -> TempDir {
    let home = tempfile::Builder::new().prefix("pm").tempdir_in("/tmp").unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    home
}

/// A command of the program on `data_dir`, with its own PostgreSQL.
pub fn pacemark(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pacemark"));
    command.env_remove("DATABASE_URL").args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program to its end.
pub fn output_of(mut command: Command) -> Output {
    command.output().unwrap()
}

/// A server that is running. Dropping it kills it, if the test has not stopped it, and waits for its database to end.
pub struct Server {
    process: Child,
    data_dir: PathBuf,
    /// Where it serves.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the program on `data_dir` and waits until it serves.
    pub fn start(data_dir: &Path) -> Self {
        let mut process = pacemark(data_dir).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.split_once("http://")?.1.trim_end_matches('/').parse().ok())
            .expect("the program should print its address");
        Self { process, data_dir: data_dir.to_owned(), address }
    }

    /// Ends the program without warning.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Stops the program as Ctrl-C does; true when it reports success.
    pub fn interrupt(mut self) -> bool {
        kill(Pid::from_raw(self.process.id().cast_signed()), Signal::SIGINT).unwrap();
        self.process.wait().unwrap().success()
    }

    /// The status line's code of a GET, or none when nothing answers.
    pub fn status_of(&self, path: &str) -> Option<u16> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _status = self.process.wait();
        // or it would still write into the directory that the test is about to remove
        if let Some(postgres) = postgres_pid(&self.data_dir) {
            eventually("the database stops", || !is_alive(postgres));
        }
    }
}

/// The process id of the private database server on `data_dir`.
pub fn postgres_pid(data_dir: &Path) -> Option<Pid> {
    let file = fs::read_to_string(data_dir.join("postgres/postmaster.pid")).ok()?;
    file.lines().next()?.parse().ok().map(Pid::from_raw)
}

/// Whether a process is alive; one that has ended but not been waited for is not.
pub fn is_alive(pid: Pid) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok()
}

/// A connection to the private database server.
pub async fn connect(data_dir: &Path) -> PgConnection {
    let options = PgConnectOptions::new().username("pacemark").database("pacemark");
    options.socket(data_dir.join("run")).connect().await.unwrap()
}

/// Waits until `condition` holds.
pub fn eventually(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "gave up waiting: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
