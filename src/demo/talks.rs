//! What the people of the demo company agree on and say about their goals.

use chrono::{DateTime, Days, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::staff::Staff;
use super::timeline::{THOUSAND, Timeline};
use crate::attainment::Metric;
use crate::error::{AppError, Result};
use crate::goals::agreements::steps::{Side, Step};
use crate::goals::agreements::{self, Agreement, Answer, Hand};
use crate::goals::{self, GoalDraft, GoalFilter, Subject, Viewer, acknowledgements};
use crate::kernel::id::UserId;
use crate::market::{self, Kind, NoteDraft};
use crate::org::{Company, company};
use crate::talks;

const MANAGER: &str = "Karin Lindqvist";
const SELLER: &str = "Elias Sandberg";
const EXECUTIVE: &str = "Anders Falk";

/// What was written at Elias's goal, by whom, and how many hours ago.
const TALK: [(&str, i64, &str); 4] = [
    (
        SELLER,
        220,
        "1.60M is fair if I keep Skellefteå Kraft. If Peter is back in December, do those orders stay with me?",
    ),
    (MANAGER, 218, "Yes. Orders signed before he is back count for you."),
    (MANAGER, 74, "Strong run. What would it take to land the Holmen quote this month?"),
    (SELLER, 50, "They want delivery before Christmas. Asked production for a slot."),
];

/// What happens outside: kind, how many days ago, in one line, about whom or what, a value in hundredths with its unit,
/// where it is known from, and whose revised goal rests on it.
type Happening =
    (Kind, u64, &'static str, &'static str, Option<i64>, &'static str, &'static str, &'static str);

const MARKET: [Happening; 5] = [
    (
        Kind::Competitor,
        24,
        "Ventus wins the SCA framework agreement",
        "Ventus",
        None,
        "",
        "SCA purchasing",
        "Mikael Ekström",
    ),
    (
        Kind::Economy,
        38,
        "Building permits, West",
        "Building permits",
        Some(-820),
        "%",
        "Statistics Sweden",
        "Sales West",
    ),
    (
        Kind::Price,
        12,
        "Ventus lowers the 12 by 8 percent",
        "Ventus 12",
        Some(14_250_000),
        "SEK",
        "Brf Älven",
        "",
    ),
    (Kind::Economy, 9, "Policy rate", "Riksbank", Some(200), "%", "Riksbank", ""),
    (Kind::Competitor, 5, "Luftia opens an office in Umeå", "Luftia", None, "", "Västerbottens-Kuriren", ""),
];

struct Stage<'a> {
    company: Company,
    timeline: &'a Timeline<'a>,
    staff: &'a Staff,
}

/// Lets the next quarter be agreed on: one offer waits for Elias, one answer for Karin, North agrees, West is told.
pub(super) async fn create(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let stage = Stage { company: company::find(conn).await?, timeline, staff };
    stage.market(conn).await?;
    stage.talk(conn).await?;
    let (elias, karin) = (stage.person(SELLER)?, stage.user(MANAGER)?);
    let margin = stage.draft(elias, Metric::Margin, 570 * THOUSAND);
    let offer = (MANAGER, karin, Side::Setter, 29);
    let id = stage
        .begin(conn, offer, &margin, "As this quarter, plus two percent for the new price list.")
        .await?;
    let answer = (SELLER, stage.user(SELLER)?, Side::Owner, 6);
    let reason = "Two weeks of leave in February. The rest as you say.";
    stage.take(conn, answer, id, Step::Counter, Some(530 * THOUSAND), reason).await?;
    let orders = stage.draft(elias, Metric::Orders, 25);
    stage.begin(conn, (MANAGER, karin, Side::Setter, 5), &orders, "Two more than last year.").await?;
    let anders = stage.user(EXECUTIVE)?;
    for (code, lead, amount) in [("NORTH", MANAGER, 180), ("WEST", "Johanna Berg", 190)] {
        let department = staff.department(code).ok_or(AppError::NotFound)?;
        let draft = stage.draft(Subject::Department(department), Metric::Orders, amount);
        let id = stage.begin(conn, (EXECUTIVE, anders, Side::Setter, 51), &draft, "").await?;
        if code == "NORTH" {
            stage.take(conn, (lead, stage.user(lead)?, Side::Owner, 30), id, Step::Accept, None, "").await?;
        } else {
            let reason = "The board counts on the new account manager in Borås.";
            stage
                .take(conn, (EXECUTIVE, anders, Side::Setter, 28), id, Step::Impose, Some(200), reason)
                .await?;
        }
    }
    Ok(())
}

/// Who does something, with which account, on which side, and how many hours ago.
type Doer<'a> = (&'a str, UserId, Side, i64);

