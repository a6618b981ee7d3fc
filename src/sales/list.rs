//! Deals as lists show them: the rows of the ledger, summed by deal.
//!
//! What a list adds up to is therefore what the ledger says under the same filter: a return in November of a deal
//! from October stands in November, and a deal shared by two counts for each with their part.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::credit::CreditEvent;
use super::{DealStatus, latest_store, list_store};
use crate::attainment::Metric;
use crate::attainment::service::{self, DayTotals, Span, Totals};
use crate::error::Result;
use crate::goals::{Subject, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, CustomerId, DealId, DepartmentId, EmployeeId, ProductId};
use crate::org::Company;
use crate::web::csv;
use crate::web::i18n::Localiser;
use crate::web::list::{ListQuery, PER_PAGE, Paged};

/// Columns a list of deals sorts by, the usual one first.
pub const SORTS: [&str; 5] = ["-date", "amount", "customer", "person", "date"];

/// Whose credits are summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holder {
    /// Everybody the viewer sees; house sales too for those who read the whole company.
    #[default]
    Anybody,
    /// One person: direct and overlay credits.
    Person(EmployeeId),
    /// Direct credits of those who were members of the department, or one below it, on the day.
    Department(DepartmentId),
}

/// Which rows of the ledger, and so which deals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whether deals count when they are booked or as they are delivered.
    pub basis: Basis,
    /// Whose credits.
    pub holder: Holder,
    /// Only lines of this category.
    pub category: Option<CategoryId>,
    /// Only lines of this product.
    pub product: Option<ProductId>,
    /// Only deals of this customer.
    pub customer: Option<CustomerId>,
    /// Only deals that stand like this; all but undone ones otherwise.
    pub status: Option<DealStatus>,
    /// Order number, customer or note contain this.
    pub words: String,
    /// Only credits from this day on.
    pub from: Option<NaiveDate>,
    /// Only credits up to and with this day.
    pub until: Option<NaiveDate>,
    /// Only deals that count something of this metric.
    pub metric: Option<Metric>,
    /// Only what was posted for this: a return, a cancellation.
    pub event: Option<CreditEvent>,
    /// Only these deals.
    pub deals: Option<Vec<i64>>,
}

impl Filter {
    /// The rows that a goal's span counts.
    pub fn of_span(span: &Span, metric: Metric) -> Self {
        Self {
            basis: span.basis,
            holder: match span.subject {
                Subject::Person(id) => Holder::Person(id),
                Subject::Department(id) => Holder::Department(id),
                Subject::Company(_) => Holder::Anybody,
            },
            category: span.category,
            from: Some(span.period.start),
            until: Some(span.period.last_day()),
            metric: Some(metric),
            ..Self::default()
        }
    }
}

/// A deal in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealRow {
    /// The deal.
    pub id: DealId,
    /// Number within its source.
    pub order_no: String,
    /// Business date of the order; where deals count as they are delivered, the latest day that it counted.
    pub ordered_on: NaiveDate,
    /// Where it stands.
    pub status: DealStatus,
    /// Who bought.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Who sold; nobody for a house sale.
    pub owner: Option<EmployeeId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// Product of the first line.
    pub product: String,
    /// Pieces of the first line.
    pub quantity: i64,
    /// Lines beyond the first.
    pub more_lines: i64,
    /// Whether it is the customer's first order.
    pub is_first: bool,
    /// What the ledger sums for it under the filter.
    pub totals: Totals,
}

impl DealRow {
    /// "FTX 400, 4 units", "Ventus 12 and 2 more".
    pub fn what(&self, l: &Localiser) -> String {
        let product = self.product.clone();
        if self.more_lines > 0 {
            return l.tr("deals-what-more", &[("product", product.into()), ("n", self.more_lines.into())]);
        }
        if self.quantity == 1 {
            return product;
        }
        l.tr("deals-what-units", &[("product", product.into()), ("n", self.quantity.into())])
    }

    /// The date as lists print it: with its year unless that is `today`'s.
    pub fn date(&self, l: &Localiser, today: &NaiveDate) -> String {
        l.date_short_near(self.ordered_on, today)
    }
}

/// A list's foot: how many deals, and what they sum to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Deals.
    pub count: i64,
    /// What the ledger sums for all of them.
    pub totals: Totals,
}

/// Whose rows a viewer may sum.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The people the viewer sees; nothing when they see everybody, and house sales.
    pub(super) people: Option<Vec<i64>>,
}

async fn scope(conn: &mut PgConnection, viewer: Viewer, filter: &Filter) -> Result<Scope> {
    let own = viewer.employee.filter(|own| filter.holder == Holder::Person(*own));
    let people = match (viewer.everyone, own) {
        (true, _) => None,
        (false, Some(own)) => Some(vec![own.0]), // one's own are always one's own to see
        (false, None) => Some(list_store::visible_people(conn, viewer).await?),
    };
    Ok(Scope { people })
}

