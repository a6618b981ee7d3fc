//! A light HTTP/1.1 client on one kept connection: requests are bytes made beforehand, answers are hardly parsed.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How much is read at a time.
const READ: usize = 64 * 1024;

/// A connection.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, in the connection's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The status code.
    pub status: u16,
    /// From before the first byte of the request to after the last one of the answer.
    pub took: Duration,
    /// Status line and headers, each with its line end.
    pub head: &'a str,
    /// The body as it came, with its chunks.
    raw: &'a [u8],
}

/// How an answer's body ends.
#[derive(Clone, Copy, Debug)]
enum Length {
    Bytes(usize),
    Chunks,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(READ) })
    }

    /// Sends a whole request and waits for the whole answer. After an error the connection is of no use.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        let begun = Instant::now();
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let head = self.read_head().await?;
        let text = std::str::from_utf8(&self.buffer[..head]).map_err(|_| malformed())?;
        let status = text.get(9..12).and_then(|code| code.parse().ok()).ok_or_else(malformed)?;
        match length(text, status)? {
            Length::Bytes(count) => self.read_until(head + count).await?,
            Length::Chunks => self.read_chunks(head).await?,
        }
        let (head, raw) = self.buffer.split_at(head);
        let head = std::str::from_utf8(head).map_err(|_| malformed())?;
        Ok(Reply { status, took: begun.elapsed(), head, raw })
    }

    /// Reads to the end of the headers; where that is.
    async fn read_head(&mut self) -> io::Result<usize> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                return Ok(end + 4);
            }
            self.read().await?;
        }
    }

    async fn read_chunks(&mut self, mut at: usize) -> io::Result<()> {
        loop {
            let line = loop {
                match find(&self.buffer[at.min(self.buffer.len())..], b"\r\n") {
                    Some(end) => break end,
                    None => self.read().await?,
                }
            };
            let size = chunk_size(&self.buffer[at..at + line])?;
            at += line + 2 + size + 2;
            self.read_until(at).await?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    async fn read_until(&mut self, length: usize) -> io::Result<()> {
        while self.buffer.len() < length {
            self.read().await?;
        }
        Ok(())
    }

    async fn read(&mut self) -> io::Result<()> {
        self.buffer.reserve(READ);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Reply<'_> {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// The bytes of the body as transferred, chunk lines included.
    pub fn transferred(&self) -> usize {
        self.raw.len()
    }

    /// The body, put together; still compressed if it came so.
    pub fn body(&self) -> Vec<u8> {
        if !self.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            return self.raw.to_vec();
        }
        let (mut body, mut rest) = (Vec::with_capacity(self.raw.len()), self.raw);
        while let Some(line) = find(rest, b"\r\n") {
            let size = chunk_size(&rest[..line]).unwrap_or_default();
            body.extend_from_slice(&rest[line + 2..line + 2 + size]);
            rest = &rest[line + 2 + size + 2..];
        }
        body
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body()).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body()).with_context(|| format!("no JSON: {}", self.text()))
    }

    /// The name and value of every cookie that is set, as a browser sends them back.
    pub fn cookies(&self) -> String {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let pairs: Vec<&str> = set.filter_map(|(_, value)| value.split(';').next()).collect();
        pairs.join("; ")
    }
}

/// A GET as bytes.
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request("GET", path, headers, "")
}

/// A POST of JSON as bytes.
pub fn post_json(path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let with_type: Vec<_> = [("content-type", "application/json")].iter().chain(headers).copied().collect();
    request("POST", path, &with_type, body)
}

/// A POST of a form of our own page as bytes; names and values must not need escaping beyond `@`, `+`, `&`, `%`.
pub fn post_form(path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let ours = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let headers: Vec<_> = ours.iter().chain(headers).copied().collect();
    request("POST", path, &headers, &pairs.join("&"))
}

/// Any request as bytes.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if !body.is_empty() || method != "GET" {
        text.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
    }
    text.extend(["\r\n", body]);
    text.into_bytes()
}

/// Signs in; the cookies of the session.
pub async fn sign_in(address: SocketAddr, email: &str, password: &str) -> Result<String> {
    let mut client = Client::connect(address).await?;
    let form = post_form("/login", &[], &[("email", email), ("password", password)]);
    let reply = client.exchange(&form).await?;
    if reply.status != 303 {
        bail!("signing in as {email} was answered with {}", reply.status);
    }
    Ok(reply.cookies())
}

fn escape(value: &str) -> String {
    let escaped = value.bytes().map(|byte| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    escaped.collect()
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn length(head: &str, status: u16) -> io::Result<Length> {
    if matches!(status, 204 | 304) {
        return Ok(Length::Bytes(0));
    }
    match header(head, "content-length") {
        Some(count) => count.parse().map(Length::Bytes).map_err(|_| malformed()),
        None if header(head, "transfer-encoding").is_some() => Ok(Length::Chunks),
        None => Err(malformed()),
    }
}

fn chunk_size(line: &[u8]) -> io::Result<usize> {
    let text = std::str::from_utf8(line).map_err(|_| malformed())?;
    usize::from_str_radix(text.split(';').next().unwrap_or_default(), 16).map_err(|_| malformed())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn malformed() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "malformed answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_put_together() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let reply =
            Reply { status: 200, took: Duration::ZERO, head, raw: b"4\r\npace\r\n4\r\nmark\r\n0\r\n\r\n" };
        assert_eq!(reply.text(), "pacemark");
    }

    #[test]
    fn cookies_go_back_without_their_attributes() {
        let head = "HTTP/1.1 303 See Other\r\nset-cookie: a=1; HttpOnly\r\nSet-Cookie: b=2; Path=/\r\n\r\n";
        let reply = Reply { status: 303, took: Duration::ZERO, head, raw: b"" };
        assert_eq!(reply.cookies(), "a=1; b=2");
    }

    #[test]
    fn a_form_escapes_addresses() {
        let form = post_form("/login", &[], &[("email", "a+b@c.se")]);
        assert!(String::from_utf8(form).unwrap().ends_with("content-length: 18\r\n\r\nemail=a%2Bb%40c.se"));
    }
}
