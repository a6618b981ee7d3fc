//! `/leaderboard`: everybody ranked against their own goal, so that a small district can win.
//!
//! Off until an administrator turns it on. Then the top places are everybody's to see, in percent and never in money; every
//! other place is seen by the person and by those who see the person's figures anyway.

use std::cmp::Reverse;
use std::collections::HashSet;

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::choice::{self, Choice};
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{period_name, state, tone};
use crate::error::{Found, Result};
use crate::goals::{Subject, Viewer, periods, remembered};
use crate::kernel::id::EmployeeId;
use crate::kernel::ratio::Pct;
use crate::web::charts::{Bullet, Unit};
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{self, Link, Pager};

/// Places that everybody sees.
const TOP: usize = 8;
/// The whole goal in hundredths of a percent.
const WHOLE: i64 = 10_000;

#[derive(Template)]
#[template(path = "team/leaderboard.html")]
struct BoardPage {
    shell: Shell,
    query: ListQuery,
    what: String,
    period: String,
    chosen: String,
    metrics: Vec<Link>,
    periods: Vec<ui::Choice>,
    orders: Vec<Link>,
    rows: Vec<Row>,
    pager: Pager,
    mine: Option<Mine>,
    csv: String,
}

/// Where the reader stands.
struct Mine {
    rank: String,
    of: String,
    percent: String,
}

/// A place as the table shows it.
struct Row {
    rank: usize,
    name: String,
    /// Only for those who may see the person.
    href: Option<String>,
    department: String,
    percent: String,
    against: String,
    tone: &'static str,
    bullet: Bullet,
    is_me: bool,
}

/// A goal and the place it takes; those equal share a place.
struct Place {
    rank: usize,
    goal: GoalFigures,
}

/// By what people are ranked: how far they are ahead of their pace, or how much of their goal they have reached.
fn measure(goal: &GoalFigures, by_attainment: bool) -> Option<Pct> {
    let against = goal.figures.pace.filter(|_| !by_attainment);
    against.or(goal.figures.attainment)
}

/// Ranks goals, best first. Goals that nothing can be said of take no place.
fn rank(goals: Vec<GoalFigures>, by_attainment: bool) -> Vec<Place> {
    let mut known: Vec<(Pct, GoalFigures)> =
        goals.into_iter().filter_map(|goal| Some((measure(&goal, by_attainment)?, goal))).collect();
    known.sort_by(|a, b| {
        Reverse(a.0).cmp(&Reverse(b.0)).then_with(|| a.1.goal.subject_name.cmp(&b.1.goal.subject_name))
    });
    let mut places: Vec<Place> = Vec::with_capacity(known.len());
    let mut before = None;
    for (at, (value, goal)) in known.into_iter().enumerate() {
        let shared = places.last().filter(|_| before == Some(value)).map(|place| place.rank);
        places.push(Place { rank: shared.unwrap_or(at + 1), goal });
        before = Some(value);
    }
    places
}

/// Everything a reader may see of the board.
struct Board {
    choice: Choice,
    places: Vec<Place>,
    seen: HashSet<EmployeeId>,
}

