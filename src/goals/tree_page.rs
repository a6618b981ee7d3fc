//! `/goals/tree`: how the company's goal is shared out, and whether the parts add up.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::cascade::{self, Node};
use super::checks::{self, Check};
use super::wording::{self, CoverageView};
use super::{NamedKind, Viewer, list_page, periods, policy, remembered, structure};
use crate::attainment::Metric;
use crate::attainment::service::{self, AsOf};
use crate::attainment::view::{GoalCard, Kind, Measure, Reader, counted, metric_key, period_name};
use crate::error::Result;
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

#[derive(Template)]
#[template(path = "goals/tree.html")]
struct TreePage {
    shell: Shell,
    tabs: Vec<Link>,
    metrics: Vec<Link>,
    categories: Vec<Link>,
    periods: Vec<Link>,
    period: String,
    counted: String,
    new_href: String,
    plan_href: String,
    sets_goals: bool,
    top: Option<GoalCard>,
    top_name: String,
    checks: Vec<Check>,
    rows: Vec<Row>,
}

/// A line of the cascade.
struct Row {
    level: usize,
    /// Whether it is open, and the link that turns it; nothing without anything below.
    twist: Option<(bool, String)>,
    name: String,
    note: String,
    is_person: bool,
    target: String,
    cover: Option<CoverageView>,
    card: Option<GoalCard>,
    /// Where a missing goal is set, for those who may.
    set: Option<String>,
    /// A part of the goal above that nobody has.
    ghost: Option<Ghost>,
}

/// What of a goal is on nobody.
struct Ghost {
    amount: String,
    assign: Option<String>,
}

/// `GET /goals/tree?metric=&category=&period=&open=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let known = remembered::kinds(&mut conn, &ctx).await?;
    let kind = chosen(&ctx, &query, &known);
    let root = load(&mut conn, &ctx, kind).await?;
    let top = match root.as_ref().and_then(|node| node.goal.clone()) {
        Some(of) => {
            let goals = vec![of.goal];
            let at = AsOf::now(ctx.today);
            service::figures_with_range(&mut conn, &ctx.company, at, goals).await?.pop()
        }
        None => None,
    };
    let category = known.iter().find(|named| named.kind.category == kind.category);
    let category = category.and_then(|named| named.category.clone());
    let address = format!("metric={}&period={}", kind.metric.code(), periods::code(&kind.period));
    let page = TreePage {
        shell: ctx.shell("goals"),
        tabs: list_page::views(&ctx, list_page::View::Cascade),
        metrics: metric_links(&ctx, &query, &known, kind),
        categories: category_links(&ctx, &query, &known, kind),
        periods: period_links(&ctx, &query, &known, kind),
        period: period_name(ctx.l, ctx.company.fiscal, &kind.period),
        counted: counted(ctx.l, kind.metric, category.as_deref()),
        new_href: format!("/goals/new?{address}"),
        plan_href: format!("/goals/plan?{address}"),
        sets_goals: policy::sets_goals(&ctx.actor),
        top: top.as_ref().map(|of| GoalCard::new(Reader::of(&ctx), of)),
        top_name: root.as_ref().map_or_else(|| ctx.company.name.clone(), |node| node.name.clone()),
        checks: root.as_ref().map(|node| checks::of(&ctx, kind, node)).unwrap_or_default(),
        rows: root.as_ref().map(|node| rows(&ctx, &query, kind, node)).unwrap_or_default(),
    };
    Ok(Page::ok(page).into_response())
}

async fn load(conn: &mut PgConnection, ctx: &Ctx, kind: Kind) -> Result<Option<Node>> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let goals = remembered::of_kind(conn, &ctx.app.goals, &ctx.company, viewer, kind).await?;
    let figures = service::figures(conn, &ctx.company, AsOf::now(ctx.today), goals).await?;
    let structure = structure::of(&ctx.company.organisation, viewer, &kind.period);
    Ok(cascade::build(&structure, figures))
}

/// What is asked for, else order intake, all products, the present quarter; or what there are goals for.
fn chosen(ctx: &Ctx, query: &ListQuery, known: &[NamedKind]) -> Kind {
    let asked = query.get("metric").and_then(Metric::from_code);
    let metric =
        asked.or_else(|| known.iter().map(|named| named.kind.metric).min()).unwrap_or(Metric::Revenue);
    let category = query.parsed::<i64>("category").map(Into::into);
    let quarter = periods::current(ctx.company.fiscal, ctx.today);
    let of_metric: Vec<_> =
        known.iter().map(|n| n.kind).filter(|k| k.metric == metric && k.category == category).collect();
    let fitting = || {
        let now = of_metric.iter().find(|k| k.period == quarter);
        let holds_today = || of_metric.iter().find(|k| k.period.contains(ctx.today));
        now.or_else(holds_today).or(of_metric.first()).map(|k| k.period)
    };
    let period = periods::parse(query.text("period")).or_else(fitting).unwrap_or(quarter);
    Kind { metric, category, period }
}

fn metric_links(ctx: &Ctx, query: &ListQuery, known: &[NamedKind], kind: Kind) -> Vec<Link> {
    let has = |metric| metric == kind.metric || known.iter().any(|named| named.kind.metric == metric);
    let link = |metric: Metric| {
        let href = query.with("metric", metric.code());
        Link::new(href, ctx.l.t(metric_key(metric))).current(metric == kind.metric)
    };
    Metric::ALL.into_iter().filter(|metric| has(*metric)).map(link).collect()
}

