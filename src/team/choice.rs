//! Which metric and which period a page shows, of those that have goals.

use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::store;
use crate::attainment::Metric;
use crate::attainment::view::{self, Kind};
use crate::error::Result;
use crate::goals::periods;
use crate::kernel::id::{CategoryId, DepartmentId};
use crate::kernel::period::{FiscalCalendar, Period, PeriodKind};
use crate::web::context::Ctx;
use crate::web::i18n::Localiser;
use crate::web::list::ListQuery;
use crate::web::ui::Link;

/// A sort of goal, with the name of its category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Metric, category and period.
    pub kind: Kind,
    /// The category's name.
    pub category: Option<String>,
}

impl Offer {
    /// "Order intake", or "Order intake, Ventilation".
    pub fn name(&self, l: Localiser) -> String {
        view::counted(l, self.kind.metric, self.category.as_deref())
    }

    fn measure(&self) -> (Option<CategoryId>, Metric) {
        (self.kind.category, self.kind.metric)
    }
}

/// What can be chosen, and what is.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the page shows.
    pub chosen: Offer,
    offers: Vec<Offer>,
}

/// What goals exist for a department, those below it, and their people.
pub async fn offers(conn: &mut PgConnection, ctx: &Ctx, department: DepartmentId) -> Result<Arc<Vec<Offer>>> {
    let (remembered, revision) = (&ctx.app.offers, ctx.company.revision);
    match remembered.at(revision, &department) {
        Some(offers) => Ok(offers),
        None => Ok(remembered.keep(revision, department, load(conn, department).await?)),
    }
}

async fn load(conn: &mut PgConnection, department: DepartmentId) -> Result<Vec<Offer>> {
    let rows = store::kinds(conn, department).await?;
    let offers = rows.into_iter().filter_map(|row| {
        let (metric, period) = (Metric::from_code(&row.metric)?, Period::new(row.starts_on, row.ends_on)?);
        let kind = Kind { metric, category: row.category, period };
        Some(Offer { kind, category: row.category_name })
    });
    let mut offers: Vec<Offer> = offers.collect();
    offers.sort_by_key(Offer::measure);
    Ok(offers)
}

impl Choice {
    /// What the query asks for, or the nearest to it; nothing where there are no goals at all.
    pub fn of(
        offers: Vec<Offer>,
        query: &ListQuery,
        fiscal: FiscalCalendar,
        today: NaiveDate,
    ) -> Option<Self> {
        let period = period_of(&offers, query.get("period"), fiscal, today)?;
        let asked =
            (query.parsed("category").map(CategoryId), query.get("metric").and_then(Metric::from_code));
        let there = |offer: &&Offer| offer.kind.period == period;
        let exact = |offer: &&Offer| Some(offer.kind.metric) == asked.1 && offer.kind.category == asked.0;
        let chosen =
            offers.iter().filter(there).find(exact).or_else(|| offers.iter().find(there)).cloned()?;
        Some(Self { chosen, offers })
    }

    /// The metrics that have goals in the period.
    pub fn metrics(&self, l: Localiser, query: &ListQuery) -> Vec<Link> {
        let there = self.offers.iter().filter(|offer| offer.kind.period == self.chosen.kind.period);
        let link = |offer: &Offer| {
            let category = offer.kind.category.map_or_else(String::new, |id| id.to_string());
            let with_metric = query.with("metric", offer.kind.metric.code());
            let href = reopened(&with_metric).with("category", &category);
            Link::new(href, offer.name(l)).current(*offer == self.chosen)
        };
        there.map(link).collect()
    }

    /// The periods that have goals, latest first, the longer before the shorter.
    pub fn offered_periods(&self) -> Vec<Period> {
        let mut offered: Vec<Period> = self.offers.iter().map(|offer| offer.kind.period).collect();
        offered.sort_by_key(|period| (std::cmp::Reverse(period.end), std::cmp::Reverse(period.days())));
        offered.dedup();
        offered
    }

    /// Links to them.
    pub fn periods(&self, l: Localiser, fiscal: FiscalCalendar, query: &ListQuery) -> Vec<Link> {
        let link = |period: &Period| {
            Link::new(query.with("period", &periods::code(period)), view::period_name(l, fiscal, period))
                .current(*period == self.chosen.kind.period)
        };
        self.offered_periods().iter().map(link).collect()
    }
}

/// Reads a period of an address, or takes the present one of a kind (`quarter`).
fn parse(text: &str, fiscal: FiscalCalendar, today: NaiveDate) -> Option<Period> {
    let present = PeriodKind::from_code(text).map(|kind| fiscal.containing(kind, today));
    present.or_else(|| periods::parse(text))
}

/// The period asked for, else the present one that most pages are read by: quarter, month, year; else the last
/// one that has begun.
fn period_of(
    offers: &[Offer],
    asked: Option<&str>,
    fiscal: FiscalCalendar,
    today: NaiveDate,
) -> Option<Period> {
    let known = |period: &Period| offers.iter().any(|offer| offer.kind.period == *period);
    let asked = asked.and_then(|text| parse(text, fiscal, today)).filter(known);
    let preferred = [PeriodKind::Quarter, PeriodKind::Month, PeriodKind::Year, PeriodKind::Half];
    let usual = preferred.into_iter().map(|kind| fiscal.containing(kind, today)).find(known);
    let all = || offers.iter().map(|offer| offer.kind.period);
    let present = all().find(|period| period.contains(today));
    let past = all().filter(|period| period.start <= today).max_by_key(|period| period.end);
    asked.or(usual).or(present).or(past).or_else(|| all().min_by_key(|period| period.start))
}

fn reopened(href: &str) -> ListQuery {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    ListQuery::parse(path, query)
}
