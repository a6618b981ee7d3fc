//! Process review: standing meetings of a department whose agenda is made from the data, what is said and decided in them, and
//! what became of that.
//!
//! A meeting is planned, then held; the next one is planned by itself. Its agenda looks at the days since the one before and
//! compares them with as many days before those. It is kept as keys and values when the meeting is held, so that it reads
//! later as it did then, in either language, and every reader sees of it only figures that are theirs to see.
//!
//! Example: Sales North meets on the third working day of each month. In November it decides that Elias calls three customers
//! by the 20th; that stands first on the agenda of December, with whether he has.

mod agenda;
mod deciding;
mod decision_list;
mod decision_page;
mod decision_store;
mod flow;
mod forms;
mod list_page;
mod list_store;
mod meeting_page;
mod meeting_posts;
mod policy;
pub mod rhythm;
mod say;
mod series_page;
pub mod steps;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

pub use agenda::{About, Agenda, Figure, Line, Section};
pub use deciding::{Said, Wanted, decide, take};
pub use flow::{SeriesDraft, hold, make, note};
pub use list_store::Listed;

use crate::auth::Actor;
use crate::define_id;
use crate::error::{Found, Result};
use crate::kernel::id::{DepartmentId, EmployeeId, UserId};
use crate::org::{Organisation, Viewer};
use crate::process::Action;
use crate::process::action::Whose;
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};
use policy::Part;
use rhythm::Rhythm;
use steps::{Act, Outcome, State};

define_id!(
    /// A standing meeting.
    SeriesId
);
define_id!(
    /// One meeting.
    ReviewId
);
define_id!(
    /// Something that was decided.
    DecisionId
);

/// A standing meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its id.
    pub id: SeriesId,
    /// What it is called.
    pub name: String,
    /// Whose meeting it is.
    pub department: DepartmentId,
    /// When it is.
    pub rhythm: Rhythm,
    /// Who leads it; nobody where it is whoever leads the department.
    pub leader: Option<EmployeeId>,
    /// People of other departments who take part.
    pub guests: Vec<EmployeeId>,
    /// Whether no more meetings are planned.
    pub ended: bool,
    /// For stale-edit checks.
    pub version: i64,
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// The standing meeting it is one of.
    pub series: Series,
    /// Its day.
    pub on: NaiveDate,
    /// The day that the rhythm says, before it was moved.
    pub rhythm_day: NaiveDate,
    /// It looks at the days from here up to the day before it.
    pub covers_from: NaiveDate,
    /// How far it has come.
    pub state: State,
    /// What was seen when it was held.
    pub agenda: Option<Agenda>,
    /// Who was asked to come when it was held.
    pub invited: Vec<EmployeeId>,
    /// For stale-edit checks.
    pub version: i64,
}

/// Something that was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// The meeting that decided it.
    pub review: ReviewId,
    /// The standing meeting of that.
    pub series: SeriesId,
    /// What the meeting is called.
    pub meeting: String,
    /// The day of the meeting.
    pub on: NaiveDate,
    /// The section of the agenda it comes from; empty for none.
    pub section: String,
    /// What is to be done.
    pub what: String,
    /// Who answers for it.
    pub owner: EmployeeId,
    /// Their name.
    pub owner_name: String,
    /// The day it should be done by.
    pub due: NaiveDate,
    /// Where it stands.
    pub outcome: Outcome,
    /// Who wrote it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was done or dropped.
    pub closed_at: Option<DateTime<Utc>>,
    /// For stale-edit checks.
    pub version: i64,
}

impl Decision {
    /// Whether it should have been done before `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.outcome == Outcome::Open && self.due < today
    }
}

/// Whose hand takes a step, and when.
#[derive(Clone, Debug)]
pub struct Hand {
    /// The account.
    pub user: UserId,
    /// Its holder's name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Hand {
    /// The hand of whoever asks.
    pub fn of(ctx: &Ctx) -> Self {
        Self { user: ctx.actor.user, name: ctx.actor.name.clone(), at: ctx.now }
    }
}

/// The page of a meeting.
pub fn href(review: ReviewId) -> String {
    format!("/reviews/{review}")
}

/// The meeting of a series that is to come.
pub async fn planned(conn: &mut PgConnection, series: SeriesId) -> Result<Option<Review>> {
    store::planned(conn, series).await
}

/// A decision by its id, whoever asks.
pub async fn decision(conn: &mut PgConnection, id: DecisionId) -> Result<Decision> {
    decision_store::find(conn, id).await?.found()
}

