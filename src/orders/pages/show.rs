//! One order: how far it has come, its lines with their dates, the promise trail, and what can be done now.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::goals::Viewer;
use crate::kernel::id::{DealId, DepartmentId, LineId};
use crate::notices;
use crate::orders::due::{self, Dates, Standing, standing};
use crate::orders::forms::{PromiseForm, ReturnForm, text};
use crate::orders::{
    Cause, Delivery, DeliveryId, Line, Order, Permits, Promise, PromiseId, State, Step, change, policy, store,
};
use crate::process::{Sight, serves};
use crate::sales::ReturnCause;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, Link};

/// What was typed in one of the forms, when it comes back with faults.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) promise: Option<PromiseForm>,
    pub(super) delivery: Option<Vec<(String, String)>>,
    pub(super) returned: Option<ReturnForm>,
    pub(super) requested_on: Option<String>,
    pub(super) words: String,
    pub(super) errors: FormErrors,
}

#[derive(Template)]
#[template(path = "orders/show.html")]
struct OrderPage {
    shell: Shell,
    order: Order,
    permits: Permits,
    /// The deal's own page, for those who see its figures.
    deal: Option<String>,
    amount: Option<String>,
    standing: Option<(String, &'static str)>,
    progress: Vec<Stop>,
    steps: Vec<Choice>,
    lines: Vec<LineView>,
    moments: Vec<Moment>,
    answers: String,
    causes: Vec<Choice>,
    return_causes: Vec<Choice>,
    return_lines: Vec<Choice>,
    departments: Vec<Choice>,
    people: Vec<Choice>,
    promise: PromiseForm,
    returned: ReturnForm,
    requested_on: String,
    delivered_on: String,
    words: String,
    errors: FormErrors,
}

impl OrderPage {
    fn crumbs(&self) -> Vec<Link> {
        vec![Link::new("/orders", self.shell.l.t("nav-orders")), Link::new("", self.order.order_no.as_str())]
    }

    fn open_lines(&self) -> impl Iterator<Item = &LineView> {
        self.lines.iter().filter(|line| line.open > 0)
    }
}

/// A state on the way from received to delivered.
struct Stop {
    label: String,
    reached: bool,
    here: bool,
}

/// A line as the page shows it.
struct LineView {
    /// Name of the field that says how much of it was delivered.
    field: String,
    name: String,
    pieces: String,
    open: i64,
    quantity: String,
    requested: String,
    promised: String,
    delivered: String,
    standing: String,
    tone: &'static str,
    amount: Option<String>,
}

/// Something that happened to the order.
struct Moment {
    at: DateTime<Utc>,
    icon: &'static str,
    tone: &'static str,
    title: String,
    text: String,
    quote: String,
    meta: String,
    /// A promise of which the reader can say that the customer was told.
    tell: Option<PromiseId>,
    /// A delivery that the reader can take away.
    undo: Option<DeliveryId>,
}

/// `GET /orders/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<DealId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let order = change::seen(&mut conn, &ctx, id, false).await?;
    answer(&mut conn, &ctx, order, Typed::default()).await
}

