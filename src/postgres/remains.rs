//! What an earlier run left behind: a server that still runs, or only its files.
//!
//! Called with the data directory's lock held, so no other Pacemark is at work here. A process id in
//! `postmaster.pid` proves nothing by itself: after a crash it may be a zombie that nobody has waited for, or, in a
//! container, an unrelated process. A live server is known by its working directory, which is its database.
//! PostgreSQL's own lock on shared memory still refuses to start beside surviving backends; the caller tries again.

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::layout::Layout;

/// How long a server left running may take to shut down.
const PATIENCE: Duration = Duration::from_mins(1);

/// Stops a server that outlived its Pacemark, and removes files that would keep a new one from starting.
pub(super) fn clear(layout: &Layout) -> Result<()> {
    let pid_file = layout.database().join("postmaster.pid");
    if !Path::new("/proc/self").exists() {
        return Ok(()); // without /proc a live server cannot be told from a stale file; PostgreSQL decides
    }
    if let Some(pid) = recorded_pid(&pid_file)
        && is_server_of(pid, &layout.database())
    {
        stop(pid, &layout.database())?;
    }
    let socket = layout.socket_dir().join(".s.PGSQL.5432");
    for stale in [&pid_file, &socket, &socket.with_extension("5432.lock")] {
        remove(stale).with_context(|| format!("cannot remove the stale file {}", stale.display()))?;
    }
    Ok(())
}

/// The process id in the first line of `postmaster.pid`.
pub(super) fn recorded_pid(pid_file: &Path) -> Option<i32> {
    fs::read_to_string(pid_file).ok()?.lines().next()?.trim().parse().ok().filter(|pid| *pid > 0)
}

/// A zombie has no working directory any more, so it is not a live server.
fn is_server_of(pid: i32, database: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == database)
}

fn stop(pid: i32, database: &Path) -> Result<()> {
    tracing::info!("stopping a database server that outlived its Pacemark (process {pid})");
    let deadline = Instant::now() + PATIENCE;
    while is_server_of(pid, database) {
        if Instant::now() > deadline {
            bail!(
                "the database server of an earlier run (process {pid}) does not stop; end it and start again"
            );
        }
        // Repeated on purpose: a server that is only just starting may miss the first one.
        let _gone = kill(Pid::from_raw(pid), Signal::SIGINT);
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
