//! Who sees and who changes opportunities: as with deals. A seller changes their own, a lead those of the people of their
//! departments, executives and administrators anybody's and those without an owner. Finance and HR only read.

use super::steps::{self, State, Step};
use super::{Opportunity, Scope};
use crate::org::Viewer;
use crate::sales::policy::Reach;
use crate::web::context::Ctx;

/// Whose opportunities the reader sees.
pub fn scope(ctx: &Ctx) -> Scope {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    if viewer.everyone {
        return Scope::Everybody;
    }
    Scope::Of(ctx.company.organisation.visible_people(viewer))
}

/// Whose opportunities the actor changes.
pub fn reach(ctx: &Ctx) -> Reach {
    let visible = ctx.company.organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    Reach::of(&ctx.actor, visible.into_iter().collect())
}

/// What an actor may do with an opportunity that they see; templates show the forms by this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each form")]
pub struct Permits {
    /// Change what it says, and its next step.
    pub edit: bool,
    /// Move it, win it, lose it.
    pub decide: bool,
    /// Take it up again.
    pub reopen: bool,
    /// Ask the customer, who did not buy, what they think.
    pub ask: bool,
    /// Whether it could be taken up again once its order were undone.
    pub waits_for_order: bool,
}

impl Permits {
    /// What an actor who reaches so far may do now.
    pub fn of(reach: &Reach, one: &Opportunity) -> Self {
        let covered = reach.covers(one.draft.owner);
        let status = one.order.as_ref().map(|order| order.status);
        let may = |step| covered && steps::next(one.state, step, status).is_ok();
        Self {
            edit: covered && one.state == State::Open,
            decide: may(Step::Win),
            reopen: may(Step::Reopen),
            ask: covered && one.state == State::Lost && one.draft.customer.is_some(),
            waits_for_order: covered && one.state == State::Won && !may(Step::Reopen),
        }
    }
}
