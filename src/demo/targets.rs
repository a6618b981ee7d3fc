//! The goals of the demo company: for people, departments and the company, with revisions.

use chrono::Days;
use sqlx::PgConnection;

use super::people::{COMPANY_TARGET, Course, PEOPLE, PLACES, Person};
use super::plan::Seller;
use super::staff::Staff;
use super::timeline::{THOUSAND, Timeline};
use crate::attainment::Metric;
use crate::attainment::engine::TargetVersion;
use crate::attainment::fair::Terms;
use crate::attainment::pace::PaceLine;
use crate::error::Result;
use crate::goals::{self, GoalDraft, ReasonClass, RevisionDraft, Subject, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, UserId};
use crate::kernel::period::{Period, PeriodKind};

/// A goal of the present quarter that began otherwise.
struct Revision {
    /// Of a person by name, or a department by code.
    of: &'static str,
    /// Thousands of SEK before.
    before: i64,
    class: ReasonClass,
    reason: &'static str,
}

const REVISIONS: &[Revision] = &[
    Revision {
        of: "Elias Sandberg",
        before: 1_450,
        class: ReasonClass::Organisation,
        reason: "Elias takes over the Skellefteå accounts after Peter. About SEK 150k of known renewals.",
    },
    Revision {
        of: "Mikael Ekström",
        before: 1_550,
        class: ReasonClass::Competition,
        reason: "The SCA framework agreement went to a competitor. It was to bring SEK 150k this quarter.",
    },
    Revision {
        of: "Tove Hellgren",
        before: 1_950,
        class: ReasonClass::Performance,
        reason: "Two hotel chains have signed for FTX 600 earlier than planned.",
    },
    Revision {
        of: "WEST",
        before: 9_400,
        class: ReasonClass::Economy,
        reason: "Building permits in the region are down 8 percent on last year, and Borås has no account manager.",
    },
];

fn revision_of(name: &str) -> Option<&'static Revision> {
    REVISIONS.iter().find(|revision| revision.of == name)
}

/// Working days of the present quarter that are over, and all of them.
pub(super) fn elapsed(timeline: &Timeline<'_>) -> (i64, i64) {
    let calendar = &timeline.company.calendar;
    let over = Period::new(timeline.quarter.start, timeline.today);
    (over.map_or(0, |over| calendar.working_days(&over)), calendar.working_days(&timeline.quarter))
}

/// What a seller should have taken in by today to stand at their pace, in öre.
pub(super) fn desired_today(timeline: &Timeline<'_>, seller: Seller) -> i64 {
    let current = TargetVersion {
        target: seller.quota.target * THOUSAND,
        effective_on: timeline.revision_day(),
        from_here: false,
    };
    let versions = match revision_of(PEOPLE[seller.index].name) {
        None => vec![current],
        Some(revision) => {
            let original = TargetVersion {
                target: revision.before * THOUSAND,
                effective_on: timeline.quarter.start,
                from_here: false,
            };
            vec![original, current]
        }
    };
    if timeline.today == timeline.quarter.start {
        return 0;
    }
    let line = PaceLine::new(timeline.quarter, &versions, &timeline.company.calendar, &Terms::default());
    line.expected_on(timeline.today - Days::new(1)) * seller.quota.pace / 1_000
}

/// Sets every goal.
pub(super) async fn create(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    staff: &Staff,
    agreements: CategoryId,
) -> Result<()> {
    let mut setter = Setter { conn, timeline, staff };
    let mut quarters = timeline.quarters();
    quarters.push(timeline.next_quarter(&timeline.quarter));
    for quarter in &quarters {
        for (index, person) in PEOPLE.iter().enumerate() {
            setter.person(index, person, quarter, agreements).await?;
        }
        setter.departments(quarter).await?;
        setter.company(quarter).await?;
    }
    setter.months().await?;
    setter.years().await
}

/// What is expected of revenue in the other metrics.
const fn derived(metric: Metric, revenue: i64) -> i64 {
    match metric {
        Metric::Revenue => revenue,
        Metric::Margin => revenue * 355 / 1_000 / (10 * THOUSAND) * 10 * THOUSAND,
        Metric::Orders => revenue / (68 * THOUSAND) / 5 * 5,
        Metric::Units => revenue / (12 * THOUSAND) / 10 * 10,
        Metric::NewCustomers => revenue / (900 * THOUSAND),
        _ => 0, // does not follow from revenue
    }
}

