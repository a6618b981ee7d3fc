//! One run of the private server: creating its database once, launching it, waiting until it answers, stopping it.

use std::{
    env,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use nix::{
    sys::{
        signal::{Signal, kill},
        sysinfo::sysinfo,
    },
    unistd::Pid,
};

use super::{binaries::Binaries, layout::Layout, remains};

/// The name of the database and of its owner.
pub(super) const NAME: &str = "pacemark";

/// How the server runs: durable.
const SETTINGS: [&str; 17] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "max_connections=60",
    "work_mem=8MB",
    "maintenance_work_mem=64MB",
    "max_wal_size=512MB",
    "wal_compression=on",
    "checkpoint_timeout=15min",
    "random_page_cost=1.1",
    "jit=off",
    "log_checkpoints=off",
    // the application reports failed statements itself, without the personal data in them
    "log_min_messages=log",
    "log_line_prefix=%m [%p] ",
];

/// A log that has grown past this is started afresh.
const LARGEST_LOG: u64 = 10 * 1024 * 1024;
/// For how long a server that exits at once is tried again: backends of a killed server need a moment to go.
const RETRY_FOR: Duration = Duration::from_secs(5);
/// How long a fast shutdown may take before it is forced; recovery then repairs what it left.
const FAST_SHUTDOWN: Duration = Duration::from_mins(1);
const FORCED_SHUTDOWN: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// How much of a machine's memory, in MB, the server takes for itself, and how much the planner may count on in the
/// system's cache: modest on a small machine, and the tables of totals of a large company on a large one.
fn memory_settings(megabytes: u64) -> [String; 2] {
    let own = (megabytes / 16).clamp(128, 2048);
    let cache = (megabytes / 4).max(512);
    [format!("shared_buffers={own}MB"), format!("effective_cache_size={cache}MB")]
}

/// The memory of the machine in MB, or of the container we run in.
fn available_memory() -> u64 {
    let machine = sysinfo().map_or(0, |machine| machine.ram_total());
    let container = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let container = container.and_then(|limit| limit.trim().parse().ok()); // "max" is no limit
    container.map_or(machine, |limit: u64| limit.min(machine)) >> 20
}

/// The programs and the place, ready to launch.
#[derive(Debug)]
pub(super) struct Server {
    binaries: Binaries,
    layout: Layout,
}

impl Server {
    /// Finds the programs and, the first time, creates the database.
    pub fn prepare(layout: Layout) -> Result<Self> {
        let server = Self { binaries: Binaries::find(layout.existing_major())?, layout };
        if server.layout.existing_major().is_none() {
            server.create_database().context("cannot create the database")?;
        }
        server.layout.create_socket_dir()?;
        Ok(server)
    }

    /// Launches the server and waits until it answers. `None` when `cancelled` says to stop meanwhile.
    pub fn launch(&self, cancelled: impl Fn() -> bool) -> Result<Option<Child>> {
        let deadline = Instant::now() + RETRY_FOR;
        loop {
            remains::clear(&self.layout)?;
            let mut child = self.spawn()?;
            loop {
                if cancelled() {
                    shut_down(&mut child);
                    return Ok(None);
                }
                if self.answers(&child) {
                    return Ok(Some(child));
                }
                if child.try_wait()?.is_some() {
                    break;
                }
                thread::sleep(POLL);
            }
            if Instant::now() > deadline {
                bail!(
                    "the database server does not start; {} ends with:\n{}",
                    self.layout.log().display(),
                    self.log_end()
                );
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// After a clean stop: removes the socket's directory, which may lie outside the data directory.
    pub fn tidy(&self) {
        let _in_use = fs::remove_dir(self.layout.socket_dir());
    }

    /// Built beside its final place and renamed when complete, so that an interrupted first start leaves no half database.
    fn create_database(&self) -> Result<()> {
        let unfinished = self.layout.unfinished_database();
        // Byte order compares alike on every machine and survives system upgrades; where only plain C exists, so be it.
        let mut failure = anyhow!("initdb did not run");
        for locale in [&["--locale=C", "--lc-ctype=C.UTF-8"][..], &["--locale=C"][..]] {
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished)?;
            }
            self.layout.create_private(&unfinished)?;
            match self.initdb(&unfinished, locale) {
                Ok(()) => return Ok(fs::rename(&unfinished, self.layout.database())?),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn initdb(&self, directory: &Path, locale: &[&str]) -> Result<()> {
        let mut command = self.command(&self.binaries.program("initdb"));
        command.arg("-D").arg(directory).args(["-U", NAME, "-A", "trust", "-E", "UTF8"]);
        command.args(["--data-checksums", "--no-instructions"]).args(locale);
        let result = command.output().context("cannot run initdb")?;
        if !result.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&result.stderr).trim());
        }
        Ok(())
    }

    /// The signal for a parent's death makes the server shut down cleanly even when Pacemark is killed; `setpriv`
    /// sets it. Without `setpriv` the next start stops the server that was left.
    fn spawn(&self) -> Result<Child> {
        let postgres = self.binaries.program("postgres");
        let mut command = if setpriv_works() {
            let mut command = self.command(Path::new("setpriv"));
            command.args(["--pdeathsig", "INT", "--"]).arg(&postgres);
            command
        } else {
            self.command(&postgres)
        };
        command.arg("-D").arg(self.layout.database()).arg("-k").arg(self.layout.socket_dir());
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        command.args(memory_settings(available_memory()).iter().flat_map(|setting| ["-c", setting]));
        let log = self.open_log()?;
        command.stdout(log.try_clone()?).stderr(log);
        command.spawn().with_context(|| format!("cannot run {}", postgres.display()))
    }

    /// A command of the server's account, deaf to our terminal's Ctrl-C and to the PG* variables of our environment.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).current_dir(self.layout.root()).process_group(0);
        for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        if let Some(account) = &self.layout.account {
            account.run(&mut command);
        }
        command
    }

    /// The server writes "ready" into the eighth line of its own `postmaster.pid`.
    fn answers(&self, child: &Child) -> bool {
        let pid_file = self.layout.database().join("postmaster.pid");
        remains::recorded_pid(&pid_file).is_some_and(|pid| pid.cast_unsigned() == child.id())
            && fs::read_to_string(pid_file)
                .is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
    }

    fn open_log(&self) -> Result<File> {
        let path = self.layout.log();
        let full = fs::metadata(&path).is_ok_and(|log| log.len() > LARGEST_LOG);
        if full {
            fs::rename(&path, path.with_extension("log.old"))?;
        }
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn log_end(&self) -> String {
        let mut end = String::new();
        if let Ok(mut log) = File::open(self.layout.log()) {
            let length = log.metadata().map_or(0, |log| log.len());
            let _whole = log.seek(SeekFrom::Start(length.saturating_sub(1000)));
            let _unreadable = log.read_to_string(&mut end);
        }
        end
    }
}

/// Asks for a fast shutdown (open transactions are rolled back), insists after a minute, and waits for the end.
pub(super) fn shut_down(child: &mut Child) {
    for (signal, patience) in [(Signal::SIGINT, FAST_SHUTDOWN), (Signal::SIGQUIT, FORCED_SHUTDOWN)] {
        let _gone = kill(Pid::from_raw(child.id().cast_signed()), signal);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(POLL);
        }
    }
    let _gone = child.kill();
    let _status = child.wait();
}

fn setpriv_works() -> bool {
    let mut probe = Command::new("setpriv");
    probe.args(["--pdeathsig", "INT", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}
