//! `/pipeline/list`: opportunities as a list, with filters that the board shares, and as a download.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::list::{self, Card, Filter, Part, SORTS, Sums};
use super::stages::{self, Stages};
use super::{Origin, State, policy, view_store};
use crate::customers;
use crate::error::Result;
use crate::kernel::id::CustomerId;
use crate::kernel::money::Money;
use crate::org::Viewer;
use crate::products;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::i18n::{ByValue, Localiser};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::Gate;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager, SortLink};

/// What the filters offer.
pub(super) struct Options {
    pub(super) people: Vec<Choice>,
    pub(super) departments: Vec<Choice>,
    pub(super) stages: Vec<Choice>,
    /// Stages in use by their place, and the order after them.
    pub(super) places: Vec<Choice>,
    pub(super) states: Vec<Choice>,
    pub(super) products: Vec<Choice>,
    pub(super) origins: Vec<Choice>,
    pub(super) techniques: Vec<Choice>,
    pub(super) stuck: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "pipeline/list.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    options: Options,
    tags: Vec<FilterTag>,
    rows: Vec<Row>,
    total: Sums,
    pager: Pager,
    imports: bool,
    currency: String,
    exponent: u32,
}

impl ListPage {
    fn amount(&self, minor: impl ByValue<i64>) -> String {
        self.shell.l.short(minor, self.exponent)
    }

    fn head(&self, column: &str) -> SortLink {
        self.query.sort_head(column, &SORTS)
    }
}

/// An opportunity as the list shows it.
struct Row {
    card: Card,
    stage: String,
    day: String,
    next_day: String,
    stuck: Vec<&'static str>,
}

/// The filter of an address; open ones unless it says otherwise.
pub(super) fn read(query: &ListQuery) -> Filter {
    let state = match query.get("state") {
        Some("all") => None,
        asked => Some(asked.and_then(State::from_code).unwrap_or(State::Open)),
    };
    Filter {
        owners: query.parsed("person").map(|person| vec![person]),
        department: query.parsed("department"),
        opened: query.days("opened_from", "opened_to"),
        closed: query.days("closed_from", "closed_to"),
        segment: query.get("segment").map(str::to_owned),
        reached: query.parsed("reached"),
        stage: query.parsed("stage"),
        state,
        stuck: query.get("stuck").is_some(),
        customer: query.parsed("customer"),
        product: query.parsed("product"),
        origin: query.get("origin").and_then(Origin::from_code),
        technique: query.get("technique").map(str::to_owned),
        from: query.parsed("from"),
        until: query.parsed("to"),
        words: query.search().to_owned(),
        after: None,
        ids: None,
    }
}

fn places(l: Localiser, stages: &Stages) -> Vec<Choice> {
    let names = stages.active().map(|stage| stage.name(l)).chain([l.t("process-order")]);
    names.enumerate().map(|(before, name)| Choice::new((before + 1).to_string(), name)).collect()
}

pub(super) async fn options(conn: &mut PgConnection, ctx: &Ctx, stages: &Stages) -> Result<Options> {
    let (l, viewer) = (ctx.l, Viewer::new(&ctx.actor, ctx.today));
    let organisation = &ctx.company.organisation;
    let visible = organisation.visible_people(viewer);
    let people = organisation.people_on(ctx.today).filter(|person| visible.contains(&person.id));
    let people: Vec<Choice> = people.map(|person| Choice::new(person.id.to_string(), person.name)).collect();
    let seen = |id| viewer.everyone || ctx.actor.leads_department(id);
    let departments = organisation.departments.iter().filter(|home| seen(home.id));
    let products = products::list_active(conn).await?;
    let techniques = view_store::techniques(conn, policy::scope(ctx).only().as_deref()).await?;
    let states = State::ALL.into_iter().filter(|state| *state != State::Open);
    let states = states.map(|state| Choice::new(state.code(), l.t(state.label())));
    Ok(Options {
        people: if visible.len() > 1 { people } else { Vec::new() },
        departments: departments.map(|home| Choice::new(home.id.to_string(), home.name.clone())).collect(),
        places: places(l, stages),
        stages: stages.0.iter().map(|stage| Choice::new(stage.id.to_string(), stage.name(l))).collect(),
        states: states.chain([Choice::new("all", l.t("all"))]).collect(),
        products: products.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
        origins: Origin::ALL.into_iter().map(|one| Choice::new(one.code(), one.name(l))).collect(),
        techniques: techniques.into_iter().map(|name| Choice::new(name.clone(), name)).collect(),
        stuck: vec![Choice::new("yes", l.t("pipeline-stuck-only"))],
    })
}