/// The page of an order; with faults when one of its forms comes back.
pub(super) async fn answer(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: Order,
    typed: Typed,
) -> Result<Response> {
    let read = notices::seen(conn, ctx, &change::href(order.id)).await?;
    let permits = change::permits(ctx, &order);
    let sight = Sight::new(&ctx.company.organisation, &ctx.actor, Viewer::new(&ctx.actor, ctx.today));
    let amounts = order.owner.is_none() && sight == Sight::Everything
        || order.owner.is_some() && sight.shows_amounts(order.owner)
        || order.holders.iter().any(|holder| Some(*holder) == ctx.actor.employee);
    let money = |minor: i64| ctx.l.money(minor, order.currency.code(), order.currency.exponent());
    let failed = !typed.errors.is_empty();
    let answering = policy::answering(&ctx.company.organisation, &order);
    let page = OrderPage {
        shell: ctx.shell("orders").after_reading(read),
        permits,
        deal: amounts.then(|| format!("/deals/{}", order.id)),
        amount: amounts.then(|| money(order.amount())),
        standing: whole(ctx, &order),
        progress: progress(ctx, &order),
        steps: steps(ctx, &order, permits),
        lines: order
            .lines
            .iter()
            .map(|it| line(ctx, &order, it, amounts, typed.delivery.as_deref()))
            .collect(),
        moments: moments(conn, ctx, &order, permits).await?,
        answers: answers(ctx, &order, answering.filter(|_| order.is_open())),
        causes: Cause::CHOSEN
            .map(|it| Choice::new(it.code(), ctx.l.t(&format!("orders-cause-{}", it.code()))))
            .into(),
        return_causes: ReturnCause::ALL.map(|it| Choice::new(it.code(), ctx.l.t(&it.label()))).into(),
        return_lines: order.lines.iter().map(|it| Choice::new(it.id.to_string(), &it.product)).collect(),
        departments: departments(ctx),
        people: people(ctx, answering),
        promise: typed.promise.unwrap_or_else(|| PromiseForm {
            department: answering.map_or_else(String::new, |id| id.to_string()),
            ..PromiseForm::default()
        }),
        returned: typed.returned.unwrap_or_else(|| ReturnForm {
            kind: "return".into(),
            return_on: ctx.today.to_string(),
            ..ReturnForm::default()
        }),
        requested_on: typed.requested_on.unwrap_or_default(),
        delivered_on: typed
            .delivery
            .as_ref()
            .map_or_else(|| ctx.today.to_string(), |fields| text(fields, "delivered_on").to_owned()),
        words: typed.words,
        errors: typed.errors,
        order,
    };
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

/// How the whole stands: as the worst of its open lines that have a date.
fn whole(ctx: &Ctx, order: &Order) -> Option<(String, &'static str)> {
    let open = order.lines.iter().filter(|line| order.is_open() && line.open() > 0 && line.due().is_some());
    let worst = open.map(|line| of_line(ctx, order, line)).max_by_key(|standing| standing.weight())?;
    Some((ctx.l.t(&format!("orders-standing-{}", worst.code())), worst.tone()))
}

fn of_line(ctx: &Ctx, order: &Order, line: &Line) -> Standing {
    if line.delivered_on.is_none() && (!order.is_open() || line.quantity <= line.cancelled) {
        return Standing::Closed;
    }
    let dates = Dates {
        slipped: due::slipped(line.promised_on, line.due()),
        due: line.due(),
        delivered_on: line.delivered_on,
        ready: order.state.is_on_its_way(),
    };
    standing(&dates, &ctx.company.calendar, ctx.today)
}

fn state_name(ctx: &Ctx, code: &str) -> String {
    ctx.l.t(&format!("orders-state-{}", code.replace('_', "-")))
}

/// The way from received to delivered; partly delivered stands only where it is so, and of one that is closed nothing else.
fn progress(ctx: &Ctx, order: &Order) -> Vec<Stop> {
    let closed = order.state == State::Closed;
    let at = State::ALL.iter().position(|state| *state == order.state).unwrap_or(0);
    let shown = State::ALL
        .iter()
        .enumerate()
        .filter(|(_, state)| closed == (**state == State::Closed))
        .filter(|(_, state)| **state != State::PartlyDelivered || order.state == **state);
    shown
        .map(|(place, state)| Stop {
            label: state_name(ctx, state.code()),
            reached: place <= at,
            here: place == at,
        })
        .collect()
}

fn steps(ctx: &Ctx, order: &Order, permits: Permits) -> Vec<Choice> {
    if !permits.handle || !order.is_handled() {
        return Vec::new();
    }
    let taken =
        Step::ALL.into_iter().filter(|step| *step != Step::Confirm && order.handling.after(*step).is_some());
    taken.map(|step| Choice::new(step.code(), ctx.l.t(&format!("orders-step-{}", step.code())))).collect()
}

fn line(
    ctx: &Ctx,
    order: &Order,
    line: &Line,
    amounts: bool,
    typed: Option<&[(String, String)]>,
) -> LineView {
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| ctx.l.date_year(day));
    let standing = of_line(ctx, order, line);
    let slipped = line.owed_on.map(|owed| ctx.l.tr("orders-owed", &[("day", ctx.l.date_year(owed).into())]));
    let promised =
        [Some(day(line.promised_on)), slipped].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let partly = line.delivered > 0 && line.delivered_on.is_none();
    let part = || {
        ctx.l.tr(
            "orders-partly",
            &[("n", line.delivered.into()), ("of", (line.quantity - line.cancelled).into())],
        )
    };
    let quantity = match typed {
        Some(fields) => text(fields, &format!("quantity-{}", line.id)).to_owned(),
        None => line.open().to_string(),
    };
    let off = |n: i64, key: &str| (n > 0).then(|| ctx.l.tr(key, &[("n", n.into())]));
    let notes = [off(line.returned, "orders-returned-n"), off(line.cancelled, "orders-cancelled-n")];
    let pieces = std::iter::once(ctx.l.number(line.quantity)).chain(notes.into_iter().flatten());
    LineView {
        field: format!("quantity-{}", line.id),
        name: line.product.clone(),
        pieces: pieces.collect::<Vec<_>>().join(" · "),
        open: line.open(),
        quantity,
        requested: day(line.requested_on),
        promised,
        delivered: if partly { part() } else { day(line.delivered_on) },
        standing: ctx.l.t(&format!("orders-standing-{}", standing.code())),
        tone: standing.tone(),
        amount: amounts.then(|| ctx.l.money(line.amount, order.currency.code(), order.currency.exponent())),
    }
}