impl Stage<'_> {
    fn user(&self, name: &str) -> Result<UserId> {
        let (index, _) = self.staff.named(name).ok_or(AppError::NotFound)?;
        self.staff.users.get(&index).copied().ok_or(AppError::NotFound)
    }

    fn person(&self, name: &str) -> Result<Subject> {
        Ok(Subject::Person(self.staff.named(name).ok_or(AppError::NotFound)?.1))
    }

    fn ago(&self, hours: i64) -> DateTime<Utc> {
        self.timeline.now - TimeDelta::hours(hours)
    }

    fn draft(&self, subject: Subject, metric: Metric, target: i64) -> GoalDraft {
        let period = self.timeline.next_quarter(&self.timeline.quarter);
        GoalDraft { subject, metric, category: None, period, target, basis: None }
    }

    fn hand(&self, (name, user, side, hours): Doer<'_>) -> Hand {
        Hand { user, name: name.to_owned(), side, at: self.ago(hours) }
    }

    async fn begin(
        &self,
        conn: &mut PgConnection,
        doer: Doer<'_>,
        draft: &GoalDraft,
        reason: &str,
    ) -> Result<Agreement> {
        let id =
            agreements::begin(conn, &self.company, &self.hand(doer), draft, Step::Propose, reason).await?;
        agreements::find(conn, id).await
    }

    async fn take(
        &self,
        conn: &mut PgConnection,
        doer: Doer<'_>,
        agreement: Agreement,
        step: Step,
        target: Option<i64>,
        reason: &str,
    ) -> Result<Agreement> {
        let answer = Answer { target, reason: reason.to_owned() };
        let version = agreement.version;
        agreements::take(conn, &self.company, &self.hand(doer), &agreement, version, step, &answer).await
    }

    /// What happens outside, cited by the revisions that rest on it.
    async fn market(&self, conn: &mut PgConnection) -> Result<()> {
        let (seller, timeline) = (self.user(SELLER)?, self.timeline);
        let filter = GoalFilter {
            metric: Some(Metric::Revenue),
            period: Some(timeline.quarter),
            ..GoalFilter::default()
        };
        let goals = goals::list(conn, Viewer::system(timeline.today), &filter).await?;
        for (kind, days, title, about, value, unit, source, rests) in MARKET {
            let draft = NoteDraft {
                kind,
                happened_on: timeline.today - Days::new(days),
                title: title.to_owned(),
                about: about.to_owned(),
                value: value.map(|hundredths| Decimal::new(hundredths, 2)),
                unit: unit.to_owned(),
                body: String::new(),
                source: source.to_owned(),
            };
            let Some(note) = market::add(conn, &draft, Some(seller), self.ago(24)).await? else { continue };
            let revised = goals.iter().find(|goal| goal.subject_name == rests && goal.versions.len() > 1);
            if let Some(goal) = revised {
                market::cite(conn, goal.id, 2, &[note]).await?;
            }
        }
        Ok(())
    }

    /// What is written at Elias's goal; he and Karin have acknowledged it.
    async fn talk(&self, conn: &mut PgConnection) -> Result<()> {
        let filter = GoalFilter {
            subjects: Some(vec![self.person(SELLER)?]),
            metric: Some(Metric::Revenue),
            period: Some(self.timeline.quarter),
            ..GoalFilter::default()
        };
        let goals = goals::list(conn, Viewer::system(self.timeline.today), &filter).await?;
        let Some(goal) = goals.first() else { return Ok(()) };
        let thread = goals::thread(conn, goal.id).await?;
        for (name, hours, body) in TALK {
            talks::post(conn, thread, self.user(name)?, body, self.ago(hours)).await?;
        }
        let latest = goal.current().map_or(1, |version| version.number);
        for (name, hours) in [(MANAGER, 240), (SELLER, 219)] {
            acknowledgements::note(conn, goal.id, latest, self.user(name)?, self.ago(hours)).await?;
        }
        Ok(())
    }
}
