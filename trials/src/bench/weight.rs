//! The weight of a first visit: the sign-in page, home, and everything they load, as transferred.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::report::{Report, Row};
use super::site::Site;
use crate::support::client::{self, Client, Reply};

/// Most kilobytes of a first visit.
const MOST: f64 = 90.0;
/// Kinds of files that are worth compressing.
const TEXTS: [&str; 4] = [".css", ".js", ".svg", ".webmanifest"];

/// What was loaded.
#[derive(Default)]
struct Visit {
    bytes: usize,
    files: usize,
    /// Files that are not kept for a year, not named by their content, or not compressed.
    faults: BTreeSet<String>,
}

/// Loads everything once, and reports.
pub async fn measure(site: &Site<'_>, report: &mut Report) -> Result<()> {
    let mut client = Client::connect(site.server.address).await?;
    let seller = site.sellers.first().context("no seller")?;
    let (mut visit, mut links) = (Visit::default(), BTreeSet::new());
    for (path, cookies) in [("/login", ""), ("/", seller.as_str())] {
        visit.bytes += fetch(&mut client, path, cookies, "gzip, deflate, br").await?.transferred();
        links.extend(linked(&fetch(&mut client, path, cookies, "identity").await?.text(), path));
    }
    let styles: Vec<String> = links.iter().filter(|link| is_style(link)).cloned().collect();
    for style in styles {
        links.extend(linked(&fetch(&mut client, &style, "", "identity").await?.text(), &style));
    }
    for link in &links {
        let reply = fetch(&mut client, link, "", "gzip, deflate, br").await?;
        visit.bytes += reply.transferred();
        visit.files += 1;
        visit.faults.extend(faults(link, &reply).into_iter().map(|fault| format!("{link} {fault}")));
    }
    report.add(row(&visit)?);
    Ok(())
}

fn row(visit: &Visit) -> Result<Row> {
    let kilobytes = f64::from(u32::try_from(visit.bytes)?) / 1000.0;
    let row = Row::new("weight", "First visit: sign-in, home and all they load")
        .value(kilobytes, "KB")
        .at_most(MOST);
    let row = row.target("files immutable, named by content, compressed", visit.faults.is_empty());
    let faults: Vec<&str> = visit.faults.iter().map(String::as_str).collect();
    let faults = if faults.is_empty() { String::new() } else { format!("; {}", faults.join(", ")) };
    Ok(row.note(format!("{} files{faults}", visit.files)))
}

async fn fetch<'c>(client: &'c mut Client, path: &str, cookies: &str, accepted: &str) -> Result<Reply<'c>> {
    let request = client::get(path, &[("cookie", cookies), ("accept-encoding", accepted)]);
    let reply = client.exchange(&request).await?;
    ensure!(reply.status == 200, "{path} was answered with {}", reply.status);
    Ok(reply)
}

fn faults(path: &str, reply: &Reply<'_>) -> Vec<&'static str> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let hashed =
        name.split('.').any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let kept = reply.header("cache-control").is_some_and(|value| value.contains("immutable"));
    let text = TEXTS.iter().any(|end| name.ends_with(end));
    let small = !text || reply.header("content-encoding").is_some();
    let found =
        [(hashed, "is not named by its content"), (kept, "is not immutable"), (small, "is not compressed")];
    found.into_iter().filter(|(fine, _)| !fine).map(|(_, fault)| fault).collect()
}

fn is_style(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "css")
}

/// Addresses of files of our own in a page or a style sheet at `base`.
fn linked(text: &str, base: &str) -> BTreeSet<String> {
    let opened: &[(&str, char)] =
        if is_style(base) { &[("url(", ')')] } else { &[("href=\"", '"'), ("src=\"", '"')] };
    let found = opened.iter().flat_map(|(open, close)| {
        text.split(open).skip(1).filter_map(|rest| rest.split(*close).next()).collect::<Vec<_>>()
    });
    let whole = found.map(|link| {
        let link = link.trim_matches(['"', '\'']).split('#').next().unwrap_or_default();
        let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
        if link.starts_with('/') || link.contains(':') { link.to_owned() } else { format!("{folder}/{link}") }
    });
    whole.filter(|link| link.starts_with("/static/") && !link.ends_with('/')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_our_own_files_are_found() {
        let page = r#"<link href="/static/app.1.css"><a href="/goals">x</a><use href="/static/i.svg#sun"/>"#;
        assert_eq!(Vec::from_iter(linked(page, "/login")), ["/static/app.1.css", "/static/i.svg"]);
        let style = "src: url('font.woff2'); mask: url(data:x)";
        assert_eq!(Vec::from_iter(linked(style, "/static/app.css")), ["/static/font.woff2"]);
    }
}
