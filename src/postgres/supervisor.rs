//! Keeps the private server running for as long as Pacemark does, and stops it with Pacemark.
//!
//! One thread of its own launches, watches and stops the server. It must be the thread that launches: the system
//! counts the death of the launching *thread* as the parent's death, and threads of the async runtime come and go.

use std::{
    fs::File,
    process::Child,
    sync::mpsc::{self, RecvTimeoutError, TryRecvError},
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::sync::oneshot;

use super::{
    layout::Layout,
    room::{Room, Watch},
    server::{Server, shut_down},
};

/// How often the server is looked at, and the pause between attempts to start it again.
const WATCH: Duration = Duration::from_millis(200);
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The stop signal is the end of this channel; nothing is ever sent on it.
type StopSignal = mpsc::Receiver<()>;

/// The watching thread. Dropping it stops the server and waits for it.
#[derive(Debug)]
pub(super) struct Supervisor {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts the server and returns when it answers. `lock` is held until the server has stopped; `room` says from
    /// then on whether there is room on the disk.
    pub async fn start(layout: Layout, lock: File, room: Room) -> Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let (ready, answer) = oneshot::channel();
        let thread = thread::Builder::new().name("postgres".into()).spawn(move || {
            let disk = Watch::new(layout.root(), room);
            run(layout, &disk, &stopped, ready);
            drop(lock);
        })?;
        let supervisor = Self { stop: Some(stop), thread: Some(thread) };
        answer.await.context("the database server's supervisor ended")??;
        Ok(supervisor)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn run(layout: Layout, disk: &Watch, stopped: &StopSignal, ready: oneshot::Sender<Result<()>>) {
    let started = Server::prepare(layout).and_then(|server| Ok((server.launch(|| is_set(stopped))?, server)));
    match started {
        Ok((Some(child), server)) => {
            let _nobody_waits = ready.send(Ok(()));
            watch(&server, child, disk, stopped);
        }
        Ok((None, _)) => {}
        Err(error) => {
            let _nobody_waits = ready.send(Err(error));
        }
    }
}

fn watch(server: &Server, mut child: Child, disk: &Watch, stopped: &StopSignal) {
    while stopped.recv_timeout(WATCH) == Err(RecvTimeoutError::Timeout) {
        disk.look();
        if let Ok(Some(status)) = child.try_wait() {
            tracing::error!("the database server ended unexpectedly ({status}); starting it again");
            match relaunch(server, disk, stopped) {
                Some(again) => child = again,
                None => return,
            }
        }
    }
    shut_down(&mut child);
    server.tidy();
}

fn relaunch(server: &Server, disk: &Watch, stopped: &StopSignal) -> Option<Child> {
    loop {
        disk.look();
        match server.launch(|| is_set(stopped)) {
            Ok(child) => return child.inspect(|_| tracing::info!("the database server runs again")),
            Err(error) => tracing::error!("{error:#}"),
        }
        if stopped.recv_timeout(RESTART_PAUSE) != Err(RecvTimeoutError::Timeout) {
            return None;
        }
    }
}

fn is_set(stopped: &StopSignal) -> bool {
    stopped.try_recv() == Err(TryRecvError::Disconnected)
}