/// Who answers for it now: the person and the department.
fn answers(ctx: &Ctx, order: &Order, answering: Option<DepartmentId>) -> String {
    let organisation = &ctx.company.organisation;
    let person = order
        .handler
        .filter(|_| order.is_open())
        .and_then(|id| organisation.person(id))
        .map(|person| person.name.clone());
    let department = answering.and_then(|id| organisation.department(id)).map(|it| it.name.clone());
    person.into_iter().chain(department).collect::<Vec<_>>().join(", ")
}

fn departments(ctx: &Ctx) -> Vec<Choice> {
    let organisation = &ctx.company.organisation;
    let serving = organisation.departments.iter().filter(|department| serves(organisation, department.id));
    serving.map(|department| Choice::new(department.id.to_string(), department.name.as_str())).collect()
}

/// Those who could answer for it: the people of the department that does, and of those below it.
fn people(ctx: &Ctx, answering: Option<DepartmentId>) -> Vec<Choice> {
    let organisation = &ctx.company.organisation;
    let inside = organisation.with_below(answering);
    let there = organisation.people_on(ctx.today).filter(|person| inside.contains(&person.department));
    there.map(|person| Choice::new(person.id.to_string(), person.name)).collect()
}

/// Everything that has happened, latest first.
async fn moments(conn: &mut PgConnection, ctx: &Ctx, order: &Order, permits: Permits) -> Result<Vec<Moment>> {
    let name =
        |id: LineId| order.lines.iter().find(|line| line.id == id).map_or("", |line| line.product.as_str());
    let mut all: Vec<Moment> = Vec::new();
    let promises = store::promises(conn, order.id).await?;
    for promise in &promises {
        // of a date that was replaced, or kept, nobody needs to be told any more
        let latest = promises.iter().filter(|other| other.line == promise.line).map(|other| other.id).max();
        let stands = order.is_open() && latest == Some(promise.id);
        let permits = Permits { speak: permits.speak && stands, ..permits };
        all.push(promised(ctx, promise, name(promise.line), permits));
    }
    for delivery in store::deliveries(conn, order.id).await? {
        all.push(delivered(ctx, &delivery, name(delivery.line), permits));
    }
    all.extend(store::steps(conn, order.id).await?.into_iter().map(|step| taken(ctx, step)));
    all.extend(store::taken_back(conn, order.id).await?.iter().map(|back| taken_back(ctx, back)));
    all.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    Ok(all)
}

