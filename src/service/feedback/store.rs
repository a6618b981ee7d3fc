//! SQL of links for customers and what they say.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::links::{Link, LinkId, MOST_CHANGES, NewLink};
use super::{Area, Feedback, FeedbackId, Filter, Said};
use crate::error::Result;
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, OpportunityId, UserId};
use crate::kernel::lang::Lang;
use crate::service::cases::CaseId;
use crate::service::follow_ups::FollowUpId;
use crate::service::measures::Occasion;

/// Makes earlier links about the same void that nobody has answered.
pub(super) async fn retire(conn: &mut PgConnection, new: &NewLink, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update feedback_links set expires_at = $5
        where customer_id = $1 and deal_id is not distinct from $2 and opportunity_id is not distinct from $3
            and follow_up_id is not distinct from $4 and answered_at is null and expires_at > $5",
        new.customer.0,
        new.deal.map(|id| id.0),
        new.opportunity.map(|id| id.0),
        new.follow_up.map(|id| id.0),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn insert_link(
    conn: &mut PgConnection,
    token_hash: &[u8],
    new: &NewLink,
    by: Option<UserId>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<LinkId> {
    let id = sqlx::query_scalar!(
        r#"insert into feedback_links (token_hash, customer_id, deal_id, opportunity_id, follow_up_id, owner_id,
            department_id, about, language, made_by, made_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id as "id: LinkId""#,
        token_hash,
        new.customer.0,
        new.deal.map(|id| id.0),
        new.opportunity.map(|id| id.0),
        new.follow_up.map(|id| id.0),
        new.owner.map(|id| id.0),
        new.department.map(|id| id.0),
        new.about,
        new.lang.code(),
        by.map(|user| user.0),
        now,
        expires_at
    );
    Ok(id.fetch_one(conn).await?)
}

/// A link that works: not expired, and not answered or answered within the last day.
pub(super) async fn find_link(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Link>> {
    let row = sqlx::query!(
        r#"select l.id as "id: LinkId", l.customer_id as "customer: CustomerId", c.name as customer_name,
            l.opportunity_id as "opportunity: OpportunityId", l.deal_id as "deal: DealId",
            d.order_no as "order_no?", l.follow_up_id as "follow_up: FollowUpId", l.owner_id as "owner: EmployeeId",
            l.department_id as "department: DepartmentId", l.about, l.language, l.answered_at
        from feedback_links l join customers c on c.id = l.customer_id left join deals d on d.id = l.deal_id
        where l.token_hash = $1 and l.expires_at > $2 and l.changes < $3
            and (l.answered_at is null or l.answered_at > $2 - interval '1 day')
        for update of l"#,
        token_hash,
        now,
        MOST_CHANGES
    );
    Ok(row.fetch_optional(conn).await?.map(|row| Link {
        id: row.id,
        customer: row.customer,
        customer_name: row.customer_name,
        opportunity: row.opportunity,
        deal: row.deal,
        order_no: row.order_no,
        follow_up: row.follow_up,
        owner: row.owner,
        department: row.department,
        about: row.about,
        lang: Lang::from_code(&row.language).unwrap_or_default(),
        answered_at: row.answered_at,
    }))
}

/// Whether a customer has answered about something.
pub(super) async fn has_said(conn: &mut PgConnection, occasion: Occasion) -> Result<bool> {
    let (deal, call) = match occasion {
        Occasion::Order(id) => (Some(id.0), None),
        Occasion::Call(id) => (None, Some(id.0)),
    };
    Ok(sqlx::query_scalar!(
        r#"select exists (select from feedback_links
            where answered_at is not null and (deal_id = $1 or deal_id is null and follow_up_id = $2)) as "exists!""#,
        deal,
        call
    )
    .fetch_one(conn)
    .await?)
}

fn codes(areas: &[Area]) -> Vec<String> {
    areas.iter().map(|area| area.code().to_owned()).collect()
}

fn areas(codes: &[String]) -> Vec<Area> {
    codes.iter().filter_map(|code| Area::from_code(code)).collect()
}

/// What was said by a link before.
pub(super) async fn said(conn: &mut PgConnection, link: LinkId) -> Result<Option<Said>> {
    let row =
        sqlx::query!("select score, good, bad, words, may_call from feedback where link_id = $1", link.0);
    Ok(row.fetch_optional(conn).await?.map(|row| Said {
        score: row.score,
        good: areas(&row.good),
        bad: areas(&row.bad),
        words: row.words,
        may_call: row.may_call,
    }))
}

/// Stores what is said; again, it changes what was. Answers its id, the day it was first said, and the case it led to.
pub(super) async fn upsert(
    conn: &mut PgConnection,
    (link, lang): (LinkId, Lang),
    said: &Said,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(FeedbackId, NaiveDate, Option<CaseId>)> {
    sqlx::query!(
        "update feedback_links set answered_at = coalesce(answered_at, $2), changes = changes + 1, language = $3 where id = $1",
        link.0,
        now,
        lang.code()
    )
    .execute(&mut *conn)
    .await?;
    let row = sqlx::query!(
        r#"insert into feedback (link_id, score, good, bad, words, may_call, answered_on, answered_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (link_id) do update set score = $2, good = $3, bad = $4, words = $5, may_call = $6
        returning id as "id: FeedbackId", answered_on, case_id as "case: CaseId""#,
        link.0,
        said.score,
        &codes(&said.good),
        &codes(&said.bad),
        said.words,
        said.may_call,
        today,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok((row.id, row.answered_on, row.case))
}

pub(super) async fn save_case(conn: &mut PgConnection, id: FeedbackId, case: CaseId) -> Result<()> {
    sqlx::query!("update feedback set case_id = $2 where id = $1", id.0, case.0).execute(conn).await?;
    Ok(())
}

/// The names of what an order holds.
pub(super) async fn products(conn: &mut PgConnection, deal: DealId) -> Result<String> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(string_agg(distinct p.name, ', '), '') as "names!"
        from deal_lines l join products p on p.id = l.product_id where l.deal_id = $1 and not l.removed"#,
        deal.0
    )
    .fetch_one(conn)
    .await?)
}

/// An order that a customer can be asked about.
pub(super) struct Ordered {
    pub(super) customer: CustomerId,
    pub(super) customer_name: String,
    pub(super) seller: Option<EmployeeId>,
    pub(super) order_no: String,
}

/// A booked order; only of `people` where they are given.
pub(super) async fn deal(
    conn: &mut PgConnection,
    id: DealId,
    people: Option<&[i64]>,
) -> Result<Option<Ordered>> {
    Ok(sqlx::query_as!(
        Ordered,
        r#"select d.customer_id as "customer: CustomerId", c.name as customer_name,
            d.employee_id as "seller: EmployeeId", d.order_no
        from deals d join customers c on c.id = d.customer_id
        where d.id = $1 and d.status = 'booked' and ($2::bigint[] is null or d.employee_id = any($2)
            or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any($2)))"#,
        id.0,
        people
    )
    .fetch_optional(conn)
    .await?)
}

