//! Planning a period for a whole tree: scenarios side by side, of which one is published.
//!
//! Example: Anders starts two scenarios for Q1, one by last year and 5 %, one by capacity. Both divide the company's target
//! down to every seller in one table, which says what is on nobody at each department. He changes some by hand, takes one
//! step back, compares the two, and publishes one: then every target becomes a goal or a revision, all together.

mod asked;
mod beginning;
mod compare;
mod file;
mod forms;
mod history;
mod history_store;
mod list_page;
mod methods;
mod new_page;
mod node;
mod outcome;
mod planner;
mod publish;
mod reading;
mod sheet;
mod store;
mod table;
mod table_page;
mod tree;

use chrono::{DateTime, Utc};

use crate::attainment::view::{Kind, Reader, counted, on_basis, period_name};
use crate::auth::Actor;
use crate::define_id;
use crate::error::{AppError, Result};
use crate::goals::policy;
use crate::goals::wording::Denomination;
use crate::kernel::basis::Basis;
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};
pub use beginning::{begin, retarget};
pub use methods::Method;
use methods::Rule;
pub use planner::Planner;
pub use reading::{PartTarget, find, list, parts, siblings};

define_id!(
    /// A scenario.
    ScenarioId
);

/// The list of scenarios, the table of one, comparing, files and publishing.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/plans", Gate::Leader, list_page::show)
        .get("/plans.csv", Gate::Leader, list_page::download)
        .get("/plans/new", Gate::Leader, new_page::show)
        .post("/plans/new", Gate::Leader, new_page::create)
        .get("/plans/compare", Gate::Leader, compare::show)
        .get("/plans/{id}", Gate::Leader, table_page::show)
        .post("/plans/{id}", Gate::Leader, table_page::save)
        .post("/plans/{id}/sum", Gate::Leader, table_page::sum)
        .post("/plans/{id}/undo", Gate::Leader, history::undo)
        .post("/plans/{id}/redo", Gate::Leader, history::redo)
        .post("/plans/{id}/rename", Gate::Leader, history::rename)
        .post("/plans/{id}/remove", Gate::Leader, history::remove)
        .post("/plans/{id}/restore", Gate::Leader, history::restore)
        .get("/plans/{id}/publish", Gate::Leader, publish::show)
        .post("/plans/{id}/publish", Gate::Leader, publish::save)
        .get("/plans/{id}/targets.csv", Gate::Leader, file::download)
        .get("/plans/{id}/import", Gate::Leader, file::show)
        .post("/plans/{id}/import", Gate::Leader, file::import)
}

/// What a scenario began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A target for the whole, divided.
    Divided(Method),
    /// Nothing but the goals that are there.
    ByHand,
    /// Another scenario.
    Copy,
}

impl Start {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Divided(method) => method.code(),
            Self::ByHand => "by_hand",
            Self::Copy => "copy",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "by_hand" => Some(Self::ByHand),
            "copy" => Some(Self::Copy),
            method => Method::from_code(method).map(Self::Divided),
        }
    }
}

/// What a scenario plans, and how shares are worked out unless another way is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The department at the top.
    pub department: DepartmentId,
    /// What is counted, of which products, when.
    pub kind: Kind,
    /// Whether sales count when they are booked or as they are delivered.
    pub basis: Basis,
}

/// How shares are worked out, as it is stored: the step in whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// By what.
    pub method: Method,
    /// Hundredths of a percent more.
    pub percent: i64,
    /// Whole units that shares are multiples of.
    pub step: i64,
}

impl Settings {
    /// The same with the step in minor units.
    pub fn rule(self, unit: Denomination) -> Rule {
        Rule { method: self.method, percent: self.percent, step: self.step.saturating_mul(unit.one()) }
    }
}

/// A scenario without its targets.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id.
    pub id: ScenarioId,
    /// What it is called.
    pub name: String,
    /// What it plans.
    pub scope: Scope,
    /// Name of the department at the top.
    pub department: String,
    /// Name of the category, where it is for one.
    pub category: Option<String>,
    /// How shares are worked out.
    pub settings: Settings,
    /// What it began with.
    pub start: Start,
    /// Name of the scenario that it is a copy of.
    pub copied_from: Option<String>,
    /// Who made it.
    pub author: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// Number of the last change in force.
    pub at_change: i32,
    /// Number of the last change that can be done again; the same when there is none.
    pub last_change: i32,
    /// When and by whom it was published.
    pub published: Option<(DateTime<Utc>, String)>,
    /// The target of the top, where it has one.
    pub whole: Option<i64>,
    /// The targets of people, summed.
    pub people: i64,
    /// For stale-edit checks.
    pub version: i64,
}

impl Scenario {
    /// Whether it can be changed no more.
    pub const fn is_published(&self) -> bool {
        self.published.is_some()
    }

    /// A conflict when it can be changed no more.
    pub fn open(&self) -> Result<()> {
        if self.is_published() { Err(AppError::Conflict("error-plan-published")) } else { Ok(()) }
    }

    /// What its targets are counted in.
    pub fn unit(&self, ctx: &Ctx) -> Denomination {
        Denomination { metric: self.scope.kind.metric, currency: ctx.company.currency }
    }

    /// How shares are worked out, in minor units.
    pub fn rule(&self, ctx: &Ctx) -> Rule {
        self.settings.rule(self.unit(ctx))
    }

    /// "Order intake Q1 2027".
    pub fn what(&self, ctx: &Ctx) -> String {
        let kind = self.scope.kind;
        let what = counted(ctx.l, kind.metric, self.category.as_deref());
        let what = on_basis(Reader::of(ctx), what, (kind.metric, self.scope.basis));
        format!("{what} {}", period_name(ctx.l, ctx.company.fiscal, &kind.period))
    }

    /// Its page.
    pub fn href(&self) -> String {
        format!("/plans/{}", self.id)
    }
}

/// Scenarios of a department exist for those who may plan it, and for nobody else.
fn sees(actor: &Actor, scope: &Scope) -> bool {
    sees_department(actor, scope.department)
}

fn sees_department(actor: &Actor, department: DepartmentId) -> bool {
    policy::may_plan(actor, department)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_read_back() {
        for start in [Start::Divided(Method::Equal), Start::ByHand, Start::Copy] {
            assert_eq!(Start::from_code(start.code()), Some(start));
        }
        assert_eq!(Start::from_code("dice"), None);
    }
}
