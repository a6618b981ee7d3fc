//! What customer service and the sellers at Nordhem Ventilation do after the sale: calls, cases, and what customers say.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sqlx::PgConnection;

use super::dice::Dice;
use super::staff::Staff;
use super::store;
use super::timeline::Timeline;
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{DealId, DepartmentId, EmployeeId, UserId};
use crate::kernel::lang::Lang;
use crate::org::{Company, company};
use crate::service::cases::steps::{self as case_steps, Step as CaseStep};
use crate::service::cases::{self, Case, Category, Channel, Severity};
use crate::service::feedback::{self, Area, NewLink};
use crate::service::follow_ups::steps::{Said, Step};
use crate::service::follow_ups::{self, FollowUp};
use crate::service::rules::{self, Bought, RuleDraft, Who};
use crate::service::{Hand, scope};

const SEED: u64 = 0x5365_7276_6963_6521;
/// So long ago the process began to be kept here.
const DAYS: u64 = 118;

/// What customers say on the phone.
const WORDS: [&str; 8] = [
    "Allt fungerar, tyst och bra.",
    "Works as expected, the installer was quick.",
    "Nöjda, men manualen var på engelska.",
    "Happy with it. Asked about a service agreement.",
    "Leveransen kom en dag sent men vi hann ändå.",
    "A little noisy at full speed.",
    "Vill ha offert på filter till våren.",
    "Good advice from the start, thank you.",
];

const OFFERS: [(&str, i64); 3] = [
    ("Serviceavtal, 3 år", 46_500_00),
    ("Filter subscription", 11_400_00),
    ("FTX 600 to the annexe", 94_000_00),
];

/// A case: what it is about, how bad, and in words.
const CASES: [(Category, Severity, &str, &str); 8] = [
    (
        Category::Product,
        Severity::High,
        "Aggregatet stannar på natten",
        "Larm 23 sedan i tisdags. Två lägenheter utan frånluft.",
    ),
    (Category::Delivery, Severity::Normal, "One crate is missing", "The packing list says four, three came."),
    (Category::Invoice, Severity::Low, "Fel referens på fakturan", "Vill ha kostnadsställe 4410 på raden."),
    (
        Category::Service,
        Severity::Normal,
        "Technician did not come",
        "Booked for Monday morning, nobody called.",
    ),
    (
        Category::Product,
        Severity::Normal,
        "Fläkten låter vid full fart",
        "Ett tickande ljud, mest på morgonen.",
    ),
    (
        Category::Price,
        Severity::Low,
        "Question about the discount on filters",
        "They expected the frame agreement's 12 percent.",
    ),
    (
        Category::Delivery,
        Severity::High,
        "Transportskada på rotorn",
        "Lådan var intryckt. Kan inte monteras.",
    ),
    (Category::Other, Severity::Low, "Wants the manual in Finnish", "For the caretaker in Haparanda."),
];

const REPLIES: [&str; 4] = [
    "Ringde och bad om ursäkt. Tekniker kommer i morgon.",
    "Called, found the cause together, a part is on its way.",
    "Svarat med ny faktura.",
    "Promised an answer by tomorrow, production looks into it.",
];

/// What customers write by their link: score, in words, good, bad.
type Answer = (i16, &'static str, &'static [Area], &'static [Area]);

const ANSWERS: [Answer; 10] = [
    (10, "Bästa leverantören vi haft. Tyst, och Elias svarar alltid.", &[Area::Product, Area::Selling], &[]),
    (9, "Quick delivery and everything fitted.", &[Area::Delivery, Area::Product], &[]),
    (8, "Bra, men dyrare än Ventus.", &[Area::Product], &[Area::Price]),
    (9, "", &[Area::Service], &[]),
    (4, "Kom två veckor sent och ingen ringde.", &[Area::Product], &[Area::Delivery]),
    (7, "Good product. The invoice took three tries.", &[Area::Product], &[Area::Service]),
    (10, "Monteringen gick på en förmiddag!", &[Area::Product, Area::Delivery], &[]),
    (
        3,
        "The unit failed after a week and we waited days for a technician.",
        &[],
        &[Area::Product, Area::Service],
    ),
    (8, "Kunnig säljare som frågade vad vi behövde.", &[Area::Selling], &[]),
    (6, "Fine, but we were promised a call back.", &[Area::Product], &[Area::Selling]),
];

/// The first day of which the process is kept.
pub(super) fn since(timeline: &Timeline<'_>) -> NaiveDate {
    timeline.today - Days::new(DAYS)
}

struct Stage<'a> {
    company: Company,
    timeline: &'a Timeline<'a>,
    staff: &'a Staff,
    department: DepartmentId,
    members: Vec<EmployeeId>,
}

