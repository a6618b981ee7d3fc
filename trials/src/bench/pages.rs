//! Pages and figures of people, teams, departments and the company, by four clients at a time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::company::{REGIONS, SELLERS, TEAMS, region_code, seller, team_code};
use super::constant::Constant;
use super::load::{self, Cycle, Measured};
use super::report::{Report, Row};
use super::sales;
use super::site::Site;
use crate::support::client::{Client, request};

/// Clients at a time.
const CLIENTS: usize = 4;
/// How much of the constant page's rate the page must reach.
const OF_CONSTANT: f64 = 0.25;

/// A page or a call, for several subjects in turn.
struct Subject {
    key: &'static str,
    what: &'static str,
    /// Each as who asks for it (cookies, or nothing for the API), and the path.
    asked: Vec<(String, String)>,
    /// Whether it shows the whole company for a year, which may take longer.
    whole: bool,
}

/// Measures and reports each.
pub async fn measure(site: &Site<'_>, constant: Option<&str>, report: &mut Report) -> Result<()> {
    let subjects = pages(site).await?.into_iter().chain(calls(site));
    for subject in subjects {
        let row = one(site, &subject, constant).await.with_context(|| subject.what.to_owned())?;
        report.add(row);
    }
    Ok(())
}

/// The pages that are measured again while sales come in.
const BUSY: [&str; 4] = ["page-home-seller", "page-team", "page-home-chief", "page-company-year"];

