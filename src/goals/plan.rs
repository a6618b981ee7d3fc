//! Planning a period for a whole team: one line per person and sub-department, beside how the last period went.
//!
//! Example: Karin plans Q1 for Sales North. Every line proposes last quarter's actual and 5 % more in whole
//! thousands; she changes two, sees that the parts add up to the department's goal, and saves all at once.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::structure::{self, Department, Structure};
use super::wording::Denomination;
use super::{Goal, GoalFilter, Subject, Viewer, allocation, list, periods, policy};
use crate::attainment::Metric;
use crate::attainment::service::{self, Span};
use crate::auth::Actor;
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{CategoryId, DepartmentId};
use crate::kernel::money::Currency;
use crate::kernel::number::parse_signed_amount;
use crate::kernel::period::{Period, PeriodKind};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::list::ListQuery;

/// More rows than a form can hold.
const MOST_ROWS: usize = 2_000;

/// What new targets are proposed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// What was reached in the period before.
    Actual,
    /// What was agreed for the period before.
    Target,
}

impl Base {
    /// The name in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Target => "target",
        }
    }
}

/// What is planned, and how targets are proposed.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Whose parts.
    pub department: DepartmentId,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category.
    pub category: Option<CategoryId>,
    /// For when.
    pub period: Period,
    /// What proposals start from.
    pub base: Base,
    /// Hundredths of a percent more.
    pub percent: i64,
    /// The percentage as typed.
    pub percent_text: String,
    /// Proposals are multiples of so many wholes.
    pub step: i64,
}

impl Setup {
    /// Reads what is asked for. Without a department: the highest one the actor may plan.
    pub fn read(ctx: &Ctx, query: &ListQuery, structure: &Structure) -> Result<Self> {
        let department = department(ctx, query, structure)?;
        let metric = query.get("metric").and_then(Metric::from_code);
        let metric = metric.filter(|metric| metric.is_of_sales()).unwrap_or(Metric::Revenue);
        let (percent, percent_text) = percent(query);
        Ok(Self {
            department,
            metric,
            category: query.parsed::<i64>("category").map(CategoryId),
            period: period(ctx, query),
            base: if query.text("base") == Base::Target.code() { Base::Target } else { Base::Actual },
            percent,
            percent_text,
            step: query.parsed("step").filter(|step| *step > 0).unwrap_or(if metric.is_money() {
                1_000
            } else {
                1
            }),
        })
    }

    /// The period as forms carry it.
    pub fn period_code(&self) -> String {
        periods::code(&self.period)
    }

    /// What targets are counted in.
    pub fn unit(&self, currency: Currency) -> Denomination {
        Denomination { metric: self.metric, currency }
    }
}

/// The department whose goals are set: as asked for, else the highest one that the actor may plan.
pub fn department(ctx: &Ctx, query: &ListQuery, structure: &Structure) -> Result<DepartmentId> {
    let may = |department: &&Department| policy::may_plan(&ctx.actor, department.id);
    let top = || {
        let planned_above = |id| structure.department(id).is_some_and(|above| may(&above));
        let mut planned = structure.departments.iter().filter(may);
        planned
            .find(|department| !department.above.is_some_and(planned_above))
            .map(|department| department.id)
    };
    let asked = query.parsed::<DepartmentId>("department").or_else(top).found()?;
    let known = structure.department(asked).found()?;
    if may(&known) { Ok(asked) } else { Err(AppError::Forbidden) }
}

/// The period that is planned: as asked for, else the next quarter.
pub fn period(ctx: &Ctx, query: &ListQuery) -> Period {
    let quarter = || {
        let present = periods::current(ctx.company.fiscal, ctx.today);
        ctx.company.fiscal.next(PeriodKind::Quarter, &present)
    };
    periods::parse(query.text("period")).unwrap_or_else(quarter)
}

