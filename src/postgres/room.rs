//! Room on the disk of the private database.
//!
//! PostgreSQL stops altogether when it cannot write its log, and then nobody can even read. So writes are refused
//! while there is still room, with 503 and the advice to try again; reads go on. Beside the database lies a reserve
//! file without content. It is given up as soon as room is low, for the little that is written all the same and for
//! the database to start again should it have stopped; it is made anew, and writes are accepted again, when somebody
//! has made room. Example: with 60 MB left the reserve goes and writes stop; from 144 MB on all is as before.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::statvfs::statvfs;

/// With less than this left, writes are refused: ample for what is being written when that is noticed.
const LOW: u64 = 64 << 20;
/// Size of the reserve.
const RESERVE: u64 = 64 << 20;
/// What must be left with the reserve in place before writes are accepted again, so that it does not go to and fro.
const AMPLE: u64 = LOW + (16 << 20);

/// Whether there is room to write, as requests see it.
#[derive(Clone, Debug, Default)]
pub struct Room {
    low: Arc<AtomicBool>,
}

impl Room {
    /// Whether writes must be refused. Never for a database that is not Pacemark's own.
    pub fn is_low(&self) -> bool {
        self.low.load(Ordering::Relaxed)
    }
}

/// Watches the disk and keeps the reserve.
#[derive(Debug)]
pub(super) struct Watch {
    reserve: PathBuf,
    room: Room,
}

impl Watch {
    /// Of the data directory `root`.
    pub fn new(root: &Path, room: Room) -> Self {
        Self { reserve: root.join("reserve"), room }
    }

    /// Looks at the disk, and gives the reserve up or makes it again.
    pub fn look(&self) {
        let Some(left) = self.left() else { return };
        match next(self.room.is_low(), self.reserve.exists(), left) {
            Step::Nothing => {}
            Step::Refuse => {
                tracing::error!(
                    "the disk under {} is full: writes are refused until there is room",
                    self.place()
                );
                self.room.low.store(true, Ordering::Relaxed);
                self.give_up();
            }
            Step::GiveUp => self.give_up(),
            Step::Accept => match self.make() {
                Ok(()) => {
                    if self.room.low.swap(false, Ordering::Relaxed) {
                        tracing::info!("there is room on the disk again: writes are accepted");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot reserve room on the disk");
                    self.give_up();
                }
            },
        }
    }

    fn left(&self) -> Option<u64> {
        let disk = statvfs(self.reserve.parent()?).ok()?;
        Some(disk.blocks_available() * disk.fragment_size())
    }

    fn make(&self) -> io::Result<()> {
        allocate(&File::create(&self.reserve)?)
    }

    fn give_up(&self) {
        let _none = std::fs::remove_file(&self.reserve);
    }

    fn place(&self) -> std::path::Display<'_> {
        self.reserve.parent().unwrap_or(&self.reserve).display()
    }
}

/// What to do about the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Refuse,
    GiveUp,
    Accept,
}

/// By whether writes are refused, whether the reserve is there, and the bytes that are left beside it.
fn next(refusing: bool, reserved: bool, left: u64) -> Step {
    match (refusing, reserved) {
        (false, _) if left < LOW => Step::Refuse,
        (true, true) => Step::GiveUp,
        (_, false) if left >= RESERVE + AMPLE => Step::Accept,
        _ => Step::Nothing,
    }
}

#[cfg(target_os = "linux")]
fn allocate(file: &File) -> io::Result<()> {
    let size = i64::try_from(RESERVE).unwrap_or_default();
    Ok(nix::fcntl::posix_fallocate(file, 0, size)?)
}

#[cfg(not(target_os = "linux"))]
fn allocate(mut file: &File) -> io::Result<()> {
    use std::io::Read;
    io::copy(&mut io::repeat(0).take(RESERVE), &mut file).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    #[test]
    fn writes_stop_while_there_is_room_and_begin_again_with_some_to_spare() {
        assert_eq!(next(false, false, 500 * MB), Step::Accept);
        assert_eq!(next(false, true, 64 * MB), Step::Nothing);
        assert_eq!(next(false, true, 63 * MB), Step::Refuse);
        // the reserve is given up, so more is left than before
        assert_eq!(next(true, false, 127 * MB), Step::Nothing);
        assert_eq!(next(true, false, 144 * MB), Step::Accept);
        assert_eq!(next(true, true, 0), Step::GiveUp);
    }

    #[test]
    fn a_small_disk_does_without_a_reserve() {
        assert_eq!(next(false, false, 100 * MB), Step::Nothing);
        assert_eq!(next(false, false, 10 * MB), Step::Refuse);
    }

    #[test]
    fn the_reserve_takes_room() {
        let home = tempfile::tempdir().unwrap();
        let watch = Watch::new(home.path(), Room::default());
        watch.make().unwrap();
        let blocks = std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(&watch.reserve).unwrap());
        assert!(blocks * 512 >= RESERVE, "{blocks} blocks");
        watch.give_up();
        assert!(!watch.reserve.exists());
    }
}