/// Lets customers be called, complain and be answered, and say what they think.
pub(super) async fn create(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let company = company::find(conn).await?;
    let department = staff.department("SERVICE").ok_or(AppError::NotFound)?;
    let members = scope::members(&company.organisation, department, timeline.today);
    let stage = Stage { company, timeline, staff, department, members };
    let mut dice = Dice::new(SEED);
    stage.rules(conn).await?;
    let calls = stage.calls(conn, &mut dice.fork()).await?;
    stage.cases(conn, &calls, &mut dice.fork()).await?;
    stage.answers(conn, &calls, &mut dice.fork()).await?;
    stage.settle(conn, &mut dice.fork()).await
}

impl Stage<'_> {
    fn user(&self, person: EmployeeId) -> Option<UserId> {
        let place = self.staff.people.iter().position(|one| *one == person)?;
        self.staff.users.get(&place).copied()
    }

    fn hand(&self, person: Option<EmployeeId>, now: DateTime<Utc>) -> Hand<'_> {
        let name = person.and_then(|id| self.company.organisation.person(id)).map(|one| one.name.clone());
        let user = person.and_then(|id| self.user(id));
        let today = self.company.day_of(now);
        Hand { company: &self.company, user, name: name.unwrap_or_default(), now, today }
    }

    /// Sellers call after a week; what is technical is called about by customer service after two weeks and three months.
    async fn rules(&self, conn: &mut PgConnection) -> Result<()> {
        for (category, days) in [("Heat recovery", 14), ("Heat recovery", 90), ("Controls", 14)] {
            let draft = RuleDraft {
                days_after: days,
                bought: Bought::Category(store::category(conn, category).await?),
                who: Who::Fewest(self.department),
                question: String::new(),
                active: true,
            };
            rules::add(conn, &draft).await?;
        }
        Ok(())
    }

    async fn make_due(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
        let mut after = Some(DealId(0));
        while let Some(from) = after {
            after = follow_ups::make_due(conn, &self.company, now, from).await?;
        }
        Ok(())
    }

    /// Follow-ups of the last months, week by week, most of them done; answers them all.
    async fn calls(&self, conn: &mut PgConnection, dice: &mut Dice) -> Result<Vec<FollowUp>> {
        let first = since(self.timeline);
        for day in first.iter_days().step_by(7).take_while(|day| *day < self.timeline.today) {
            self.make_due(conn, self.timeline.moment(day, 6 * 60)).await?;
        }
        self.make_due(conn, self.timeline.now).await?;
        let all = follow_ups::Filter::default();
        let calls = follow_ups::list(conn, &all, ("due", false), (100_000, 0)).await?;
        for call in calls.iter().filter(|call| call.standing.due_on <= self.timeline.today) {
            self.call(conn, call, dice).await?;
        }
        let nobody = self.hand(None, self.timeline.now);
        while follow_ups::late(conn, &nobody).await? > 0 {}
        Ok(calls)
    }

    async fn call(&self, conn: &mut PgConnection, call: &FollowUp, dice: &mut Dice) -> Result<()> {
        let mut dice = dice.fork();
        let days_late = if dice.chance(930) { 0 } else { dice.between(2, 6).unsigned_abs() };
        let day = call.standing.due_on + Days::new(days_late);
        let recent = self.timeline.today - call.standing.due_on < TimeDelta::days(8);
        // those with more to do than time leave some of the last days
        if day >= self.timeline.today || (recent && dice.chance(250)) {
            return Ok(());
        }
        let (offer, worth) = OFFERS[dice.below(OFFERS.len())];
        let offers = dice.chance(120);
        let said = Said {
            score: dice.chance(700).then(|| [10, 9, 9, 8, 8, 8, 7, 7, 6, 5][dice.below(10)]),
            words: WORDS[dice.below(WORDS.len())].to_owned(),
            offer: if offers { offer.to_owned() } else { String::new() },
            amount: offers.then_some(worth),
            ..Said::default()
        };
        let step = [Step::Reach, Step::Help, Step::Close][dice.weighted(&[940, 30, 30])];
        let now = self.timeline.moment(day, 9 * 60 + dice.between(0, 420));
        let owner = call.standing.owner;
        follow_ups::take(conn, &self.hand(owner, now), call, call.version, step, &said).await.map(drop)
    }

    /// Two cases a week, and those of the last days that are still open.
    async fn cases(&self, conn: &mut PgConnection, calls: &[FollowUp], dice: &mut Dice) -> Result<()> {
        let days = self.timeline.working_dates(since(self.timeline), self.timeline.today);
        for day in days {
            let mut dice = dice.fork();
            if !dice.chance(420) {
                continue;
            }
            let Some(call) = dice.pick(calls) else { continue };
            let (category, severity, title, description) = CASES[dice.below(CASES.len())];
            let draft = cases::Draft {
                customer: call.customer,
                deal: call.deal,
                line: None,
                category,
                severity,
                title: title.to_owned(),
                description: description.to_owned(),
                channel: [Channel::Phone, Channel::Mail, Channel::Web][dice.below(3)],
                owner: dice.pick(&self.members).copied(),
                department: self.department,
                follow_up: None,
                origin: None,
            };
            let opened = self.timeline.moment(day, 8 * 60 + dice.between(10, 400));
            let (id, _) = cases::open(conn, &self.hand(draft.owner, opened), &draft).await?;
            self.answer(conn, id, opened, &mut dice).await?;
        }
        Ok(())
    }

    /// Replies and solves, as far as there was time since it was opened.
    async fn answer(
        &self,
        conn: &mut PgConnection,
        id: cases::CaseId,
        opened: DateTime<Utc>,
        dice: &mut Dice,
    ) -> Result<()> {
        let replied = opened + TimeDelta::minutes(dice.between(25, 125));
        let solved = opened + TimeDelta::minutes(dice.between(300, 4_000));
        let words = REPLIES[dice.below(REPLIES.len())];
        for (step, at) in [(CaseStep::Reply, replied), (CaseStep::Solve, solved)] {
            if at >= self.timeline.now {
                break;
            }
            let case = self.case(conn, id).await?;
            let owner = case.standing.owner.or(self.members.first().copied());
            let said = case_steps::Said { words: words.to_owned(), owner, department: None };
            let hand = self.hand(owner, at);
            cases::take(conn, &hand, &case, case.version, step, &said).await?;
        }
        Ok(())
    }

    async fn case(&self, conn: &mut PgConnection, id: cases::CaseId) -> Result<Case> {
        let filter = cases::Filter { after: Some(id.0 - 1), ..cases::Filter::default() };
        cases::list(conn, &filter, ("id", false), (1, 0)).await?.pop().found()
    }

    /// What customers say by their links; low scores become cases.
    async fn answers(&self, conn: &mut PgConnection, calls: &[FollowUp], dice: &mut Dice) -> Result<()> {
        let today = self.timeline.today;
        let called = calls.iter().filter(|call| call.standing.due_on < today && call.deal.is_some());
        let called: Vec<&FollowUp> = called.collect();
        for (place, call) in called.iter().rev().step_by(6).take(30).enumerate() {
            let asked = self.timeline.moment(call.standing.due_on, 15 * 60);
            let new = NewLink {
                customer: call.customer,
                deal: call.deal,
                opportunity: None,
                follow_up: Some(call.id),
                owner: call.standing.owner,
                department: call.standing.department,
                about: String::new(),
                lang: if place % 2 == 0 { Lang::Sv } else { Lang::En },
            };
            let new = NewLink { about: feedback::bought(conn, call.deal).await?, ..new };
            let token =
                feedback::make_link(conn, &new, call.standing.owner.and_then(|id| self.user(id)), asked)
                    .await?;
            let (score, words, good, bad) = ANSWERS[dice.below(ANSWERS.len())];
            let said = feedback::Said {
                score,
                good: good.to_vec(),
                bad: bad.to_vec(),
                words: words.to_owned(),
                may_call: dice.chance(500),
            };
            let now = (asked + TimeDelta::hours(dice.between(1, 20))).min(self.timeline.now);
            feedback::answer(conn, &self.hand(None, now), (&token, new.lang), &said).await?;
        }
        Ok(())
    }

    /// Answers the cases that came of low scores and are not of the last days.
    async fn settle(&self, conn: &mut PgConnection, dice: &mut Dice) -> Result<()> {
        let filter = cases::Filter { state: Some("new".into()), ..cases::Filter::default() };
        for case in cases::list(conn, &filter, ("id", false), (1_000, 0)).await? {
            if self.timeline.now - case.standing.opened_at > TimeDelta::days(3) {
                self.answer(conn, case.id, case.standing.opened_at, dice).await?;
            }
        }
        Ok(())
    }
}