/// The raise in hundredths of a percent and as typed; unreadable text raises nothing.
pub fn percent(query: &ListQuery) -> (i64, String) {
    let typed = query.get("percent").unwrap_or("5");
    // two decimals, like those of a currency with cents
    let euro = Currency::parse("EUR");
    let read = euro.and_then(|euro| parse_signed_amount(typed.trim_end_matches(['%', ' ']), euro).ok());
    (read.unwrap_or(0).clamp(-10_000, 1_000_000), typed.to_owned())
}

/// One who gets a target.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// Their target of the period before.
    pub last_target: Option<i64>,
    /// What they reached in the period before.
    pub last_actual: i64,
    /// Their goal of the planned period, if they have one.
    pub present: Option<Goal>,
    /// What is proposed.
    pub proposed: Option<i64>,
    /// Whether the reader may set it.
    pub may_set: bool,
}

impl Row {
    /// The name of its field.
    pub fn key(&self) -> String {
        match self.subject {
            Subject::Person(id) => format!("person-{id}"),
            Subject::Department(id) | Subject::Company(id) => format!("department-{id}"),
        }
    }
}

/// A department's own goal and its parts.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The department itself.
    pub whole: Row,
    /// Departments directly below, then people.
    pub parts: Vec<Row>,
}

impl Plan {
    /// Loads what is there and proposes the rest.
    pub async fn load(conn: &mut PgConnection, ctx: &Ctx, setup: &Setup) -> Result<Self> {
        let viewer = Viewer::new(&ctx.actor, ctx.today);
        let structure = structure::of(&ctx.company.organisation, viewer, &setup.period);
        let department = structure.department(setup.department).found()?;
        let mut subjects = vec![department.subject()];
        subjects.extend(structure.parts(setup.department).into_iter().take(MOST_ROWS));
        let present = goals_of(conn, viewer, setup, &subjects, setup.period).await?;
        let before = periods::previous(ctx.company.fiscal, &setup.period).unwrap_or(setup.period);
        let last = goals_of(conn, viewer, setup, &subjects, before).await?;
        let span = |subject: &Subject| Span {
            subject: *subject,
            category: setup.category,
            period: before,
            basis: ctx.company.basis,
        };
        let totals = service::totals(conn, &subjects.iter().map(span).collect::<Vec<_>>()).await?;
        let unit = setup.unit(ctx.company.currency);
        let rows = subjects.into_iter().zip(totals).map(|(subject, totals)| {
            let last_target = last.get(&subject).map(Goal::target);
            let last_actual = totals.of(setup.metric);
            Row {
                name: structure.name(subject).to_owned(),
                may_set: may_set(ctx, &structure, subject),
                proposed: propose(setup, unit, last_target, last_actual),
                present: present.get(&subject).cloned(),
                subject,
                last_target,
                last_actual,
            }
        });
        let mut rows = rows.filter(|row| is_planned(&structure, setup.department, row));
        let whole = rows.next().found()?;
        Ok(Self { whole, parts: rows.collect() })
    }

    /// Every row, the department's own first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        std::iter::once(&self.whole).chain(&self.parts)
    }
}

/// Leads and departments that do not sell are left out unless they have a goal or a past.
fn is_planned(structure: &Structure, whole: DepartmentId, row: &Row) -> bool {
    let has_goal = row.present.is_some() || row.last_target.is_some();
    has_goal
        || match row.subject {
            Subject::Person(id) => !structure.members.iter().any(|member| member.id == id && member.lead),
            Subject::Department(id) => {
                id == whole || structure.department(id).is_some_and(|department| department.kind == "sales")
            }
            Subject::Company(_) => true,
        }
}

/// Whether the reader may set the goals of `subject`.
pub fn may_set(ctx: &Ctx, structure: &Structure, subject: Subject) -> bool {
    sets(&ctx.actor, structure, subject)
}

