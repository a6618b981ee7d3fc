//! The disk under the data directory fills up while clerks write, and is given room again later.
//!
//! Needs root, to mount a small file system in memory.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use nix::fcntl::{FallocateFlags, fallocate};
use nix::unistd::Uid;
use tokio::time::sleep;

use super::clerks::{Clerks, sale};
use super::report::Finding;
use super::town::Town;
use crate::support::client::{Client, get};
use crate::support::home::Home;
use crate::support::server::Program;

/// Size of the file system.
const SIZE: &str = "size=400m,mode=0755";
/// How long the disk stays full.
const FULL: Duration = Duration::from_secs(8);
/// How long the server may take to refuse writes, and to accept them again.
const NOTICED: Duration = Duration::from_secs(3);
const RECOVERY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_mins(1);

/// A small file system; unmounted when dropped, so drop it after its servers.
struct Disk {
    path: PathBuf,
}

impl Disk {
    fn mount(path: PathBuf) -> Result<Self> {
        fs::create_dir_all(&path)?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(&path).status()?;
        ensure!(mounted.success(), "cannot mount a file system in memory");
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        Ok(Self { path })
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }

    /// Takes every byte that is left, as another program would.
    fn fill(&self) -> Result<()> {
        let file = File::options().create(true).append(true).open(self.ballast())?;
        let mut at = i64::try_from(file.metadata()?.len())?;
        for step in [16 << 20, 1 << 20, 64 << 10, 4 << 10] {
            while fallocate(&file, FallocateFlags::empty(), at, step).is_ok() {
                at += step;
            }
        }
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _busy = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}

/// Fills the disk, looks, and makes room.
pub async fn run(program: &Program) -> Result<Vec<Finding>> {
    if !Uid::effective().is_root() {
        return Ok(vec![Finding::skipped("needs root, to mount a small file system")]);
    }
    let home = Home::new()?;
    let disk = Disk::mount(home.path("disk"))?;
    let town = Town::found_in(program, disk.path.join("data"), &[]).await?;
    let clerks = Clerks::start(town.server()?.address, &town.token, "full", 4);
    sleep(Duration::from_secs(1)).await;
    disk.fill()?;
    let mut findings = while_full(&town, &disk).await?;
    findings.extend(with_room(&town, &clerks, &disk.ballast()).await?);
    let ledger = clerks.stop().await?;
    findings.extend(town.audit(&ledger).await?);
    Ok(findings)
}

/// Writes are refused, reads are not, for as long as the disk is full.
async fn while_full(town: &Town<'_>, disk: &Disk) -> Result<Vec<Finding>> {
    let (noticed, full) = (Instant::now(), Instant::now());
    while write(town, "notice", 0).await? != Some(503) {
        ensure!(noticed.elapsed() < PATIENCE, "writes are not refused");
        sleep(Duration::from_millis(50)).await;
    }
    let noticed = noticed.elapsed();
    let (mut reads, mut failed, mut accepted, mut number) = (0, 0, 0, 1);
    while full.elapsed() < FULL {
        disk.fill()?;
        reads += 1;
        failed += usize::from(read(town).await != Some(200));
        accepted += usize::from(write(town, "refused", number).await? != Some(503));
        number += 1;
        sleep(Duration::from_millis(100)).await;
    }
    Ok(vec![
        Finding::within("until writes were refused with 503", noticed, NOTICED),
        Finding::promise("reads meanwhile", reads, reads > 10),
        Finding::none("reads that failed", failed),
        Finding::none("writes that were not refused", accepted),
    ])
}

/// Everything works again by itself.
async fn with_room(town: &Town<'_>, clerks: &Clerks, ballast: &Path) -> Result<Vec<Finding>> {
    let (begun, before) = (Instant::now(), clerks.done());
    fs::remove_file(ballast)?;
    while clerks.done() <= before {
        ensure!(begun.elapsed() < PATIENCE, "nobody can write after there is room again");
        sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    let ready = town.server()?.status_of("/readyz").await;
    Ok(vec![
        Finding::within("until writes worked again", took, RECOVERY),
        Finding::promise("ready", ready.unwrap_or_default(), ready == Some(200)),
    ])
}

async fn read(town: &Town<'_>) -> Option<u16> {
    let request = get("/api/v1/sales?limit=5", &[("authorization", &format!("Bearer {}", town.token))]);
    send(town, &request).await
}

async fn write(town: &Town<'_>, name: &str, number: usize) -> Result<Option<u16>> {
    town.server()?;
    Ok(send(town, &sale(&format!("{name}-{number}"), &format!("Bearer {}", town.token), number)).await)
}

async fn send(town: &Town<'_>, request: &[u8]) -> Option<u16> {
    let mut client = Client::connect(town.server().ok()?.address).await.ok()?;
    Some(client.exchange(request).await.ok()?.status)
}