/// One page of the deals a viewer sees, with the sums over all pages.
pub async fn page(
    conn: &mut PgConnection,
    viewer: Viewer,
    filter: &Filter,
    query: &ListQuery,
) -> Result<(Paged<DealRow>, Sums)> {
    let scope = scope(conn, viewer, filter).await?;
    let sums = list_store::sums(conn, &scope, filter).await?;
    let rows =
        list_store::rows(conn, &scope, filter, query.sort(&SORTS), Some((PER_PAGE, query.offset()))).await?;
    Ok((Paged::new(rows, sums.count, query), sums))
}

/// The deals a viewer sees, as many as a download holds.
pub async fn all(
    conn: &mut PgConnection,
    viewer: Viewer,
    filter: &Filter,
    query: &ListQuery,
) -> Result<Vec<DealRow>> {
    let scope = scope(conn, viewer, filter).await?;
    list_store::rows(conn, &scope, filter, query.sort(&SORTS), Some((csv::ROWS_ASKED, 0))).await
}

/// A deal that counts in a goal, with what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The deal.
    pub deal: DealRow,
    /// What it counts of the goal's metric: minor units of the company's currency, or a count.
    pub amount: i64,
}

/// Some of the deals that counted latest, and whether there are more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The deals, latest first.
    pub deals: Vec<DealRow>,
    /// Whether the list has more.
    pub has_more: bool,
}

/// The `most` latest deals of a list, without summing up the whole of it. `since` is a day from which on there
/// are likely enough of them.
pub async fn latest(
    conn: &mut PgConnection,
    viewer: Viewer,
    filter: &Filter,
    (most, since): (usize, Option<NaiveDate>),
) -> Result<Latest> {
    let scope = scope(conn, viewer, filter).await?;
    let lately = Filter { from: filter.from.max(since), ..filter.clone() };
    let mut candidates = latest_store::candidates(conn, &scope, &lately).await?;
    candidates.are_all &= lately.from == filter.from;
    let (usual, slice) = (("date", true), i64::try_from(most).ok().map(|most| (most + 1, 0)));
    let mut deals = Vec::new();
    if !candidates.ids.is_empty() {
        let narrow = Filter { deals: Some(candidates.ids), ..filter.clone() };
        deals = list_store::rows(conn, &scope, &narrow, usual, slice).await?;
    }
    if deals.len() <= most && !candidates.are_all {
        deals = list_store::rows(conn, &scope, filter, usual, slice).await?;
    }
    let has_more = deals.len() > most;
    deals.truncate(most);
    Ok(Latest { deals, has_more })
}

/// The day from which on there were more than `most` orders.
fn day_of_latest(days: &[DayTotals], most: usize) -> Option<NaiveDate> {
    let mut orders = i64::try_from(most).unwrap_or(i64::MAX);
    let enough = |day: &&DayTotals| {
        orders -= day.totals.orders.max(0);
        orders < 0
    };
    days.iter().rev().find(enough).map(|day| day.day)
}

/// The `most` latest deals that a goal's span counts, and whether there are more.
pub async fn latest_contributions(
    conn: &mut PgConnection,
    viewer: Viewer,
    company: &Company,
    (span, metric): (&Span, Metric),
    most: usize,
) -> Result<(Vec<Contribution>, bool)> {
    let days = service::days(conn, company, &[*span]).await?;
    let since = days.first().and_then(|days| day_of_latest(days, most));
    let latest = latest(conn, viewer, &Filter::of_span(span, metric), (most, since)).await?;
    let counted = |deal: DealRow| Contribution { amount: deal.totals.of(metric), deal };
    Ok((latest.deals.into_iter().map(counted).collect(), latest.has_more))
}

/// The deals that a goal's span counts, as far as the viewer may see them: `query` sorts and pages.
/// The sum of all amounts is the goal's actual when the viewer sees everybody in the span.
pub async fn contributions(
    conn: &mut PgConnection,
    viewer: Viewer,
    span: &Span,
    metric: Metric,
    query: &ListQuery,
) -> Result<Paged<Contribution>> {
    let (page, _) = page(conn, viewer, &Filter::of_span(span, metric), query).await?;
    let counted = |deal: DealRow| Contribution { amount: deal.totals.of(metric), deal };
    Ok(Paged { rows: page.rows.into_iter().map(counted).collect(), total: page.total, page: page.page })
}

/// A customer's deals that the viewer sees, latest first: the first page, and the sums of all.
pub async fn recent_of_customer(
    conn: &mut PgConnection,
    viewer: Viewer,
    customer: CustomerId,
) -> Result<(Paged<DealRow>, Sums)> {
    let filter = Filter { customer: Some(customer), ..Filter::default() };
    page(conn, viewer, &filter, &ListQuery::default()).await
}