/// Measures some pages while a sale is logged every second, so that figures have to be read anew.
pub async fn measure_busy(site: &Site<'_>, report: &mut Report) -> Result<()> {
    for subject in pages(site).await?.into_iter().filter(|subject| BUSY.contains(&subject.key)) {
        let requests = Arc::new(subject.asked.iter().map(|(who, path)| ask(site, who, path)).collect());
        let measured = {
            let measuring = measure_at(site, site.server.address, &requests);
            let selling = async {
                loop {
                    sales::log_one(site).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            };
            tokio::select! {
                measured = measuring => measured?,
                failed = selling => return failed,
            }
        };
        let what = format!("{}, a sale every second", subject.what);
        let row = Row::new(format!("{}-busy", subject.key), what).measured(&measured);
        report.add(if subject.whole { row.p50_within(25.0) } else { row.p50_within(10.0).p99_within(50.0) });
    }
    Ok(())
}

async fn one(site: &Site<'_>, subject: &Subject, constant: Option<&str>) -> Result<Row> {
    let (who, path) = subject.asked.first().context("nothing to ask")?;
    let (status, body, content_type) = plain(site, who, path).await?;
    let row = Row::new(subject.key, subject.what);
    if status != 200 {
        return Ok(row.target(format!("answers 200 ({status})"), false));
    }
    let requests = Arc::new(subject.asked.iter().map(|(who, path)| ask(site, who, path)).collect::<Vec<_>>());
    let measured = measure_at(site, site.server.address, &requests).await?;
    let statements = site.db.statements_of(ask_some(site, &requests)).await?;
    let size = body.len().div_ceil(1000);
    let ceiling = if let Some(address) = constant {
        let requests = Arc::new(vec![ask(site, who, &address.replace("{path}", path))]);
        measure_at(site, site.server.address, &requests).await?
    } else {
        let stand_in = Constant::serve(body, &content_type)?;
        measure_at(site, stand_in.address, &requests).await?
    };
    let row = row.measured(&measured).statements((statements + site.pace.counted / 2) / site.pace.counted);
    let row = if subject.whole { row.p50_within(25.0) } else { row.p50_within(10.0).p99_within(50.0) };
    Ok(row.ceiling(ceiling.rate, OF_CONSTANT).note(format!("{size} KB of text")))
}

async fn measure_at(site: &Site<'_>, address: SocketAddr, requests: &Arc<Vec<Vec<u8>>>) -> Result<Measured> {
    load::measure(address, CLIENTS, site.pace, |client| Cycle::new(requests, client * 7)).await
}

async fn ask_some(site: &Site<'_>, requests: &[Vec<u8>]) -> Result<()> {
    let mut client = Client::connect(site.server.address).await?;
    for request in requests.iter().cycle().take(site.pace.counted) {
        client.exchange(request).await?;
    }
    Ok(())
}

fn ask(site: &Site<'_>, who: &str, path: &str) -> Vec<u8> {
    if who.is_empty() { site.call(path) } else { Site::page(who, path) }
}

/// The status of an answer, its body as it is before it is compressed, and its type.
async fn plain(site: &Site<'_>, who: &str, path: &str) -> Result<(u16, Vec<u8>, String)> {
    let bearer = site.bearer();
    let header = if who.is_empty() { ("authorization", bearer.as_str()) } else { ("cookie", who) };
    let mut client = Client::connect(site.server.address).await?;
    let reply = client.exchange(&request("GET", path, &[header], "")).await?;
    Ok((reply.status, reply.body(), reply.header("content-type").unwrap_or_default().to_owned()))
}

async fn pages(site: &Site<'_>) -> Result<Vec<Subject>> {
    let (chief, head) = (&site.chief, &site.head);
    let by = |who: &str, paths: Vec<String>| paths.into_iter().map(|path| (who.to_owned(), path)).collect();
    let page = |key, what, asked| Subject { key, what, asked, whole: false };
    let regions = departments(site, (0..REGIONS).map(region_code)).await?;
    let teams = departments(site, (0..TEAMS).map(team_code)).await?;
    let root = departments(site, ["C".to_owned()]).await?;
    let team = |ids: &[String]| ids.iter().map(|id| format!("/team/{id}")).collect::<Vec<_>>();
    let goals = async |kind| goals(site, kind).await;
    let (year_from, year_to) = site.company.year();
    let year = format!("{year_from}..{year_to}");
    let open =
        format!("/goals/tree?metric=revenue&period={year}&open={},{}", root.join(","), regions.join(","));
    let homes = site.sellers.iter().map(|seller| (seller.clone(), "/".to_owned())).collect();
    let whole = |key, what, path: String| Subject { key, what, asked: by(chief, vec![path]), whole: true };
    Ok(vec![
        page("page-home-seller", "Home of a seller", homes),
        page("page-home-head", "Home of a head of 10 teams", by(head, vec!["/".to_owned()])),
        page("page-home-chief", "Home of the chief", by(chief, vec!["/".to_owned()])),
        page(
            "page-team-own",
            "Own region, 10 teams, 66 people (`/team`)",
            by(head, vec!["/team".to_owned()]),
        ),
        page("page-team", "Team of 7 (`/team/…`)", by(chief, team(&teams))),
        page("page-department", "Region of 10 teams (`/team/…`)", by(chief, team(&regions))),
        page("page-goal-person", "Goal of a person", by(chief, goals("person").await?)),
        page("page-goal-department", "Goal of a department", by(chief, goals("department").await?)),
        page("page-goal-company", "Goal of the company", by(chief, goals("company").await?)),
        page("page-tree", "Cascade of goals (`/goals/tree`)", by(chief, vec!["/goals/tree".to_owned()])),
        whole("page-tree-year", "Cascade of 167 departments, year", open),
        whole(
            "page-company-year",
            "Whole company's leaderboard, year",
            format!("/team/{}?period=year", root.concat()),
        ),
        page("page-actions", "Next actions of a head of 10 teams", by(head, vec!["/actions".to_owned()])),
        whole("page-orders", "All orders on their way", "/orders".to_owned()),
        whole("page-deliveries", "All that is to be delivered", "/deliveries".to_owned()),
        whole("page-process", "The process in figures, 90 days by month", "/process".to_owned()),
        whole("page-process-person", "The same by person", "/process?by=person".to_owned()),
        whole("page-process-product", "The same by product", "/process?by=product".to_owned()),
        whole("page-process-department", "The same by department", "/process?by=department".to_owned()),
        whole("page-kept", "Kept promises by product, a year", "/deliveries/figures?by=product".to_owned()),
    ])
}

fn calls(site: &Site<'_>) -> Vec<Subject> {
    let (from, to) = site.company.quarter();
    let people = || (0..SELLERS).step_by(25).map(|index| seller(index).to_string()).collect::<Vec<_>>();
    let regions = || (0..REGIONS).map(region_code).collect::<Vec<_>>();
    let company = || vec!["C".to_owned()];
    let call = |key, what, kind: &str, subjects: Vec<String>, path: &str, more: &str| {
        let of = |subject| format!("/api/v1/{path}?subject_kind={kind}&subject={subject}{more}");
        let asked = subjects.into_iter().map(|subject| (String::new(), of(subject))).collect();
        Subject { key, what, asked, whole: false }
    };
    let span = format!("&metric=revenue&from={from}&to={to}");
    let figure = |key, what, kind, subjects| call(key, what, kind, subjects, "attainment", &span);
    let goals = |key, what, kind, subjects| call(key, what, kind, subjects, "goals", "");
    vec![
        figure("api-figure-person", "API: figure of a person, quarter", "person", people()),
        figure("api-figure-department", "API: figure of a region, quarter", "department", regions()),
        figure("api-figure-company", "API: figure of the company, quarter", "company", company()),
        goals("api-goals-person", "API: goals of a person", "person", people()),
        goals("api-goals-department", "API: goals of a region", "department", regions()),
        goals("api-goals-company", "API: goals of the company", "company", company()),
    ]
}

/// Ids of departments, in the order of their codes as given.
async fn departments(site: &Site<'_>, codes: impl IntoIterator<Item = String>) -> Result<Vec<String>> {
    let codes: Vec<String> = codes.into_iter().collect();
    let list = codes.join(",");
    let sql = format!(
        "select d.id from unnest(string_to_array('{list}', ',')) with ordinality as c (code, place)
        join departments d on d.code = c.code order by c.place"
    );
    let ids: Vec<String> = site.db.query(&sql).await?.lines().map(str::to_owned).collect();
    ensure!(ids.len() == codes.len(), "some departments are missing");
    Ok(ids)
}

/// Pages of goals of people, departments or the company.
async fn goals(site: &Site<'_>, kind: &str) -> Result<Vec<String>> {
    let list = site.json(&format!("/api/v1/goals?subject_kind={kind}&limit=40")).await?;
    let items = list["items"].as_array().context("no goals")?;
    let paths: Vec<String> =
        items.iter().filter_map(|item| item["id"].as_i64()).map(|id| format!("/goals/{id}")).collect();
    ensure!(!paths.is_empty(), "there are no goals: {}", Value::to_string(&list));
    Ok(paths)
}