impl Board {
    async fn load(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<Option<Self>> {
        let root = ctx.company.root.filter(|_| ctx.company.leaderboard).found()?;
        let offers = choice::offers(conn, ctx, root).await?;
        let Some(choice) = Choice::of(offers.to_vec(), query, ctx.company.fiscal, ctx.today) else {
            return Ok(None);
        };
        let everybody = Viewer::system(ctx.today);
        let kind = choice.chosen.kind;
        let mut goals = remembered::of_kind(conn, &ctx.app.goals, &ctx.company, everybody, kind).await?;
        goals.retain(|goal| goal.subject.employee().is_some());
        let figures = service::figures(conn, &ctx.company, AsOf::now(ctx.today), goals).await?;
        let seen = ctx.company.organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
        let places = rank(figures, query.get("by") == Some("attainment"));
        Ok(Some(Self { choice, places, seen }))
    }

    fn own(&self, ctx: &Ctx) -> Option<&Place> {
        self.places
            .iter()
            .find(|place| place.goal.goal.subject.employee().is_some_and(|id| Some(id) == ctx.actor.employee))
    }

    /// The places that the reader sees, narrowed by the name searched for.
    fn shown(&self, query: &ListQuery) -> Vec<&Place> {
        let words = query.search().to_lowercase();
        let sees = |place: &&Place| {
            let own = place.goal.goal.subject.employee().is_some_and(|id| self.seen.contains(&id));
            (place.rank <= TOP || own) && place.goal.goal.subject_name.to_lowercase().contains(&words)
        };
        self.places.iter().filter(sees).collect()
    }

    fn row(&self, ctx: &Ctx, place: &Place) -> Row {
        let (l, at) = (ctx.l, &place.goal.figures);
        let id = match place.goal.goal.subject {
            Subject::Person(id) => Some(id),
            Subject::Department(_) | Subject::Company(_) => None,
        };
        let organisation = &ctx.company.organisation;
        let home = id.and_then(|id| organisation.person(id)?.last_stay(ctx.today));
        let home = home.and_then(|stay| organisation.department(stay.department));
        let share = at.attainment.map_or(0, |pct| pct.0);
        let pace = Pct::of(at.expected, at.effective_target).map(|pct| pct.0);
        let what = self.choice.chosen.name(l);
        Row {
            rank: place.rank,
            name: place.goal.goal.subject_name.clone(),
            href: id.filter(|id| self.seen.contains(id)).map(|id| format!("/people/{id}")),
            department: home.map(|home| home.name.clone()).unwrap_or_default(),
            percent: at.attainment.map_or_else(|| "–".to_owned(), |pct| l.pct(pct.whole())),
            against: against(ctx, at.pace),
            tone: tone(at.status),
            bullet: Bullet::new(l, Unit::Percent, &what, share, WHOLE, state(at.status)).pace(pace).small(),
            is_me: id.is_some() && id == ctx.actor.employee,
        }
    }
}

/// "18% ahead", "5% behind", "on pace".
fn against(ctx: &Ctx, pace: Option<Pct>) -> String {
    let Some(pace) = pace else { return "–".to_owned() };
    let away = pace.whole() - 100;
    let key = match away {
        0 => return ctx.l.t("leaderboard-on-pace"),
        1.. => "leaderboard-ahead",
        _ => "leaderboard-behind",
    };
    ctx.l.tr(key, &[("percent", ctx.l.pct(away.abs()).into())])
}

/// `GET /leaderboard?metric=&period=&by=attainment&q=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let Some(board) = Board::load(&mut conn, &ctx, &query).await? else {
        return Ok(Page::ok(empty(&ctx, query)).into_response());
    };
    let shown = board.shown(&query);
    let total = i64::try_from(shown.len()).unwrap_or(i64::MAX);
    let offset = usize::try_from(query.offset()).unwrap_or_default();
    let size = usize::try_from(PER_PAGE).unwrap_or_default();
    let rows = shown.into_iter().skip(offset).take(size).map(|place| board.row(&ctx, place)).collect();
    let paged = Paged::new(rows, total, &query);
    let mine = board.own(&ctx).map(|place| Mine {
        rank: place.rank.to_string(),
        of: ctx.l.tr("leaderboard-of", &[("n", board.places.len().into())]),
        percent: against(&ctx, place.goal.figures.pace),
    });
    let page = BoardPage {
        shell: ctx.shell("leaderboard"),
        what: board.choice.chosen.name(ctx.l),
        period: period_name(ctx.l, ctx.company.fiscal, &board.choice.chosen.kind.period),
        metrics: board.choice.metrics(ctx.l, &query),
        chosen: periods::code(&board.choice.chosen.kind.period),
        periods: periods::choices(ctx.l, ctx.company.fiscal, &board.choice.offered_periods(), None),
        orders: orders(&ctx, &query),
        pager: paged.pager(&query),
        rows: paged.rows,
        mine,
        csv: query.at("/leaderboard.csv"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

fn empty(ctx: &Ctx, query: ListQuery) -> BoardPage {
    BoardPage {
        shell: ctx.shell("leaderboard"),
        what: String::new(),
        period: String::new(),
        chosen: String::new(),
        metrics: Vec::new(),
        periods: Vec::new(),
        orders: Vec::new(),
        pager: Paged::<Row>::new(Vec::new(), 0, &query).pager(&query),
        rows: Vec::new(),
        mine: None,
        csv: String::new(),
        query,
    }
}

fn orders(ctx: &Ctx, query: &ListQuery) -> Vec<Link> {
    let by_attainment = query.get("by") == Some("attainment");
    vec![
        Link::new(query.without("by"), ctx.l.t("leaderboard-by-pace")).current(!by_attainment),
        Link::new(query.with("by", "attainment"), ctx.l.t("leaderboard-by-attainment"))
            .current(by_attainment),
    ]
}

/// `GET /leaderboard.csv`: the same places as on the page.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let board = Board::load(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let header = ["rank", "name", "department", "attainment", "pace"]
        .map(|name| ctx.l.t(&format!("leaderboard-csv-{name}")));
    let mut file = CsvDownload::new("leaderboard", ctx.l, &header)?;
    let pct = |pct: Option<Pct>| pct.map(Pct::to_string_2).unwrap_or_default();
    for (board, place) in
        board.iter().flat_map(|board| board.shown(&query).into_iter().map(move |p| (board, p)))
    {
        let (row, at) = (board.row(&ctx, place), &place.goal.figures);
        file.row(&[row.rank.to_string(), row.name, row.department, pct(at.attainment), pct(at.pace)])?;
    }
    file.finish()
}
