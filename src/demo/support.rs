//! The goals of those at Nordhem Ventilation who support sales, the facts they are measured by, and leave and learning
//! time of those who sell.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use sqlx::PgConnection;

use super::dice::Dice;
use super::service;
use super::staff::Staff;
use super::timeline::Timeline;
use crate::attainment::Metric;
use crate::capacity::{self, Answer, Ramp, ReliefDraft, ReliefKind};
use crate::error::{AppError, Result};
use crate::facts::{self, FactDraft, Facts};
use crate::goals::{self, GoalDraft, GoalTerms, Subject};
use crate::kernel::id::{EmployeeId, UserId};
use crate::kernel::period::Period;

const SEED: u64 = 0x5375_7070_6F72_7421;

/// A goal of a department, and what a week brings: part and whole, each from and to.
type Measured = (&'static str, Metric, i64, (i64, i64), (i64, i64));

const DEPARTMENTS: [Measured; 6] = [
    ("DELIVERY", Metric::OnTimeDelivery, 95_00, (930, 985), (38, 64)),
    ("PRODUCTION", Metric::OnTimeDelivery, 93_00, (860, 930), (30, 52)),
    ("SERVICE", Metric::FirstReplyTime, 120, (95, 150), (40, 75)),
    ("SERVICE", Metric::CustomerScore, 8_30, (790, 880), (8, 20)),
    ("SERVICE", Metric::FollowUpsInTime, 90_00, (850, 960), (20, 40)),
    ("MARKETING", Metric::Leads, 70, (3, 8), (0, 0)),
];

/// The head of delivery answers for two measures, weighted.
const HEAD: &str = "Sara Lind";
const HEADS: [(Metric, i64, i16); 2] =
    [(Metric::OnTimeDelivery, 95_00, 70), (Metric::TrainingCompleted, 6, 30)];

/// Sets the goals of this quarter and the last, notes the facts of both, and grants and asks for leave.
pub(super) async fn create(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let by = staff.executive();
    for quarter in [timeline.last_quarter(), timeline.quarter] {
        for (code, metric, target, ..) in DEPARTMENTS {
            let department = staff.department(code).ok_or(AppError::NotFound)?;
            set(conn, timeline, (Subject::Department(department), metric, target), quarter, by).await?;
        }
    }
    let (_, head) = staff.named(HEAD).ok_or(AppError::NotFound)?;
    for (metric, target, weight) in HEADS {
        let goal = (Subject::Person(head), metric, target);
        let id = set(conn, timeline, goal, timeline.quarter, by).await?;
        let terms = GoalTerms { prorated: true, weight: Some(weight), ..GoalTerms::default() };
        goals::set_terms(conn, id, 1, &terms).await?;
    }
    notes(conn, timeline, staff, head).await?;
    leave(conn, timeline, staff).await
}

async fn set(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    (subject, metric, target): (Subject, Metric, i64),
    period: Period,
    by: Option<UserId>,
) -> Result<crate::kernel::id::GoalId> {
    let draft = GoalDraft { subject, metric, category: None, period, target, basis: None };
    let at = timeline.moment(period.start - Days::new(20), 10 * 60);
    goals::set(conn, &draft, timeline.company.currency, by, at).await
}

/// What was noted each week, up to today.
async fn notes(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    staff: &Staff,
    head: EmployeeId,
) -> Result<()> {
    let mut dice = Dice::new(SEED);
    let days = timeline.working_dates(timeline.last_quarter().start, timeline.quarter.end);
    for day in days.into_iter().filter(|day| day.weekday() == Weekday::Thu) {
        for (code, metric, _, value, count) in DEPARTMENTS {
            let drawn = drawn(&mut dice, metric, value, count);
            // what is delivered, and what customer service does since then, is noted by the process itself
            if code == "DELIVERY" || code == "SERVICE" && day >= service::since(timeline) {
                continue;
            }
            let department = staff.department(code).ok_or(AppError::NotFound)?;
            note(conn, timeline, (Subject::Department(department), metric), day, drawn).await?;
        }
        let whole = dice.between(18, 30);
        let drawn = Facts { part: whole - dice.between(0, 2), whole };
        note(conn, timeline, (Subject::Person(head), Metric::OnTimeDelivery), day, drawn).await?;
        if dice.chance(350) {
            let one = Facts { part: 1, whole: 0 };
            note(conn, timeline, (Subject::Person(head), Metric::TrainingCompleted), day, one).await?;
        }
    }
    Ok(())
}

/// Shares are drawn in permille, averages each for themselves.
fn drawn(dice: &mut Dice, metric: Metric, (low, high): (i64, i64), (few, many): (i64, i64)) -> Facts {
    let (value, whole) = (dice.between(low, high), dice.between(few, many));
    let part = match metric {
        Metric::OnTimeDelivery | Metric::FollowUpsInTime => (whole * value + 500) / 1_000,
        Metric::CustomerScore | Metric::FirstReplyTime => whole * value,
        _ => value,
    };
    Facts { part, whole }
}

async fn note(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    (subject, metric): (Subject, Metric),
    day: NaiveDate,
    facts: Facts,
) -> Result<()> {
    let whose = match subject {
        Subject::Person(id) => format!("P{id}"),
        Subject::Department(id) | Subject::Company(id) => format!("D{id}"),
    };
    let draft = FactDraft {
        source: "erp".into(),
        fact_no: Some(format!("{}-{whose}-{day}", metric.code())),
        metric,
        subject,
        day,
        facts,
        note: String::new(),
    };
    facts::note(conn, &draft, |_| true, None, timeline.moment(day, 17 * 60)).await.map(drop)
}

/// Maja's leave is granted, Elias's waits for Karin, and Sofia, who is new, comes up to a full target.
async fn leave(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let user = |name: &str| {
        let (index, _) = staff.named(name)?;
        staff.users.get(&index).copied()
    };
    let person = |name: &str| staff.named(name).map(|(_, id)| id).ok_or(AppError::NotFound);
    let karin = user("Karin Lindqvist").ok_or(AppError::NotFound)?;
    let (elias, anders) = (user("Elias Sandberg"), user("Anders Falk").ok_or(AppError::NotFound)?);
    let next = timeline.next_quarter(&timeline.quarter);
    let weeks = |first: u64, days: u64| {
        let from = next.start + Days::new(first);
        Period::new(from, from + Days::new(days)).ok_or(AppError::NotFound)
    };
    let draft = |period, reason: &str| ReliefDraft {
        period,
        pct: 100,
        kind: ReliefKind::Leave,
        reason: reason.into(),
    };
    let (asked, granted) = (timeline.now - TimeDelta::hours(100), timeline.now - TimeDelta::hours(90));
    let maja = person("Maja Öberg")?;
    let id = capacity::ask(conn, maja, &draft(weeks(18, 12)?, "Parental leave"), karin, asked).await?;
    capacity::answer(conn, id, 1, Answer::Approve, anders, granted).await?;
    if let Some(elias) = elias {
        let period = weeks(40, 14)?;
        capacity::ask(
            conn,
            person("Elias Sandberg")?,
            &draft(period, "Skiing with the children"),
            elias,
            granted,
        )
        .await?;
    }
    let ramp = Ramp { starts_on: timeline.newcomer_since(), steps: vec![60, 80] };
    capacity::set_ramp(conn, person("Sofia Bergqvist")?, &ramp, karin, asked).await
}
