//! Many open pages: what their streams of changes cost, and how soon each hears of a sale.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::imports::megabytes;
use super::load::millis;
use super::report::{Report, Row};
use super::site::Site;
use crate::support::client;
use crate::support::stats::Times;

/// Pages that are open at a time.
const STREAMS: usize = 1_000;
/// Most memory that they may cost, in megabytes.
const MEMORY: f64 = 50.0;
/// Longest time until a page hears of a sale, in milliseconds.
const SOON: f64 = 2_000.0;
/// How long to wait before giving up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens the streams, logs a sale, and reports.
pub async fn measure(
    site: &Site<'_>,
    sell: impl AsyncFnOnce() -> Result<()>,
    report: &mut Report,
) -> Result<()> {
    let request = client::get("/live", &[("cookie", &site.chief), ("accept", "text/event-stream")]);
    let before = site.server.memory().now;
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        streams.push(open(site, &request).await?);
    }
    // what happened before has been told by then
    tokio::time::sleep(Duration::from_secs(3)).await;
    let cost = megabytes(site.server.memory().now.saturating_sub(before));
    let mut listening = JoinSet::new();
    let begun = Instant::now();
    for stream in streams {
        listening.spawn(heard(stream, begun));
    }
    sell().await?;
    let mut times = Vec::new();
    while let Some(took) = listening.join_next().await {
        times.push(took??);
    }
    let times = Times::of(times);
    let row = Row::new("streams", format!("{STREAMS} open pages: memory")).value(cost, "MB").at_most(MEMORY);
    report.add(row);
    let row = Row::new("streams-hear", format!("{STREAMS} open pages hear of a sale"));
    report.add(row.times(millis(times.p50()), millis(times.p99())).p99_within(SOON));
    Ok(())
}

/// A stream that has told of the present state.
async fn open(site: &Site<'_>, request: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(site.server.address).await?;
    stream.write_all(request).await?;
    let head = until(&mut stream, "event: figures").await?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("no stream: {head}");
    }
    Ok(stream)
}

/// How long it took until the stream told of a change.
async fn heard(mut stream: TcpStream, begun: Instant) -> Result<Duration> {
    until(&mut stream, "event: figures").await?;
    Ok(begun.elapsed())
}

/// Reads until `end` has come.
async fn until(stream: &mut TcpStream, end: &str) -> Result<String> {
    let (mut text, mut buffer) = (String::new(), [0; 512]);
    while !text.contains(end) {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await.context("nothing comes")??;
        if read == 0 {
            bail!("the stream has ended after {text}");
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    Ok(text)
}