fn category_links(ctx: &Ctx, query: &ListQuery, known: &[NamedKind], kind: Kind) -> Vec<Link> {
    let all = Link::new(query.without("category"), ctx.l.t("goals-all-products"));
    let mut links = vec![all.current(kind.category.is_none())];
    let mut seen = BTreeSet::new();
    for named in known.iter().filter(|named| named.kind.metric == kind.metric) {
        if let (Some(id), Some(name)) = (named.kind.category, &named.category)
            && seen.insert(id)
        {
            let href = query.with("category", &id.to_string());
            links.push(Link::new(href, name.clone()).current(kind.category == Some(id)));
        }
    }
    if links.len() > 1 { links } else { Vec::new() }
}

fn period_links(ctx: &Ctx, query: &ListQuery, known: &[NamedKind], kind: Kind) -> Vec<Link> {
    let same = |named: &&NamedKind| named.kind.metric == kind.metric && named.kind.category == kind.category;
    let mut all: Vec<_> = known.iter().filter(same).map(|named| named.kind.period).collect();
    all.push(kind.period);
    all.sort_unstable();
    all.dedup();
    let link = |period: &_| {
        let name = period_name(ctx.l, ctx.company.fiscal, period);
        Link::new(query.with("period", &periods::code(period)), name).current(*period == kind.period)
    };
    all.iter().map(link).collect()
}

/// Departments that are open: those asked for, else the company and the way to one (`?at=`), by default the reader's.
fn open_departments(ctx: &Ctx, query: &ListQuery, root: &Node) -> BTreeSet<DepartmentId> {
    if let Some(asked) = query.get("open") {
        return asked.split(',').filter_map(|id| id.parse().ok()).collect();
    }
    let own = || ctx.actor.department.as_ref().map(|(id, _)| *id);
    let to = query.parsed::<DepartmentId>("at").or_else(own);
    let on_the_way = |node: &Node| to.is_some() && node.walk().iter().any(|below| below.department() == to);
    root.walk()
        .into_iter()
        .filter(|node| node.department() == root.department() || on_the_way(node))
        .filter_map(Node::department)
        .collect()
}

fn rows(ctx: &Ctx, query: &ListQuery, kind: Kind, root: &Node) -> Vec<Row> {
    let open = open_departments(ctx, query, root);
    let mut rows = Vec::new();
    add_rows(ctx, query, kind, &open, root, 0, &mut rows);
    rows
}

fn add_rows(
    ctx: &Ctx,
    query: &ListQuery,
    kind: Kind,
    open: &BTreeSet<DepartmentId>,
    node: &Node,
    level: usize,
    rows: &mut Vec<Row>,
) {
    let is_open = node.department().is_some_and(|id| open.contains(&id));
    let twist = node.department().filter(|_| !node.children.is_empty());
    let twist = twist.map(|id| (is_open, query.with("open", &toggled(open, id))));
    rows.push(row(ctx, kind, node, level, twist));
    if !is_open {
        return;
    }
    for child in &node.children {
        add_rows(ctx, query, kind, open, child, level + 1, rows);
    }
    rows.extend(checks::lack(ctx, node).map(|lack| ghost(ctx, kind, node, level + 1, lack)));
}

/// The open departments with one turned; `0` says that none is.
fn toggled(open: &BTreeSet<DepartmentId>, id: DepartmentId) -> String {
    let mut open = open.clone();
    if !open.remove(&id) {
        open.insert(id);
    }
    let ids: Vec<String> = open.iter().map(ToString::to_string).collect();
    if ids.is_empty() { "0".to_owned() } else { ids.join(",") }
}

fn row(ctx: &Ctx, kind: Kind, node: &Node, level: usize, twist: Option<(bool, String)>) -> Row {
    let reader = Reader::of(ctx);
    let measure = Measure::new(reader, kind.metric);
    let sees = node.department().is_some_and(|id| policy::sees_parts(&ctx.actor, id));
    let parts = node.parts();
    let covered = node.goal.is_some() && sees && !parts.is_empty();
    let may_set = node.goal.is_none() && policy::may_set(&ctx.actor, node.subject, node.place);
    Row {
        level,
        twist,
        name: node.name.clone(),
        note: checks::note(ctx, node),
        is_person: node.subject.employee().is_some(),
        target: node.goal.as_ref().map_or_else(String::new, |of| measure.short(of.goal.target())),
        cover: covered.then(|| wording::coverage(ctx.l, measure, node.target(), parts)),
        card: node.goal.as_ref().map(|of| GoalCard::new(reader, of)),
        set: may_set.then(|| checks::new_goal_href(ctx, kind, node)),
        ghost: None,
    }
}

fn ghost(ctx: &Ctx, kind: Kind, node: &Node, level: usize, lack: i64) -> Row {
    let may = policy::may_set(&ctx.actor, node.subject, None);
    let assign = node.goal.as_ref().filter(|_| may).map(|of| format!("/goals/{}/assign", of.goal.id));
    Row {
        level,
        twist: None,
        name: ctx.l.t("goals-no-owner"),
        note: String::new(),
        is_person: false,
        target: String::new(),
        cover: None,
        card: None,
        set: None,
        ghost: Some(Ghost { amount: Measure::new(Reader::of(ctx), kind.metric).short(lack), assign }),
    }
}
