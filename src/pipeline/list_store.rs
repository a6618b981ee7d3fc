//! SQL of lists of opportunities.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::list::{Card, Filter, Part, Scope, Sums};
use super::{Origin, StageId, Stages, State};
use crate::error::{AppError, Result};
use crate::kernel::id::{CustomerId, EmployeeId, OpportunityId};
use crate::kernel::money::Currency;
use crate::process::grouping::home;

type Sql = QueryBuilder<Postgres>;

#[derive(FromRow)]
struct Row {
    id: OpportunityId,
    opportunity_no: String,
    customer_id: Option<CustomerId>,
    customer: Option<String>,
    owner: Option<EmployeeId>,
    owner_name: Option<String>,
    product: Option<String>,
    lines: i64,
    state: String,
    stage_id: StageId,
    stage_since: NaiveDate,
    origin: String,
    technique: String,
    currency: String,
    amount: i64,
    own_amount: i64,
    opened_on: NaiveDate,
    expected_on: Option<NaiveDate>,
    next_step: String,
    next_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    version: i64,
}

impl Row {
    fn read(self) -> Option<Card> {
        Some(Card {
            id: self.id,
            number: self.opportunity_no,
            customer: self.customer.unwrap_or_default(),
            customer_id: self.customer_id,
            owner: self.owner,
            owner_name: self.owner_name,
            product: self.product.unwrap_or_default(),
            more_lines: (self.lines - 1).max(0),
            state: State::from_code(&self.state)?,
            stage: self.stage_id,
            since: self.stage_since,
            origin: Origin::from_code(&self.origin)?,
            technique: self.technique,
            currency: Currency::parse(&self.currency)?,
            amount: self.amount,
            own_amount: self.own_amount,
            opened_on: self.opened_on,
            expected_on: self.expected_on,
            next: self.next_step,
            next_on: self.next_on,
            closed_on: self.closed_on,
            version: self.version,
        })
    }
}

/// `from … where …`: the opportunities that pass scope and filter, each with the probability and patience of its stage.
fn push_found(query: &mut Sql, scope: &Scope, stages: &Stages, (filter, today): (&Filter, NaiveDate)) {
    let (ids, bps, patiences) = stages.columns();
    query.push(" from opportunities o join unnest(").push_bind(ids).push("::bigint[], ").push_bind(bps);
    query
        .push("::bigint[], ")
        .push_bind(patiences)
        .push("::bigint[]) with ordinality as s (id, bp, patience, place)");
    query.push(" on s.id = o.stage_id left join customers c on c.id = o.customer_id");
    query.push(" left join employees e on e.id = o.employee_id where true");
    if let Some(people) = scope.only() {
        query.push(" and o.employee_id = any(").push_bind(people).push(")");
    }
    if let Some(owners) = &filter.owners {
        let owners: Vec<i64> = owners.iter().map(|id| id.0).collect();
        query.push(" and o.employee_id = any(").push_bind(owners).push(")");
    }
    push_kind(query, filter);
    push_days(query, filter, today);
    if filter.stuck {
        query
            .push(" and o.state = 'open' and (")
            .push_bind(today)
            .push("::date - o.stage_since > s.patience");
        query
            .push(" or o.next_on < ")
            .push_bind(today)
            .push(" or o.expected_on < ")
            .push_bind(today)
            .push(")");
    }
    push_words(query, &filter.words);
    if let Some(place) = filter.reached {
        push_reached(query, stages, place);
    }
}

/// Only those that came as far as a place among the stages in use, or further; as [`super::groups::funnel`] counts them.
fn push_reached(query: &mut Sql, stages: &Stages, place: i32) {
    let ids: Vec<i64> = stages.active().map(|stage| stage.id.0).collect();
    query.push(" and (o.state = 'won' and exists (select from deals d where d.id = o.deal_id and d.status = 'booked')");
    query
        .push(" or coalesce(greatest(array_position(")
        .push_bind(ids.clone())
        .push("::bigint[], o.stage_id),");
    query.push(" (select max(array_position(").push_bind(ids);
    query.push("::bigint[], m.stage_id)) from opportunity_moves m where m.opportunity_id = o.id)), 1) >= ");
    query.push_bind(place).push(")");
}

/// When it was opened or decided, and where its owner belonged then.
fn push_days(query: &mut Sql, filter: &Filter, today: NaiveDate) {
    if let Some(days) = filter.opened {
        query
            .push(" and o.opened_on >= ")
            .push_bind(days.start)
            .push(" and o.opened_on < ")
            .push_bind(days.end);
    }
    if let Some(days) = filter.closed {
        query
            .push(" and o.closed_on >= ")
            .push_bind(days.start)
            .push(" and o.closed_on < ")
            .push_bind(days.end);
        query.push(" and (o.state <> 'won' or exists (select from deals d where d.id = o.deal_id and d.status = 'booked'))");
    }
    if let Some(department) = filter.department {
        let day = match filter.opened {
            Some(_) => "o.opened_on".to_owned(),
            None => format!("coalesce(o.closed_on, date '{today}')"),
        };
        query.push(format!(
            " and {} in (select t.department_id from department_subtree(",
            home("o.employee_id", &day)
        ));
        query.push_bind(department.0).push(") t)");
    }
    if let Some(segment) = &filter.segment {
        query.push(" and c.segment = ").push_bind(segment.clone());
    }
}

