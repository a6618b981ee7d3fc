//! How a goal is measured, beside its target: whether less is asked of those who were not there for all of it, how its
//! weight falls over the months, its part in the weighted score, and on which basis sales count for it.

use chrono::NaiveDate;

use crate::attainment::engine::TargetVersion;
use crate::attainment::fair::{Activity, Season, Terms};
use crate::attainment::service::Span;
use crate::kernel::basis::Basis;
use crate::org::Organisation;

use super::{Goal, GoalDraft, Subject};

/// What can be set about how a goal is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoalTerms {
    /// Whether a person's target is for a whole period, so that less is asked of those who join, leave, learn or are away.
    pub prorated: bool,
    /// How the months compare; nothing when they are alike.
    pub season: Option<Season>,
    /// Its part in the weighted score of its subject, in percent; nothing when it has none.
    pub weight: Option<i16>,
    /// Whether a sale counts when it is booked or as it is delivered.
    pub basis: Basis,
}

impl Goal {
    /// What it counts, as the ledger is asked for it.
    pub fn span(&self) -> Span {
        Span {
            subject: self.subject,
            category: self.category.as_ref().map(|(id, _)| *id),
            period: self.period,
            basis: self.terms.basis,
        }
    }

    /// The terms as the engine takes them.
    pub fn engine_terms(&self, organisation: &Organisation) -> Terms {
        Terms { season: self.terms.season, activity: self.activity(organisation) }
    }

    fn activity(&self, organisation: &Organisation) -> Option<Activity> {
        let Subject::Person(id) = self.subject else { return None };
        // a share or an average asks for the same on every day
        let lowers = self.terms.prorated && self.metric.adds_up();
        let person = organisation.person(id).filter(|_| lowers)?;
        // somebody who works in full all the time is asked for all of it: nothing to work out
        person.activity().filter(|activity| activity.touches(&self.period))
    }

    /// Number of the latest version that is in force on `day`, held inside the period.
    pub fn version_on(&self, day: NaiveDate) -> i32 {
        let day = day.clamp(self.period.start, self.period.last_day());
        let later = self.versions.iter().skip(1).rev().find(|version| version.effective_on <= day);
        later.or(self.versions.first()).map_or(1, |version| version.number)
    }

    /// The versions as the engine takes them.
    pub fn targets(&self) -> Vec<TargetVersion> {
        let target = |v: &super::GoalVersion| TargetVersion {
            target: v.target,
            effective_on: v.effective_on,
            from_here: v.from_here,
        };
        self.versions.iter().map(target).collect()
    }
}

impl GoalDraft {
    /// The basis that is asked for; what is not counted in sales has none but the first.
    pub fn asked_basis(&self) -> Option<Basis> {
        if self.metric.is_of_sales() { self.basis } else { Some(Basis::Booked) }
    }
}