fn meta(ctx: &Ctx, by: Option<&str>, at: DateTime<Utc>) -> String {
    let when = ctx.l.datetime(at, ctx.company.zone);
    by.map_or_else(|| when.clone(), |by| format!("{by} · {when}"))
}

fn promised(ctx: &Ctx, promise: &Promise, product: &str, permits: Permits) -> Moment {
    let organisation = &ctx.company.organisation;
    let to = ctx.l.date_year(promise.to_on);
    let title = match promise.from_on {
        Some(from) => ctx.l.tr("orders-moved", &[("from", ctx.l.date_year(from).into()), ("to", to.into())]),
        None => ctx.l.tr("orders-promised", &[("day", to.into())]),
    };
    let cause =
        (promise.cause != Cause::First).then(|| ctx.l.t(&format!("orders-cause-{}", promise.cause.code())));
    let department = promise.department.and_then(|id| organisation.department(id)).map(|it| it.name.clone());
    let told = promise.told.map(|(by, on)| {
        let name = organisation.person(by).map_or("", |person| person.name.as_str());
        ctx.l.tr("orders-told", &[("name", name.into()), ("day", ctx.l.date(on).into())])
    });
    let told = told.or_else(|| Some(ctx.l.t("orders-untold")));
    let parts = [Some(product.to_owned()), cause, department, told];
    Moment {
        at: promise.at,
        icon: "calendar",
        tone: match promise.cause {
            Cause::First => "on",
            Cause::Customer => "",
            _ => "off",
        },
        title,
        text: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        quote: promise.note.clone(),
        meta: meta(ctx, promise.by.as_deref(), promise.at),
        tell: (permits.speak && promise.told.is_none() && ctx.actor.employee.is_some()).then_some(promise.id),
        undo: None,
    }
}

fn delivered(ctx: &Ctx, delivery: &Delivery, product: &str, permits: Permits) -> Moment {
    let values = [("n", delivery.quantity.into()), ("day", ctx.l.date_year(delivery.on).into())];
    Moment {
        at: delivery.at,
        icon: "truck",
        tone: "on",
        title: ctx.l.tr("orders-delivered-n", &values),
        text: product.to_owned(),
        quote: String::new(),
        meta: meta(ctx, delivery.by.as_deref(), delivery.at),
        tell: None,
        undo: permits.handle.then_some(delivery.id),
    }
}

fn taken(ctx: &Ctx, taken: store::Taken) -> Moment {
    let (icon, title, text, quote) = match taken.step.as_str() {
        "note" => ("message-square", ctx.l.t("orders-noted"), String::new(), taken.note),
        "hand_over" => ("users", ctx.l.t("orders-handed-over"), taken.note, String::new()),
        _ => ("arrow-up-right", state_name(ctx, &taken.handling), String::new(), taken.note),
    };
    let (tone, meta) = ("", meta(ctx, taken.by.as_deref(), taken.at));
    Moment { at: taken.at, icon, tone, title, text, quote, meta, tell: None, undo: None }
}

fn taken_back(ctx: &Ctx, back: &store::TakenBack) -> Moment {
    let key = if back.cancels { "orders-cancelled-n" } else { "orders-returned-n" };
    let cause = ctx.l.t(&format!("orders-return-{}", back.cause.replace('_', "-")));
    Moment {
        at: back.at,
        icon: "undo-2",
        tone: "risk",
        title: ctx.l.tr(key, &[("n", back.quantity.into())]),
        text: format!("{} · {cause} · {}", back.product, ctx.l.date_year(back.on)),
        quote: back.reason.clone(),
        meta: meta(ctx, back.by.as_deref(), back.at),
        tell: None,
        undo: None,
    }
}
