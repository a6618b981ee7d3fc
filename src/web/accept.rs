//! Accepts connections, with the deadlines and limits that keep one slow or hostile client from hurting the others.
//!
//! Measured, and the reason for not using `axum::serve`: it has no header timeout, so idle, half-sent and dripping
//! connections were all still open after 45 seconds. hyper's timer does not close silent sockets behind its
//! protocol-guessing builder, so this speaks HTTP/1 only, and the first byte has a deadline of its own. hyper's
//! header deadline also runs between two requests, so it ends idle keep-alive connections as well.
//! Deadlines for request bodies and handlers are the application's middleware.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a connection that was accepted may take to send its first byte once the server stops.
const ON_ITS_WAY: Duration = Duration::from_millis(250);

/// A connection with its place.
type Accepted = (OwnedSemaphorePermit, TcpStream, SocketAddr);

/// Deadlines and limits.
#[derive(Clone, Debug)]
pub struct Limits {
    /// From the connection to its first byte.
    pub first_byte: Duration,
    /// From the start of waiting for a request to the end of its headers.
    pub header: Duration,
    /// For requests under way when shutdown begins.
    pub drain: Duration,
    /// Connections open at a time; more wait in the system's queue.
    pub connections: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(10),
            header: Duration::from_secs(10),
            drain: Duration::from_secs(20),
            connections: 4096,
        }
    }
}

/// Serves `router` until `shutdown`: then no connection is accepted that was not made before, idle ones end at once, and requests under way
/// have `limits.drain` to finish. Requests carry `ConnectInfo<SocketAddr>`.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, shutdown: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections as usize));
    let limits = Arc::new(limits);
    let attend = |(place, stream, peer): Accepted| {
        let (router, limits, shutdown) = (router.clone(), limits.clone(), shutdown.clone());
        tokio::spawn(async move {
            connection(stream, peer, router, &limits, &shutdown).await;
            drop(place);
        });
    };
    while let Some(accepted) = next(&listener, &places, &shutdown).await {
        attend(accepted);
    }
    waiting(listener, &places).into_iter().for_each(attend);
    // All places are free again when the last connection has ended.
    if time::timeout(limits.drain, places.acquire_many(limits.connections)).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

/// The next connection, once there is a place for it; `None` when shutdown begins.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<Accepted> {
    let accept = async {
        let place = places.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((place, stream, peer)),
                Err(error) => {
                    // As when file descriptors run out: the cause stays for a while, so do not spin.
                    tracing::warn!("cannot accept a connection: {error}");
                    time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    };
    shutdown.run_until_cancelled(accept).await.flatten()
}

/// Closes the listener; the connections that the system had already accepted for it are still served.
fn waiting(listener: TcpListener, places: &Arc<Semaphore>) -> Vec<Accepted> {
    let mut found = Vec::new();
    let Ok(listener) = listener.into_std() else { return found };
    while let Ok((stream, peer)) = listener.accept() {
        let taken = places.clone().try_acquire_owned().ok().zip(stream.set_nonblocking(true).ok());
        if let (Some((place, ())), Ok(stream)) = (taken, TcpStream::from_std(stream)) {
            found.push((place, stream, peer));
        }
    }
    found
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &Limits,
    shutdown: &CancellationToken,
) {
    if !begins(&stream, limits, shutdown).await {
        return;
    }
    let _unsupported = stream.set_nodelay(true);
    let mut builder = http1::Builder::new();
    let leaving = shutdown.is_cancelled();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.header).keep_alive(!leaving);
    let service = service_fn(move |request| answer(router.clone(), peer, request));
    let mut exchange = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        biased; // hyper would close a connection that it has not read from yet, though a request may be there
        ended = exchange.as_mut() => ended,
        () = shutdown.cancelled() => {
            if !leaving {
                exchange.as_mut().graceful_shutdown();
            }
            time::timeout(limits.drain, exchange).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!("connection from {peer} ended: {error}");
    }
}

/// Whether a first byte comes in time. When the server stops, one that is on its way still counts.
async fn begins(stream: &TcpStream, limits: &Limits, shutdown: &CancellationToken) -> bool {
    let mut byte = [0];
    let first_byte = time::timeout(limits.first_byte, stream.peek(&mut byte));
    let begun = match shutdown.run_until_cancelled(first_byte).await {
        Some(begun) => begun,
        None => time::timeout(ON_ITS_WAY, stream.peek(&mut byte)).await,
    };
    matches!(begun, Ok(Ok(1)))
}

