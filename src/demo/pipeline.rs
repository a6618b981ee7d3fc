//! What Nordhem Ventilation's sellers work on, and what became of it before: won ones with the deals they became, lost ones
//! with reasons and competitors, open ones in every stage.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::dice::Dice;
use super::history::Booked;
use super::people::{Course, PEOPLE};
use super::plan::{Deal, Fate, Help, Plan};
use super::staff::Staff;
use super::timeline::Timeline;
use crate::error::{AppError, Result};
use crate::kernel::id::ProductId;
use crate::pipeline::{
    self, Draft, Line, Losing, Loss, LossReason, NextStep, Opportunity, Origin, Scope, StageId, Stages,
    Stamp, stages,
};
use crate::sales::OWN_SOURCE;

const SEED: u64 = 0x5069_7065_6C69_6E65;
/// Every so manyeth deal is told from its beginning.
const WON: usize = 40;
/// Beside every so manyeth deal another was lost.
const LOST: usize = 44;
/// Open ones of a seller.
const OPEN: usize = 5;
const RIVALS: [&str; 4] = ["Ventus AB", "Klimatgruppen", "Nordluft", "Systemair"];
const TECHNIQUES: [&str; 4] =
    ["Energy calculation", "Reference visit", "Total cost of ownership", "Trial unit"];
const STEPS: [&str; 6] = [
    "Call about the drawings",
    "Send the offer",
    "Visit the site",
    "Ask who decides",
    "Follow up the offer",
    "Agree on the delivery date",
];
const REASONS: [(LossReason, &str); 8] = [
    (LossReason::Price, ""),
    (LossReason::Price, ""),
    (LossReason::Product, ""),
    (LossReason::DeliveryTime, ""),
    (LossReason::Service, ""),
    (LossReason::Competitor, ""),
    (LossReason::NoNeed, ""),
    (LossReason::Other, "The project was put off"),
];

/// Everything that opportunities refer to.
struct Desk<'a> {
    timeline: &'a Timeline<'a>,
    staff: &'a Staff,
    products: &'a [ProductId],
    booked: &'a Booked,
    stages: Stages,
}

/// Makes all of them.
pub(super) async fn create(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    (staff, products): (&Staff, &[ProductId]),
    (plan, booked): (&Plan, &Booked),
) -> Result<()> {
    let stages = stages::all(conn).await?;
    let desk = Desk { timeline, staff, products, booked, stages };
    let mut dice = Dice::new(SEED);
    let told = plan.deals.iter().enumerate().filter(|(_, deal)| deal.owner.is_some() && !deal.euro);
    let told: Vec<(usize, &Deal)> = told.collect();
    for (number, (index, deal)) in told.iter().enumerate() {
        let plain = deal.fate == Fate::Stands && deal.help == Help::Alone;
        if number % WON == 3 && plain {
            desk.won(conn, (*index, deal), &mut dice).await?;
        }
        if number % LOST == 7 {
            desk.lost(conn, deal, &mut dice).await?;
        }
    }
    let mut open: HashMap<usize, usize> = HashMap::new();
    for (_, deal) in told.iter().rev() {
        let Some(owner) = deal.owner.filter(|owner| PEOPLE[*owner].course != Course::Left) else { continue };
        let count = open.entry(owner).or_default();
        if *count < OPEN {
            desk.open(conn, deal, *count, &mut dice).await?;
            *count += 1;
        }
    }
    Ok(())
}

