//! The ceiling of a page: the same bytes from memory, compressed for every request as the real page is.
//!
//! A stand-in that is kinder than the real thing: it has no session, no headers beyond the needed and renders nothing.
//! It runs on threads of its own, in this process.

use std::convert::Infallible;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A server of one body.
#[derive(Debug)]
pub struct Constant {
    /// Where it serves.
    pub address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Constant {
    /// Serves `body` until dropped.
    pub fn serve(body: Vec<u8>, content_type: &str) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Runtime::new()?;
        let (body, content_type): (Arc<[u8]>, Arc<str>) = (body.into(), content_type.into());
        runtime.spawn(accept(listener, body, content_type));
        Ok(Self { address, runtime: Some(runtime) })
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: std::net::TcpListener, body: Arc<[u8]>, content_type: Arc<str>) -> Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (body, content_type) = (Arc::clone(&body), Arc::clone(&content_type));
        let service = service_fn(move |_| {
            let answer = answer(&body, &content_type);
            async { Ok::<_, Infallible>(answer) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn answer(body: &[u8], content_type: &str) -> Response<Full<Bytes>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::default());
    // writing into memory does not fail
    let compressed = encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default();
    let answer = Response::builder().header("content-type", content_type).header("content-encoding", "gzip");
    answer.body(Full::new(Bytes::from(compressed))).unwrap_or_default()
}
