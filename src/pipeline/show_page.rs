//! One opportunity: what it is about, its way through the stages, what is to be done next, and how it ends.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::change::{NextForm, WinForm};
use super::forms::LossForm;
use super::policy::{self, Permits};
use super::stages::{self, Stages};
use super::{LossReason, Move, Opportunity, State, list, stuck, talk, view_store};
use crate::error::Result;
use crate::kernel::id::OpportunityId;
use crate::notices;
use crate::talks::Talk;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::i18n::ByValue;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, Link};

/// What was typed in one of the forms of the page, when it comes back with faults.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// `win`, `lose`, `next` or `talk`.
    pub(super) form: &'static str,
    pub(super) win: WinForm,
    pub(super) lose: LossForm,
    pub(super) next: NextForm,
    pub(super) body: String,
    /// What is wrong.
    pub(super) errors: FormErrors,
}

/// A stretch of the way.
struct Stretch {
    what: String,
    when: String,
    by: String,
    days: String,
}

/// A next step that was done.
struct Done {
    what: String,
    text: String,
}

#[derive(Template)]
#[template(path = "pipeline/show.html")]
struct OpportunityPage {
    shell: Shell,
    one: Opportunity,
    title: String,
    stage: String,
    weighted: String,
    likely: String,
    stuck: Vec<&'static str>,
    facts: Vec<(String, String)>,
    way: Vec<Stretch>,
    done: Vec<Done>,
    next_on: String,
    permits: Permits,
    stages: Vec<Choice>,
    reasons: Vec<Choice>,
    rivals: Vec<String>,
    typed: Typed,
    today: String,
    sees_cost: bool,
    talk: Talk,
}

impl OpportunityPage {
    fn money(&self, minor: impl ByValue<i64>) -> String {
        let currency = self.one.draft.currency;
        self.shell.l.money(minor.value(), currency.code(), currency.exponent())
    }

    fn crumbs(&self) -> Vec<Link> {
        vec![Link::new("/pipeline", self.shell.l.t("nav-pipeline")), Link::new("", self.title.as_str())]
    }

    fn is_here(&self, choice: &Choice) -> bool {
        choice.value == self.one.stage.to_string()
    }

    /// What the field of another next step is called.
    fn then(&self) -> String {
        let first = self.one.draft.next.what.is_empty();
        self.shell.l.t(if first { "pipeline-next-what" } else { "pipeline-next-then" })
    }

    fn won_on(&self) -> &str {
        if self.typed.form == "win" { &self.typed.win.won_on } else { &self.today }
    }

    fn lost_on(&self) -> &str {
        if self.typed.form == "lose" { &self.typed.lose.lost_on } else { &self.today }
    }
}

/// `GET /pipeline/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<OpportunityId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let one = super::find(&mut conn, &policy::scope(&ctx), id).await?;
    let read = notices::seen(&mut conn, &ctx, &format!("/pipeline/{id}")).await?;
    answer(&mut conn, &ctx, one, Typed::default(), read).await
}

/// The page with what was wrong.
pub(super) async fn with_faults(ctx: Ctx, id: OpportunityId, typed: Typed) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let one = super::find(&mut conn, &policy::scope(&ctx), id).await?;
    answer(&mut conn, &ctx, one, typed, 0).await
}

