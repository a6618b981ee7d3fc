//! Requests that are too large in every way there is: refused, and without the memory to show for it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{sleep, timeout};

use super::Scale;
use super::report::Finding;
use super::town::{ADMIN, PASSWORD, Town};
use crate::support::client;
use crate::support::process::forget_peak;
use crate::support::server::Program;

/// How much memory the server may take more, whatever is sent.
const GROWTH: u64 = 64 << 20;
/// The most that is sent of anything that should be refused.
const MOST: usize = 2 << 30;
/// How long one of them may take.
const PATIENCE: Duration = Duration::from_mins(3);
const PIECE: usize = 64 * 1024;

/// A request that goes on and on: how it begins, and what follows.
struct Giant {
    what: &'static str,
    head: String,
    chunked: bool,
    most: usize,
    /// Statuses that refuse it.
    refusals: &'static [u16],
}

/// Sends them all.
pub async fn run(program: &Program, scale: Scale) -> Result<Vec<Finding>> {
    let town = Town::found(program, &[]).await?;
    let server = town.server()?;
    let cookie = client::sign_in(server.address, ADMIN, PASSWORD).await?;
    let mut findings = Vec::new();
    for giant in giants(&town.token, &cookie) {
        let before = server.memory().now;
        forget_peak(server.pid());
        let (status, sent) = send(server.address, &giant).await?;
        let kept = status.is_some_and(|status| giant.refusals.contains(&status));
        let told = status.map_or_else(|| "closed".to_owned(), |status| status.to_string());
        findings.push(Finding::promise(
            format!("{}: answer after {} KB", giant.what, sent >> 10),
            told,
            kept,
        ));
        findings.push(growth(giant.what, server.memory().peak.saturating_sub(before)));
    }
    findings.extend(endless_cell(&town, &cookie, scale.cell_megabytes << 20).await?);
    let alive = server.status_of("/readyz").await;
    findings.push(Finding::promise("ready afterwards", alive.unwrap_or_default(), alive == Some(200)));
    Ok(findings)
}

fn growth(what: &str, bytes: u64) -> Finding {
    let text = format!("{what}: memory taken (at most {} MB)", GROWTH >> 20);
    Finding::promise(text, format!("{} MB", bytes >> 20), bytes <= GROWTH)
}

fn giants(token: &str, cookie: &str) -> Vec<Giant> {
    let api = format!(
        "POST /api/v1/sales HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    );
    let form = format!(
        "POST /deals HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let chunked = "Transfer-Encoding: chunked\r\n\r\n";
    vec![
        Giant {
            what: "a header without end",
            head: "GET / HTTP/1.1\r\nHost: localhost\r\nX-Giant: ".to_owned(),
            chunked: false,
            most: 64 << 20,
            refusals: &[400, 431],
        },
        Giant {
            what: "a body announced as 10 GB",
            head: format!("{api}Content-Length: 10737418240\r\n\r\n"),
            chunked: false,
            most: MOST,
            refusals: &[413],
        },
        Giant {
            what: "a body to the API in endless chunks",
            head: format!("{api}{chunked}"),
            chunked: true,
            most: MOST,
            refusals: &[413],
        },
        Giant {
            what: "a form in endless chunks",
            head: format!("{form}{chunked}"),
            chunked: true,
            most: MOST,
            refusals: &[400, 413],
        },
    ]
}

/// Sends until an answer comes; its status, and how many bytes were sent.
async fn send(address: SocketAddr, giant: &Giant) -> Result<(Option<u16>, usize)> {
    let (mut reading, writing) = TcpStream::connect(address).await?.into_split();
    let piece = if giant.chunked {
        format!("{PIECE:x}\r\n{}\r\n", "x".repeat(PIECE)).into_bytes()
    } else {
        vec![b'x'; PIECE]
    };
    let sending = tokio::spawn(pour(writing, giant.head.clone().into_bytes(), piece, giant.most));
    let status = timeout(PATIENCE, status(&mut reading)).await.context("no answer and no end")?;
    Ok((status, timeout(PATIENCE, sending).await.context("the server does not stop reading")??))
}

/// Writes the head and then piece after piece, until the server will not have more; how many bytes.
async fn pour(mut writing: OwnedWriteHalf, head: Vec<u8>, piece: Vec<u8>, most: usize) -> usize {
    let mut sent = 0;
    if writing.write_all(&head).await.is_err() {
        return sent;
    }
    while sent < most && writing.write_all(&piece).await.is_ok() {
        sent += piece.len();
    }
    sent
}

async fn status(reading: &mut OwnedReadHalf) -> Option<u16> {
    let mut line = [0; 12];
    reading.read_exact(&mut line).await.ok()?;
    std::str::from_utf8(&line).ok()?.get(9..12)?.parse().ok()
}

/// An import file that is one cell without an end: refused while it comes, or told as a fault when it is read.
async fn endless_cell(town: &Town<'_>, cookie: &str, size: usize) -> Result<Vec<Finding>> {
    let server = town.server()?;
    let before = server.memory().now;
    forget_peak(server.pid());
    let (told, kept) = match upload(server.address, cookie, size).await? {
        Some(303) => outcome(town).await.map(|status| (status.clone(), status == "refused"))?,
        Some(status) => (status.to_string(), matches!(status, 400 | 413)),
        None => ("closed".to_owned(), false),
    };
    let what = format!("a cell of {} MB: refused", size >> 20);
    let customers = town.sql.number("select count(*) from customers").await?;
    Ok(vec![
        Finding::promise(what, told, kept),
        growth("the cell", server.memory().peak.saturating_sub(before)),
        Finding::promise("rows imported of it", customers.saturating_sub(4), customers == 4),
    ])
}

/// The status that the upload was answered with.
async fn upload(address: SocketAddr, cookie: &str, size: usize) -> Result<Option<u16>> {
    let start = "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ncustomers\r\n\
        --x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\nerp\r\n\
        --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\n\
        customer_no,name,segment,region\nC7,\"";
    let end = "\r\n--x--\r\n";
    let pieces = size / PIECE;
    let length = start.len() + pieces * PIECE + end.len();
    let head = format!(
        "POST /admin/imports HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{start}"
    );
    let (mut reading, mut writing) = TcpStream::connect(address).await?.into_split();
    let sending = tokio::spawn(async move {
        let piece = vec![b'x'; PIECE];
        writing.write_all(head.as_bytes()).await?;
        for _ in 0..pieces {
            writing.write_all(&piece).await?;
        }
        writing.write_all(end.as_bytes()).await?;
        std::io::Result::Ok(writing)
    });
    let answer = timeout(PATIENCE, status(&mut reading)).await.context("no answer")?;
    let _refused = timeout(PATIENCE, sending).await.context("the server does not stop reading")?;
    Ok(answer)
}

/// What became of the import, once it has ended.
async fn outcome(town: &Town<'_>) -> Result<String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let rows = town.sql.rows("select status from imports order by id desc limit 1").await?;
        if let Some(status) = rows.into_iter().find(|status| status != "running") {
            return Ok(status);
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok("still running".to_owned())
}