/// The filters that are on, with their names.
pub(super) async fn tags(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
    options: &Options,
) -> Result<Vec<FilterTag>> {
    let customer = match query.parsed::<CustomerId>("customer") {
        Some(id) => customers::name(conn, id).await?.map(|name| Choice::new(id.to_string(), name)),
        None => None,
    };
    let customer: Vec<Choice> = customer.into_iter().collect();
    let filters: [(&str, &str, &[Choice]); 18] = [
        ("q", "search", &[]),
        ("person", "pipeline-owner", &options.people),
        ("department", "deals-department", &options.departments),
        ("stage", "pipeline-stage", &options.stages),
        ("state", "pipeline-state", &options.states),
        ("stuck", "pipeline-stuck", &options.stuck),
        ("customer", "deals-customer", &customer),
        ("product", "deals-product", &options.products),
        ("origin", "pipeline-origin", &options.origins),
        ("technique", "pipeline-technique", &options.techniques),
        ("from", "pipeline-expected-from", &[]),
        ("to", "pipeline-expected-to", &[]),
        ("opened_from", "pipeline-opened-from", &[]),
        ("opened_to", "pipeline-opened-to", &[]),
        ("closed_from", "pipeline-closed-from", &[]),
        ("closed_to", "pipeline-closed-to", &[]),
        ("segment", "customers-segment", &[]),
        ("reached", "process-reached", &options.places),
    ];
    Ok(query.tags(ctx.l, &filters))
}

/// Board and list beside each other with the same filters, and what is booked.
pub(super) fn views(ctx: &Ctx, query: &ListQuery, here: &str) -> Vec<Link> {
    vec![
        Link::new(query.at("/pipeline"), ctx.l.t("pipeline-board")).current(here == "board"),
        Link::new(query.at("/pipeline/list"), ctx.l.t("pipeline-list")).current(here == "list"),
        Link::new("/deals", ctx.l.t("nav-deals")),
    ]
}

fn row(ctx: &Ctx, stages: &Stages, card: Card) -> Row {
    let day = |day: Option<NaiveDate>| day.map(|it| ctx.l.date_short_near(it, ctx.today)).unwrap_or_default();
    Row {
        stage: stages.name(ctx.l, card.stage),
        day: day(card.closed_on.or(card.expected_on)),
        next_day: day(card.next_on),
        stuck: card.stuck(stages, ctx.today).into_iter().map(super::stuck::Stuck::label).collect(),
        card,
    }
}

/// `GET /pipeline/list`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (scope, stages) = (policy::scope(&ctx), stages::all(&mut conn).await?);
    let filter = read(&query);
    let total = list::total(&list::sums(&mut conn, &scope, &stages, (&filter, ctx.today)).await?);
    let part = Part { sort: query.sort(&SORTS), slice: (PER_PAGE, query.offset()) };
    let cards = list::page(&mut conn, &scope, &stages, (&filter, ctx.today), part).await?;
    let options = options(&mut conn, &ctx, &stages).await?;
    let paged = Paged::new(cards, total.count, &query);
    let page = ListPage {
        shell: ctx.shell("pipeline"),
        views: views(&ctx, &query, "list"),
        tags: tags(&mut conn, &ctx, &query, &options).await?,
        pager: paged.pager(&query),
        rows: paged.rows.into_iter().map(|card| row(&ctx, &stages, card)).collect(),
        total,
        imports: Gate::Leader.admits(Some(&ctx.actor)).is_ok(),
        currency: ctx.company.currency.to_string(),
        exponent: ctx.company.currency.exponent(),
        options,
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /pipeline.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (scope, stages) = (policy::scope(&ctx), stages::all(&mut conn).await?);
    let part = Part { sort: query.sort(&SORTS), slice: (csv::ROWS_ASKED, 0) };
    let cards = list::page(&mut conn, &scope, &stages, (&read(&query), ctx.today), part).await?;
    let header = [
        "opportunity_no",
        "customer",
        "employee",
        "product",
        "stage",
        "state",
        "opened_on",
        "closed_on",
        "expected_on",
        "amount",
        "currency",
        "origin",
        "technique",
        "next_step",
        "next_on",
    ];
    let mut file = CsvDownload::new("pipeline", ctx.l, &header)?;
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for card in cards {
        file.row(&[
            card.number,
            card.customer,
            card.owner_name.unwrap_or_default(),
            card.product,
            stages.name(ctx.l, card.stage),
            card.state.code().to_owned(),
            card.opened_on.to_string(),
            day(card.closed_on),
            day(card.expected_on),
            Money::new(card.amount, card.currency).to_decimal_string(),
            card.currency.to_string(),
            card.origin.code().to_owned(),
            card.technique,
            card.next,
            day(card.next_on),
        ])?;
    }
    file.finish()
}