impl Desk<'_> {
    fn stamp(&self, deal: &Deal, day: NaiveDate) -> Stamp {
        let by = deal.owner.and_then(|owner| self.staff.users.get(&owner).copied());
        Stamp { by, at: self.timeline.moment(day, deal.minute), day }
    }

    fn draft(&self, deal: &Deal, opened_on: NaiveDate, dice: &mut Dice) -> Result<Draft> {
        let line = |(line_no, line): (i32, super::lines::Line)| {
            let product = self.products.get(line.product).copied().ok_or(AppError::NotFound)?;
            Ok(Line { line_no, product, quantity: line.quantity, amount: line.amount, cost: line.cost })
        };
        Ok(Draft {
            source: OWN_SOURCE.to_owned(),
            number: None,
            customer: self.booked.customers.get(deal.customer).copied(),
            owner: deal.owner.map(|owner| self.staff.people[owner]),
            currency: self.timeline.company.currency,
            origin: dice.pick(&Origin::ALL).copied().unwrap_or(Origin::Other),
            technique: dice.pick(&TECHNIQUES).copied().unwrap_or_default().to_owned(),
            opened_on,
            expected_on: None,
            next: NextStep::default(),
            note: String::new(),
            lines: (1..).zip(deal.lines()).map(line).collect::<Result<_>>()?,
            form_key: None,
        })
    }

    /// Opens one and moves it on, stage by stage, to the one at a place; how it stands then.
    async fn go(
        &self,
        conn: &mut PgConnection,
        deal: &Deal,
        draft: &Draft,
        (place, until): (usize, NaiveDate),
    ) -> Result<Opportunity> {
        let way: Vec<StageId> = self.stages.active().map(|stage| stage.id).collect();
        let first = *way.first().ok_or(AppError::NotFound)?;
        let opened = self.stamp(deal, draft.opened_on);
        let id = pipeline::open(conn, self.timeline.company, draft, first, opened).await?.id();
        let days = (until - draft.opened_on).num_days();
        let steps = i64::try_from(place).unwrap_or(1);
        for (step, stage) in (1..).zip(way.iter().skip(1).take(place)) {
            let day = draft.opened_on + Days::new((days * step / (steps + 1)).unsigned_abs());
            let one = pipeline::find(conn, &Scope::Everybody, id).await?;
            pipeline::move_to(conn, (&one, one.version), &self.stages, *stage, self.stamp(deal, day)).await?;
        }
        pipeline::find(conn, &Scope::Everybody, id).await
    }

    /// How a deal that stands came about.
    async fn won(
        &self,
        conn: &mut PgConnection,
        (index, deal): (usize, &Deal),
        dice: &mut Dice,
    ) -> Result<()> {
        let Some(order) = self.booked.deals.get(&index).copied() else { return Ok(()) };
        let opened_on = (deal.day - Days::new(dice.between(12, 70).unsigned_abs())).max(self.timeline.start);
        let draft = self.draft(deal, opened_on.min(deal.day), dice)?;
        let one = self.go(conn, deal, &draft, (dice.below(3) + 2, deal.day)).await?;
        pipeline::came_of(conn, (&one, one.version), (order, deal.day), self.stamp(deal, deal.day)).await
    }

    async fn lost(&self, conn: &mut PgConnection, deal: &Deal, dice: &mut Dice) -> Result<()> {
        let opened_on = (deal.day - Days::new(dice.between(10, 60).unsigned_abs())).max(self.timeline.start);
        let draft = self.draft(deal, opened_on.min(deal.day), dice)?;
        let one = self.go(conn, deal, &draft, (dice.below(4), deal.day)).await?;
        let (reason, text) = dice.pick(&REASONS).copied().unwrap_or((LossReason::Price, ""));
        let named = !matches!(reason, LossReason::NoNeed | LossReason::Other);
        let to = dice.pick(&RIVALS).copied().filter(|_| named).unwrap_or_default().to_owned();
        let asked = one.amount / 100 * dice.between(86, 98);
        let price = (reason == LossReason::Price).then_some(asked);
        let losing = Losing { on: deal.day, loss: Loss { reason, text: text.to_owned(), to, price } };
        pipeline::lose(conn, (&one, one.version), &losing, self.stamp(deal, deal.day)).await
    }

    /// An open one like a deal of late; every fifth has come to a stand.
    async fn open(&self, conn: &mut PgConnection, deal: &Deal, number: usize, dice: &mut Dice) -> Result<()> {
        let today = self.timeline.today;
        let stuck = number + 1 == OPEN;
        let age = if stuck { dice.between(80, 120) } else { dice.between(2, 30) };
        let opened_on = today - Days::new(age.unsigned_abs());
        let soon = Days::new(dice.between(3, 45).unsigned_abs());
        let mut draft = self.draft(deal, opened_on, dice)?;
        draft.expected_on = Some(if stuck { today - Days::new(4) } else { today + soon });
        draft.next = NextStep {
            what: dice.pick(&STEPS).copied().unwrap_or_default().to_owned(),
            on: Some(
                today + Days::new(dice.between(0, 9).unsigned_abs()) - Days::new(if stuck { 12 } else { 0 }),
            ),
        };
        let until = if stuck { opened_on + Days::new(20) } else { today };
        self.go(conn, deal, &draft, (number, until)).await.map(drop)
    }
}