/// Every standing meeting that `actor` knows of, with what they are in it, by name.
async fn series_of(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<(Series, Part)>> {
    let all = store::list_series(conn).await?;
    let organisation = &ctx.company.organisation;
    let mine = |series: Series| {
        let part = policy::part(&ctx.actor, organisation, &series, ctx.today)?;
        Some((series, part))
    };
    Ok(all.into_iter().filter_map(mine).collect())
}

/// Meetings that the reader may see, in order of id after `after`, for programs.
pub async fn after(conn: &mut PgConnection, ctx: &Ctx, after: i64, rows: i64) -> Result<Vec<Listed>> {
    let series = series_of(conn, ctx).await?;
    let series = series.into_iter().map(|(series, _)| series.id.0).collect();
    let filter = list_store::Filter { series, after: Some(after), ..list_store::Filter::default() };
    list_store::list(conn, &filter, ("id", false), (rows, 0)).await
}

/// Decisions that the reader may see, in order of id after `after`, each with whether they may see the meeting too.
pub async fn decisions_after(
    conn: &mut PgConnection,
    ctx: &Ctx,
    (outcome, after, rows): (Option<Outcome>, i64, i64),
) -> Result<Vec<(Decision, bool)>> {
    let seen = Seen::of(conn, ctx).await?;
    let filter = decision_store::Filter {
        seen: seen.clone(),
        outcome,
        after: Some(after),
        ..decision_store::Filter::default()
    };
    let found = decision_store::list(conn, &filter, ("id", false), (rows, 0)).await?;
    Ok(found
        .into_iter()
        .map(|decision| {
            let meeting = seen.shows_meeting(decision.series);
            (decision, meeting)
        })
        .collect())
}

/// Takes a step of a decision for whoever asks; not found, forbidden or a conflict as on its page. Answers how it stands then, and
/// whether they may see the meeting.
pub async fn take_for(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: DecisionId,
    (act, said): (Act, &deciding::Said),
) -> Result<(Decision, bool)> {
    let (decision, meeting) = deciding::find(conn, ctx, id).await?;
    let side = deciding::side(conn, ctx, &decision).await?;
    Ok((deciding::take(conn, &Hand::of(ctx), side, &decision, (act, said)).await?, meeting))
}

/// A meeting that the reader may see, with what they are in it; not found for everybody else.
async fn find(conn: &mut PgConnection, ctx: &Ctx, id: ReviewId) -> Result<(Review, Part)> {
    let review = store::find(conn, id).await?.found()?;
    let part = policy::part(&ctx.actor, &ctx.company.organisation, &review.series, ctx.today).found()?;
    Ok((review, part))
}

/// Which decisions a reader sees: those of meetings they know of, and those of people they see, themselves first.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Of these standing meetings.
    pub series: Vec<i64>,
    /// Of these people; nothing where they read everybody.
    pub people: Option<Vec<i64>>,
}

impl Seen {
    fn new(actor: &Actor, organisation: &Organisation, series: &[(Series, Part)], today: NaiveDate) -> Self {
        let viewer = Viewer::new(actor, today);
        let people = || organisation.visible_people(viewer).into_iter().map(|id| id.0).collect();
        Self {
            series: series.iter().map(|(series, _)| series.id.0).collect(),
            people: (!viewer.everyone).then(people),
        }
    }

    /// What the reader of a page sees.
    pub async fn of(conn: &mut PgConnection, ctx: &Ctx) -> Result<Self> {
        let series = series_of(conn, ctx).await?;
        Ok(Self::new(&ctx.actor, &ctx.company.organisation, &series, ctx.today))
    }

    /// Whether the meeting itself is seen, not only what it decided.
    pub fn shows_meeting(&self, series: SeriesId) -> bool {
        self.series.contains(&series.0)
    }

    fn shows(&self, decision: &Decision) -> bool {
        self.shows_meeting(decision.series)
            || self.people.as_ref().is_none_or(|people| people.contains(&decision.owner.0))
    }
}

/// What is decided and not done of some people, as steps that wait for them, as far as the reader sees those people.
pub async fn actions(conn: &mut PgConnection, ctx: &Ctx, whose: &Whose) -> Result<Vec<Action>> {
    let organisation = &ctx.company.organisation;
    let mut people = whose.people.clone();
    let there =
        organisation.people_on(ctx.today).filter(|person| whose.departments.contains(&person.department));
    people.extend(there.map(|person| person.id));
    let seen = organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    people.retain(|id| seen.contains(id));
    let open = decision_store::open_of(conn, &people).await?;
    let place = |id: EmployeeId| Some(organisation.person(id)?.stay_on(ctx.today)?.department);
    let action = |decision: Decision| Action {
        kind: "decision",
        id: decision.id.0,
        icon: "check",
        href: deciding::href(decision.id),
        title: decision.what,
        text: format!("{}, {}", decision.meeting, ctx.l.date_year(decision.on)),
        due: Some(decision.due),
        value: 0,
        owner: Some(decision.owner),
        department: place(decision.owner),
    };
    Ok(open.into_iter().map(action).collect())
}

/// Meetings, standing meetings and what was decided.
pub fn routes() -> Routes {
    Routes::new()
        .get("/reviews", Gate::SignedIn, list_page::index)
        .get("/reviews.csv", Gate::SignedIn, list_page::download)
        .get("/reviews/series/new", Gate::Leader, series_page::new)
        .post("/reviews/series/new", Gate::Leader, series_page::create)
        .get("/reviews/series/{id}", Gate::SignedIn, series_page::edit)
        .post("/reviews/series/{id}", Gate::SignedIn, series_page::save)
        .post("/reviews/series/{id}/end", Gate::SignedIn, series_page::end)
        .post("/reviews/series/{id}/resume", Gate::SignedIn, series_page::resume)
        .get("/reviews/{id}", Gate::SignedIn, meeting_page::show)
        .post("/reviews/{id}/notes", Gate::SignedIn, meeting_posts::write)
        .post("/reviews/{id}/decisions", Gate::SignedIn, meeting_posts::decide)
        .post("/reviews/{id}/move", Gate::SignedIn, meeting_posts::put_off)
        .post("/reviews/{id}/hold", Gate::SignedIn, meeting_posts::hold)
        .post("/reviews/{id}/take-back", Gate::SignedIn, meeting_posts::take_back)
        .get("/decisions", Gate::SignedIn, decision_list::index)
        .get("/decisions.csv", Gate::SignedIn, decision_list::download)
        .get("/decisions/{id}", Gate::SignedIn, decision_page::show)
        .post("/decisions/{id}", Gate::SignedIn, decision_page::change)
        .post("/decisions/{id}/steps/{step}", Gate::SignedIn, decision_page::take_step)
}
