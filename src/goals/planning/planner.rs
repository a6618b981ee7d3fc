//! Who plans, and when: what scenarios need to know of whoever works on them, behind a page or not.

use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::Actor;
use crate::org::{Company, Viewer};
use crate::web::context::Ctx;

/// Who plans.
#[derive(Clone, Copy, Debug)]
pub struct Planner<'a> {
    /// The company.
    pub company: &'a Company,
    /// The account.
    pub actor: &'a Actor,
    /// Now.
    pub now: DateTime<Utc>,
    /// The business date.
    pub today: NaiveDate,
}

impl Planner<'_> {
    /// What they see of the company.
    pub fn viewer(&self) -> Viewer {
        Viewer::new(self.actor, self.today)
    }
}

impl<'a> From<&'a Ctx> for Planner<'a> {
    fn from(ctx: &'a Ctx) -> Self {
        Self { company: &ctx.company, actor: &ctx.actor, now: ctx.now, today: ctx.today }
    }
}