/// Whether `actor` may set the goals of `subject`.
pub fn sets(actor: &Actor, structure: &Structure, subject: Subject) -> bool {
    let place = subject.employee().and_then(|person| {
        let member = structure.members.iter().find(|member| member.id == person)?;
        let above = structure.department(member.department)?.above;
        Some(policy::Place { department: member.department, above, leads: member.lead })
    });
    policy::may_set(actor, subject, place)
}

async fn goals_of(
    conn: &mut PgConnection,
    viewer: Viewer,
    setup: &Setup,
    subjects: &[Subject],
    period: Period,
) -> Result<HashMap<Subject, Goal>> {
    let filter = GoalFilter {
        subjects: Some(subjects.to_vec()),
        metric: Some(setup.metric),
        category: Some(setup.category),
        period: Some(period),
        ..GoalFilter::default()
    };
    Ok(list(conn, viewer, &filter).await?.into_iter().map(|goal| (goal.subject, goal)).collect())
}

fn propose(setup: &Setup, unit: Denomination, target: Option<i64>, actual: i64) -> Option<i64> {
    let base = match setup.base {
        Base::Actual => actual,
        Base::Target => target?,
    };
    allocation::raise(base, setup.percent, setup.step.saturating_mul(unit.one())).filter(|target| *target > 0)
}

/// A target to save for a row.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Whose.
    pub row: &'a Row,
    /// What.
    pub target: i64,
}

/// What was typed, by field.
#[derive(Clone, Debug, Default)]
pub struct Typed(HashMap<String, String>);

impl Typed {
    /// The fields of a form as they came.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields.into_iter().collect())
    }

    /// What the page proposes before anybody has typed: what there is, else the proposal.
    pub fn proposed(l: Localiser, plan: &Plan, unit: Denomination) -> Self {
        let fields = plan.rows().map(|row| {
            let target = row.present.as_ref().map(Goal::target).or(row.proposed);
            (format!("t-{}", row.key()), target.map(|target| unit.typed(l, target)).unwrap_or_default())
        });
        Self(fields.collect())
    }

    /// The text of a field; empty when it was not sent.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// The target typed for a row.
    pub fn target(&self, row: &Row) -> &str {
        self.get(&format!("t-{}", row.key()))
    }

    /// Whether a row still is as it was when the form was shown.
    pub fn is_fresh(&self, row: &Row) -> bool {
        let seen = self.get(&format!("v-{}", row.key()));
        row.present.as_ref().map_or(seen.is_empty(), |goal| goal.version.to_string() == seen)
    }

    /// The targets to save. An empty field leaves the row as it is. Faults stand at their fields; a reason is needed
    /// only where there is a goal already.
    pub fn changes<'a>(
        &self,
        plan: &'a Plan,
        unit: Denomination,
    ) -> std::result::Result<Vec<Change<'a>>, FormErrors> {
        let (mut errors, mut changes) = (FormErrors::default(), Vec::new());
        for row in plan.rows().filter(|row| row.may_set && !self.target(row).trim().is_empty()) {
            let read = errors.check(&format!("t-{}", row.key()), unit.read(self.target(row)));
            let present = row.present.as_ref().map(Goal::target);
            if let Some(target) = read.filter(|target| Some(*target) != present) {
                changes.push(Change { row, target });
            }
        }
        let revises = changes.iter().any(|change| change.row.present.is_some());
        if revises && self.get("reason").trim().is_empty() {
            errors.add("reason", "error-goal-plan-reason");
        }
        errors.or(Some(changes))
    }

    /// What the parts would have, and the whole: typed, or what there is where nothing readable is typed.
    pub fn sums(&self, plan: &Plan, unit: Denomination) -> (Vec<i64>, i64) {
        let target = |row: &Row| {
            let present = row.present.as_ref().map(Goal::target);
            unit.read(self.target(row)).ok().filter(|_| row.may_set).or(present).unwrap_or(0)
        };
        (plan.parts.iter().map(target).collect(), target(&plan.whole))
    }
}