#[derive(FromRow)]
struct Row {
    id: FeedbackId,
    customer_id: CustomerId,
    customer: String,
    deal_id: Option<DealId>,
    order_no: Option<String>,
    about: String,
    seller_id: Option<EmployeeId>,
    seller: Option<String>,
    answered_on: NaiveDate,
    opportunity_id: Option<OpportunityId>,
    score: i16,
    good: Vec<String>,
    bad: Vec<String>,
    words: String,
    may_call: bool,
}

impl Row {
    fn read(self) -> Feedback {
        let (good, bad) = (areas(&self.good), areas(&self.bad));
        let said = Said { score: self.score, good, bad, words: self.words, may_call: self.may_call };
        Feedback {
            id: self.id,
            customer: self.customer_id,
            customer_name: self.customer,
            deal: self.deal_id,
            order_no: self.order_no,
            about: self.about,
            seller: self.seller_id,
            seller_name: self.seller,
            answered_on: self.answered_on,
            lost: self.opportunity_id,
            said,
        }
    }
}

const SELECT: &str = "select f.id, l.customer_id, c.name as customer, l.deal_id, d.order_no, l.about,
    coalesce(d.employee_id, l.owner_id) as seller_id, e.name as seller, f.answered_on, l.opportunity_id,
    f.score, f.good, f.bad, f.words, f.may_call";
const FROM: &str = " from feedback f join feedback_links l on l.id = f.link_id join customers c on c.id = l.customer_id
    left join deals d on d.id = l.deal_id left join employees e on e.id = coalesce(d.employee_id, l.owner_id) where true";

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(FROM);
    if let Some(people) = &filter.people {
        query.push(" and coalesce(d.employee_id, l.owner_id) = any(").push_bind(people.clone()).push(")");
    }
    if let Some(area) = filter.area {
        query.push(" and ").push_bind(area.code()).push(" = any(f.good || f.bad)");
    }
    if let Some((from, to)) = filter.scores {
        query.push(" and f.score between ").push_bind(from).push(" and ").push_bind(to);
    }
    if let Some(product) = filter.product {
        query.push(" and exists (select from deal_lines i where i.deal_id = l.deal_id and not i.removed and i.product_id = ");
        query.push_bind(product).push(")");
    }
    if let Some(department) = filter.department {
        query.push(" and exists (select from memberships m where m.employee_id = coalesce(d.employee_id, l.owner_id)");
        query.push(" and m.during @> f.answered_on and m.department_id in (select t.department_id from department_subtree(");
        query.push_bind(department.0).push(") t))");
    }
    if let Some(from) = filter.from {
        query.push(" and f.answered_on >= ").push_bind(from);
    }
    if let Some(last) = filter.last {
        query.push(" and f.answered_on <= ").push_bind(last);
    }
    if let Some(id) = filter.customer {
        query.push(" and l.customer_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.deal {
        query.push(" and l.deal_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.opportunity {
        query.push(" and l.opportunity_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.after {
        query.push(" and f.id > ").push_bind(id);
    }
}

/// How many there are of each score.
pub(super) async fn scores(conn: &mut PgConnection, filter: &Filter) -> Result<Vec<(i16, i64)>> {
    let mut query = QueryBuilder::new("select f.score, count(*)");
    narrow(&mut query, filter);
    query.push(" group by f.score order by f.score");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Feedback>> {
    let mut query = QueryBuilder::new(SELECT);
    narrow(&mut query, filter);
    query.push(match column {
        "score" => " order by f.score",
        "id" => " order by f.id",
        _ => " order by f.answered_on",
    });
    query.push(if descending { " desc, f.id desc" } else { ", f.id" });
    query.push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::read).collect())
}