struct Setter<'a> {
    conn: &'a mut PgConnection,
    timeline: &'a Timeline<'a>,
    staff: &'a Staff,
}

impl Setter<'_> {
    async fn set(&mut self, draft: GoalDraft, by: Option<UserId>, revision: Option<&Revision>) -> Result<()> {
        let original = revision.map_or(draft.target, |revision| revision.before * THOUSAND);
        let set_on = draft.period.start - Days::new(14);
        let at = self.timeline.moment(set_on.min(self.timeline.today), 9 * 60 + 20);
        let currency = self.timeline.company.currency;
        let first = GoalDraft { target: original, ..draft.clone() };
        let id = goals::set(self.conn, &first, currency, by, at).await?;
        let Some(revision) = revision else { return Ok(()) };
        let viewer = Viewer::system(self.timeline.today);
        let goal = goals::find(self.conn, viewer, id).await?;
        let day = self.timeline.revision_day();
        let change = RevisionDraft {
            target: draft.target,
            effective_on: day,
            from_here: false,
            class: revision.class,
            reason: revision.reason.to_owned(),
            evidence: Vec::new(),
        };
        let at = self.timeline.moment(day, 16 * 60 + 40);
        goals::revise(self.conn, &goal, goal.version, &change, by, at).await.map(drop)
    }

    fn is_present(&self, quarter: &Period) -> bool {
        *quarter == self.timeline.quarter
    }

    async fn person(
        &mut self,
        index: usize,
        person: &Person,
        quarter: &Period,
        agreements: CategoryId,
    ) -> Result<()> {
        let Some(quota) = person.quota else { return Ok(()) };
        let (began, left) = self.timeline.employment(person, 3);
        if left.is_some_and(|left| left < quarter.last_day()) || began > quarter.start {
            return Ok(());
        }
        let subject = Subject::Person(self.staff.people[index]);
        let by = self.staff.manager_of(person.department);
        let is_present = self.is_present(quarter);
        let target = self.timeline.target(quota.target, quarter);
        let goal = |metric, category, target| GoalDraft {
            subject,
            metric,
            category,
            period: *quarter,
            target,
            basis: None,
        };
        let revision = revision_of(person.name).filter(|_| is_present);
        self.set(goal(Metric::Revenue, None, target), by, revision).await?;
        if *quarter >= self.timeline.quarter {
            let level = self.timeline.level(quarter);
            let count = |goal: i64| ((goal * level + 500) / 1_000).max(1);
            self.set(goal(Metric::NewCustomers, None, count(quota.new_customers)), by, None).await?;
            self.set(goal(Metric::Units, Some(agreements), count(quota.agreements)), by, None).await?;
        }
        Ok(())
    }

    async fn departments(&mut self, quarter: &Period) -> Result<()> {
        let by = self.staff.executive();
        for place in PLACES {
            let (Some(sales), Some(id)) = (place.sales, self.staff.department(place.code)) else { continue };
            let revenue = self.timeline.target(sales.target, quarter);
            for metric in [Metric::Revenue, Metric::Margin, Metric::NewCustomers] {
                let target = self.scaled(metric, revenue, quarter);
                let subject = Subject::Department(id);
                let draft =
                    GoalDraft { subject, metric, category: None, period: *quarter, target, basis: None };
                let revised = metric == Metric::Revenue && self.is_present(quarter);
                self.set(draft, by, revision_of(place.code).filter(|_| revised)).await?;
            }
        }
        Ok(())
    }

    async fn company(&mut self, period: &Period) -> Result<()> {
        let revenue = self.timeline.target(COMPANY_TARGET, period);
        for metric in Metric::SALES {
            let target = self.scaled(metric, revenue, period);
            self.set_company(metric, *period, target).await?;
        }
        Ok(())
    }

    async fn set_company(&mut self, metric: Metric, period: Period, target: i64) -> Result<()> {
        let Some(root) = self.timeline.company.root else { return Ok(()) };
        let draft = GoalDraft {
            subject: Subject::Company(root),
            metric,
            category: None,
            period,
            target,
            basis: None,
        };
        self.set(draft, self.staff.executive(), None).await
    }

    /// New customers have been asked for in earnest since the present quarter only.
    fn scaled(&self, metric: Metric, revenue: i64, quarter: &Period) -> i64 {
        let target = derived(metric, revenue);
        let before = metric == Metric::NewCustomers && *quarter < self.timeline.quarter;
        if before { target / 2 } else { target }
    }

    /// Revenue goals of the present month and the one before for the sellers in the north.
    async fn months(&mut self) -> Result<()> {
        let fiscal = self.timeline.company.fiscal;
        let present = fiscal.containing(PeriodKind::Month, self.timeline.today);
        for month in [fiscal.previous(PeriodKind::Month, &present), present] {
            let quarter = fiscal.containing(PeriodKind::Quarter, month.start);
            for (index, person) in
                PEOPLE.iter().enumerate().filter(|(_, person)| person.department == "NORTH")
            {
                let Some(quota) = person.quota.filter(|_| person.course == Course::Steady) else { continue };
                let share = self.share_of_month(&month, &quarter);
                let target = self.timeline.target(quota.target * share / 1_000, &quarter);
                let subject = Subject::Person(self.staff.people[index]);
                let draft = GoalDraft {
                    subject,
                    metric: Metric::Revenue,
                    category: None,
                    period: month,
                    target,
                    basis: None,
                };
                self.set(draft, self.staff.manager_of(person.department), None).await?;
            }
            self.delivered_in(month, &quarter).await?;
        }
        Ok(())
    }

    /// What the whole company is to deliver in a month, somewhat less than it is to sell.
    async fn delivered_in(&mut self, month: Period, quarter: &Period) -> Result<()> {
        let Some(root) = self.timeline.company.root else { return Ok(()) };
        let share = self.share_of_month(&month, quarter);
        let draft = GoalDraft {
            subject: Subject::Company(root),
            metric: Metric::Revenue,
            category: None,
            period: month,
            target: self.timeline.target(COMPANY_TARGET * share * 95 / 100_000, quarter),
            basis: Some(Basis::Delivered),
        };
        self.set(draft, self.staff.executive(), None).await
    }

    /// The working days of a month among those of its quarter, in permille.
    fn share_of_month(&self, month: &Period, quarter: &Period) -> i64 {
        let calendar = &self.timeline.company.calendar;
        calendar.working_days(month) * 1_000 / calendar.working_days(quarter).max(1)
    }

    /// Goals of the whole years of the history and of the coming year: the sums of their quarters.
    async fn years(&mut self) -> Result<()> {
        let fiscal = self.timeline.company.fiscal;
        let first = fiscal.containing(PeriodKind::Year, self.timeline.start);
        let next = |year: &Period| Some(fiscal.next(PeriodKind::Year, year));
        let years = std::iter::successors(Some(first), next);
        let whole: Vec<Period> = years
            .skip_while(|year| year.start < self.timeline.start)
            .take_while(|year| year.start <= self.timeline.today + Days::new(92))
            .collect();
        for year in whole {
            for metric in [Metric::Revenue, Metric::Margin, Metric::Orders, Metric::NewCustomers] {
                let target = self.year_target(COMPANY_TARGET, metric, &year);
                self.set_company(metric, year, target).await?;
            }
            for place in PLACES {
                let (Some(sales), Some(id)) = (place.sales, self.staff.department(place.code)) else {
                    continue;
                };
                let target = self.year_target(sales.target, Metric::Revenue, &year);
                let subject = Subject::Department(id);
                let draft = GoalDraft {
                    subject,
                    metric: Metric::Revenue,
                    category: None,
                    period: year,
                    target,
                    basis: None,
                };
                self.set(draft, self.staff.executive(), None).await?;
            }
        }
        Ok(())
    }

    fn year_target(&self, thousands: i64, metric: Metric, year: &Period) -> i64 {
        let first = self.timeline.company.fiscal.containing(PeriodKind::Quarter, year.start);
        let next = |quarter: &Period| Some(self.timeline.next_quarter(quarter));
        let quarters = std::iter::successors(Some(first), next).take(4);
        quarters.map(|quarter| self.scaled(metric, self.timeline.target(thousands, &quarter), &quarter)).sum()
    }
}
