//! Many sign-ins at once: hashing passwords is slow on purpose, and must not make the server deaf.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use super::load::millis;
use super::report::{Report, Row};
use super::site::{CHIEF_EMAIL, PASSWORD, Site};
use crate::support::client::{self, Client};
use crate::support::stats::Times;

/// Between two questions whether the server is alive.
const BETWEEN: Duration = Duration::from_millis(5);

/// Signs in many times at once and asks meanwhile whether the server is alive.
pub async fn measure(site: &Site<'_>, report: &mut Report) -> Result<()> {
    let (address, begun) = (site.server.address, Instant::now());
    let form = client::post_form("/login", &[], &[("email", CHIEF_EMAIL), ("password", PASSWORD)]);
    let mut sign_ins = JoinSet::new();
    for _ in 0..site.pace.burst {
        let form = form.clone();
        sign_ins.spawn(async move {
            let mut client = Client::connect(address).await.ok()?;
            client.exchange(&form).await.ok().map(|reply| reply.status)
        });
    }
    let mut answers = BTreeMap::<Option<u16>, usize>::new();
    let all = async {
        while let Some(status) = sign_ins.join_next().await {
            *answers.entry(status.unwrap_or_default()).or_default() += 1;
        }
    };
    let times = Times::of(probe_during(site, all).await?);
    let took = begun.elapsed();
    let odd = answers.keys().any(|status| !matches!(status, Some(303 | 429 | 503)));
    let told: Vec<String> = answers
        .iter()
        .map(|(status, count)| format!("{count} × {}", status.map_or("none".to_owned(), |s| s.to_string())))
        .collect();
    let what = format!("`/livez` during {} sign-ins at once", site.pace.burst);
    let row = Row::new("sign-in-burst", what).times(millis(times.p50()), millis(times.p99()));
    let row = row.p99_within(50.0).target("only 303, 429, 503", !odd);
    report.add(row.note(format!("{} in {:.1} s", told.join(", "), took.as_secs_f64())));
    Ok(())
}

/// How long `/livez` takes to answer, again and again until `work` is done.
async fn probe_during(site: &Site<'_>, work: impl Future<Output = ()>) -> Result<Vec<Duration>> {
    let mut client = Client::connect(site.server.address).await?;
    let (request, mut times) = (client::get("/livez", &[]), Vec::new());
    let mut work = std::pin::pin!(work);
    loop {
        times.push(client.exchange(&request).await?.took);
        tokio::select! {
            () = work.as_mut() => return Ok(times),
            () = tokio::time::sleep(BETWEEN) => {}
        }
    }
}