async fn answer(
    conn: &mut PgConnection,
    ctx: &Ctx,
    one: Opportunity,
    typed: Typed,
    read: i64,
) -> Result<Response> {
    let stages = stages::all(conn).await?;
    let moves = super::moves(conn, one.id).await?;
    let failed = !typed.errors.is_empty();
    let permits = Permits::of(&policy::reach(ctx), &one);
    let bp = stages.bp(one.stage);
    let own = ctx.company.currency;
    let weighted = stages::weighted(one.own_amount, bp);
    let people = policy::scope(ctx).only();
    let rivals = if permits.decide { view_store::rivals(conn, people.as_deref()).await? } else { Vec::new() };
    let reasons = LossReason::ALL.into_iter().map(|reason| Choice::new(reason.code(), reason.name(ctx.l)));
    let page = OpportunityPage {
        shell: ctx.shell("pipeline").after_reading(read),
        title: list::title(ctx.l, &one.customer_name),
        stage: stages.name(ctx.l, one.stage),
        weighted: ctx.l.money(weighted, own.code(), own.exponent()),
        likely: likely(ctx, &stages, &one),
        stuck: stuck_reasons(&stages, &one, ctx.today),
        facts: facts(ctx, &one),
        way: way(ctx, &stages, &moves),
        done: done(ctx, view_store::done_steps(conn, one.id).await?),
        next_on: one.draft.next.on.map(|day| ctx.l.date_year(day)).unwrap_or_default(),
        permits,
        stages: choices(ctx, &stages, &one),
        reasons: reasons.collect(),
        rivals,
        talk: talk::of(conn, ctx, &one, &typed).await?,
        typed,
        today: ctx.today.to_string(),
        sees_cost: permits.edit || ctx.actor.reads_everyone(),
        one,
    };
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

/// The stages it can be moved to, and its own.
fn choices(ctx: &Ctx, stages: &Stages, one: &Opportunity) -> Vec<Choice> {
    let offered = stages.0.iter().filter(|stage| !stage.retired || stage.id == one.stage);
    offered.map(|stage| Choice::new(stage.id.to_string(), stage.name(ctx.l))).collect()
}

/// "45% at this stage, measured: 18 of 40 decided were won".
fn likely(ctx: &Ctx, stages: &Stages, one: &Opportunity) -> String {
    let Some(stage) = stages.get(one.stage) else { return String::new() };
    let probability = stage.probability();
    let values = [
        ("pct", stages::percent(ctx.l, probability.bp).into()),
        ("won", stage.won.into()),
        ("decided", stage.decided.into()),
        ("needed", stages::ENOUGH_DECIDED.into()),
    ];
    ctx.l.tr(if probability.measured { "pipeline-likely-measured" } else { "pipeline-likely-typed" }, &values)
}

fn stuck_reasons(stages: &Stages, one: &Opportunity, today: NaiveDate) -> Vec<&'static str> {
    if one.state != State::Open {
        return Vec::new();
    }
    let standing = stuck::Standing {
        since: one.stage_since,
        patience: stages.get(one.stage).map_or(i64::MAX, |stage| stage.patience),
        next_on: one.draft.next.on,
        expected_on: one.draft.expected_on,
    };
    stuck::reasons(&standing, today).into_iter().map(stuck::Stuck::label).collect()
}

fn facts(ctx: &Ctx, one: &Opportunity) -> Vec<(String, String)> {
    let (l, draft) = (ctx.l, &one.draft);
    let day = |day: Option<NaiveDate>| day.map(|day| l.date_year(day)).unwrap_or_default();
    let loss = one.loss.as_ref();
    let price = loss.and_then(|loss| loss.price);
    let price = price.map(|price| l.money(price, draft.currency.code(), draft.currency.exponent()));
    let rows = [
        ("pipeline-number", draft.number.clone().unwrap_or_default()),
        ("customers-segment", one.segment.clone()),
        ("pipeline-origin", draft.origin.name(l)),
        ("pipeline-technique", draft.technique.clone()),
        ("pipeline-opened", l.date_year(draft.opened_on)),
        ("pipeline-expected", day(draft.expected_on)),
        ("pipeline-closed", day(one.closed_on)),
        ("pipeline-reason", loss.map(|loss| loss.reason.name(l)).unwrap_or_default()),
        ("pipeline-lost-text", loss.map(|loss| loss.text.clone()).unwrap_or_default()),
        ("pipeline-lost-to", loss.map(|loss| loss.to.clone()).unwrap_or_default()),
        ("pipeline-lost-price", price.unwrap_or_default()),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (l.t(key), value)).collect()
}

/// The way with the days in each stage; the last stretch goes on until today.
fn way(ctx: &Ctx, stages: &Stages, moves: &[Move]) -> Vec<Stretch> {
    let ends = moves.iter().skip(1).map(|next| next.day).chain([ctx.today]);
    let stretch = |(one, end): (&Move, NaiveDate)| {
        let what = match one.state {
            State::Open => stages.name(ctx.l, one.stage),
            decided => ctx.l.t(decided.label()),
        };
        let days = (end - one.day).num_days().max(0);
        Stretch {
            what,
            when: ctx.l.date_year(one.day),
            by: one.by.clone().unwrap_or_default(),
            days: if one.state.is_open() {
                ctx.l.tr("pipeline-days", &[("n", days.into())])
            } else {
                String::new()
            },
        }
    };
    let mut way: Vec<Stretch> = moves.iter().zip(ends).map(stretch).collect();
    way.reverse();
    way
}

fn done(ctx: &Ctx, steps: Vec<super::DoneStep>) -> Vec<Done> {
    let row = |step: super::DoneStep| {
        let day = ctx.l.date_year(step.day);
        let text = step.by.map_or_else(|| day.clone(), |by| format!("{day} · {by}"));
        Done { what: step.what, text }
    };
    steps.into_iter().map(row).collect()
}