fn answer(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response, Infallible>> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        task::JoinHandle,
    };

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    struct Running {
        address: SocketAddr,
        shutdown: CancellationToken,
        task: JoinHandle<()>,
    }

    async fn start(limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
            .route(
                "/slow",
                get(async || {
                    time::sleep(Duration::from_millis(300)).await;
                    "done"
                }),
            );
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve(listener, router, limits, shutdown.clone()));
        Running { address, shutdown, task }
    }

    fn short() -> Limits {
        Limits {
            first_byte: Duration::from_millis(200),
            header: Duration::from_millis(200),
            drain: Duration::from_secs(2),
            connections: 10,
        }
    }

    async fn read_to_end(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        let read = time::timeout(Duration::from_secs(5), stream.read_to_end(&mut text)).await;
        let _reset = read.expect("the connection should have been closed");
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn a_request_knows_its_peer() {
        let running = start(short()).await;
        let mut client = TcpStream::connect(running.address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        let answer = read_to_end(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("127.0.0.1"), "{answer}");
    }

    #[tokio::test]
    async fn silent_half_sent_dripping_and_idle_connections_are_closed() {
        let running = start(short()).await;
        for (start_with, drip) in [
            (&b""[..], false),
            (b"GET / HTTP/1.1\r\nHo", false),
            (b"GET / HTTP/1.1\r\nX: ", true),
            (REQUEST, false),
        ] {
            let mut client = TcpStream::connect(running.address).await.unwrap();
            client.write_all(start_with).await.unwrap();
            let begun = Instant::now();
            if drip {
                while client.write_all(b"x").await.is_ok() && begun.elapsed() < Duration::from_secs(3) {
                    time::sleep(Duration::from_millis(20)).await;
                }
            }
            read_to_end(&mut client).await;
            assert!(begun.elapsed() < Duration::from_secs(2), "{start_with:?} took {:?}", begun.elapsed());
        }
    }

    #[tokio::test]
    async fn connections_over_the_cap_wait_for_a_place() {
        let running =
            start(Limits { connections: 1, first_byte: Duration::from_millis(400), ..short() }).await;
        let _silent = TcpStream::connect(running.address).await.unwrap();
        time::sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        let mut client = TcpStream::connect(running.address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        client.readable().await.unwrap();
        assert!(begun.elapsed() > Duration::from_millis(200), "served after {:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn shutdown_finishes_requests_and_ends_idle_connections_at_once() {
        let running =
            start(Limits { header: Duration::from_secs(30), first_byte: Duration::from_secs(30), ..short() })
                .await;
        let _silent = TcpStream::connect(running.address).await.unwrap();
        let mut idle = TcpStream::connect(running.address).await.unwrap();
        idle.write_all(REQUEST).await.unwrap();
        idle.readable().await.unwrap();
        let mut busy = TcpStream::connect(running.address).await.unwrap();
        busy.write_all(b"GET /slow HTTP/1.1\r\nHost: test\r\n\r\n").await.unwrap();
        time::sleep(Duration::from_millis(100)).await;
        let begun = Instant::now();
        running.shutdown.cancel();
        assert!(read_to_end(&mut busy).await.ends_with("done"));
        running.task.await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(1), "took {:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn shutdown_still_serves_whoever_had_connected() {
        let running = start(short()).await;
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(TcpStream::connect(running.address).await.unwrap());
        }
        running.shutdown.cancel();
        for client in &mut clients {
            client.write_all(REQUEST).await.unwrap();
        }
        for client in &mut clients {
            let answer = read_to_end(client).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }

    #[tokio::test]
    async fn shutdown_does_not_wait_longer_than_the_drain() {
        let running = start(Limits { drain: Duration::from_millis(100), ..short() }).await;
        let mut busy = TcpStream::connect(running.address).await.unwrap();
        busy.write_all(b"GET /slow HTTP/1.1\r\nHost: test\r\n\r\n").await.unwrap();
        time::sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        running.shutdown.cancel();
        running.task.await.unwrap();
        assert!(begun.elapsed() < Duration::from_millis(250), "took {:?}", begun.elapsed());
    }
}