fn push_kind(query: &mut Sql, filter: &Filter) {
    if let Some(stage) = filter.stage {
        query.push(" and o.stage_id = ").push_bind(stage.0);
    }
    if let Some(state) = filter.state {
        // the states are written out, so that the indexes of open ones are used
        query.push(match state {
            State::Open => " and o.state = 'open'",
            State::Won => " and o.state = 'won'",
            State::Lost => " and o.state = 'lost'",
        });
    }
    if let Some(customer) = filter.customer {
        query.push(" and o.customer_id = ").push_bind(customer.0);
    }
    if let Some(product) = filter.product {
        query.push(
            " and exists (select from opportunity_lines l where l.opportunity_id = o.id and l.product_id = ",
        );
        query.push_bind(product.0).push(")");
    }
    if let Some(origin) = filter.origin {
        query.push(" and o.origin = ").push_bind(origin.code());
    }
    if let Some(technique) = &filter.technique {
        query.push(" and o.technique = ").push_bind(technique.clone());
    }
    if let Some(from) = filter.from {
        query.push(" and o.expected_on >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" and o.expected_on <= ").push_bind(until);
    }
    if let Some(ids) = &filter.ids {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        query.push(" and o.id = any(").push_bind(ids).push(")");
    }
    if let Some(after) = filter.after {
        query.push(" and o.id > ").push_bind(after);
    }
}

fn push_words(query: &mut Sql, words: &str) {
    if words.is_empty() {
        return;
    }
    let words = words.to_lowercase();
    query.push(" and (starts_with(lower(o.opportunity_no), ").push_bind(words.clone());
    query.push(") or position(").push_bind(words.clone());
    query.push(" in lower(o.note || ' ' || o.technique || ' ' || o.next_step)) > 0 or o.customer_id in (");
    query.push("select id from customers where position(").push_bind(words).push(" in lower(name)) > 0))");
}

/// Which column a list is in the order of.
fn order(sort: &str) -> &'static str {
    match sort {
        "customer" => r#"lower(c.name) collate "sv-x-icu""#,
        "person" => r#"lower(e.name) collate "sv-x-icu""#,
        "stage" => "s.place",
        "amount" => "o.own_amount",
        "next" => "o.next_on",
        "id" => "o.id",
        _ => "coalesce(o.closed_on, o.expected_on)",
    }
}

const COLUMNS: &str = "o.id, o.opportunity_no, o.customer_id, o.customer, o.owner, o.owner_name, l.product, l.lines, o.state,
    o.stage_id, o.stage_since, o.origin, o.technique, o.currency, o.amount, o.own_amount, o.opened_on, o.expected_on,
    o.next_step, o.next_on, o.closed_on, o.version";

const PICKED: &str = "o.id, o.opportunity_no, o.customer_id, c.name as customer, o.employee_id as owner,
    e.name as owner_name, o.state, o.stage_id, o.stage_since, o.origin, o.technique, o.currency::text as currency, o.amount,
    o.own_amount, o.opened_on, o.expected_on, o.next_step, o.next_on, o.closed_on, o.version";

const LINES: &str = "cross join lateral (
    select count(*) as lines, (array_agg(p.name order by l.line_no))[1] as product
    from opportunity_lines l join products p on p.id = l.product_id where l.opportunity_id = o.id) l order by o.turn";

async fn fetch(conn: &mut PgConnection, mut query: Sql) -> Result<Vec<Card>> {
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let unreadable = || AppError::internal("unreadable opportunity");
    rows.into_iter().map(|row| row.read().ok_or_else(unreadable)).collect()
}

pub(super) async fn cards(
    conn: &mut PgConnection,
    scope: &Scope,
    stages: &Stages,
    filter: (&Filter, NaiveDate),
    part: Part<'_>,
) -> Result<Vec<Card>> {
    let (sort, descending) = part.sort;
    let turn = if descending { " desc nulls last" } else { " asc nulls last" };
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from (select row_number() over (order by ").push(order(sort)).push(turn);
    query.push(", o.id) as turn, ").push(PICKED);
    push_found(&mut query, scope, stages, filter);
    query.push(" order by turn limit ").push_bind(part.slice.0).push(" offset ").push_bind(part.slice.1);
    query.push(") o ").push(LINES);
    fetch(conn, query).await
}

/// The first cards of every stage, those that are expected first at the top.
pub(super) async fn board(
    conn: &mut PgConnection,
    scope: &Scope,
    stages: &Stages,
    filter: (&Filter, NaiveDate),
    each: i64,
) -> Result<Vec<Card>> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(
        " from (select o.* from (select row_number() over (partition by o.stage_id
            order by o.expected_on nulls last, o.own_amount desc, o.id) as turn, ",
    );
    query.push(PICKED);
    push_found(&mut query, scope, stages, filter);
    query.push(") o where o.turn <= ").push_bind(each).push(") o ").push(LINES);
    fetch(conn, query).await
}

#[derive(FromRow)]
struct SumRow {
    stage_id: StageId,
    count: i64,
    amount: i64,
    weighted: i64,
}

/// By stage. What is to be expected is rounded card by card, as [`super::stages::weighted`] does.
pub(super) async fn sums(
    conn: &mut PgConnection,
    scope: &Scope,
    stages: &Stages,
    filter: (&Filter, NaiveDate),
) -> Result<Vec<(StageId, Sums)>> {
    let mut query = QueryBuilder::new(
        "select o.stage_id, count(*) as count, coalesce(sum(o.own_amount), 0)::bigint as amount,
            coalesce(sum(case o.state when 'open' then div(o.own_amount::numeric * s.bp + 5000, 10000)
                when 'won' then o.own_amount else 0 end), 0)::bigint as weighted",
    );
    push_found(&mut query, scope, stages, filter);
    query.push(" group by o.stage_id");
    let rows: Vec<SumRow> = query.build_query_as().fetch_all(conn).await?;
    let sums =
        |row: SumRow| (row.stage_id, Sums { count: row.count, amount: row.amount, weighted: row.weighted });
    Ok(rows.into_iter().map(sums).collect())
}
