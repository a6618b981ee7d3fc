//! Who belonged to a department in a period.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};

use crate::attainment::service::Span;
use crate::attainment::view::Kind;
use crate::goals::Subject;
use crate::kernel::basis::Basis;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;
use crate::org::{Organisation, Person, Viewer};

/// How long somebody counts as a new starter.
const NEW_FOR: Days = Days::new(90);

/// Somebody who belonged to a department, or to one below it, on at least one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub id: EmployeeId,
    /// The company's number for them.
    pub employee_no: String,
    /// Full name.
    pub name: String,
    /// The department they belonged to last.
    pub department: DepartmentId,
    /// Whether they led it.
    pub leads: bool,
    /// The first day they belonged.
    pub joined_on: NaiveDate,
    /// The first day they no longer belonged; nothing while they still do.
    pub gone_on: Option<NaiveDate>,
    /// The first day employed.
    pub started_on: NaiveDate,
}

impl Member {
    /// What they sold that goals of a sort count.
    pub const fn span(&self, kind: Kind, basis: Basis) -> Span {
        Span { subject: Subject::Person(self.id), category: kind.category, period: kind.period, basis }
    }

    /// The day they came, where they came in `period`.
    pub fn joined_in(&self, period: Period) -> Option<NaiveDate> {
        (self.joined_on > period.start && self.joined_on < period.end).then_some(self.joined_on)
    }

    /// Their last day, where they went before the end of `period`.
    pub fn left_in(&self, period: Period) -> Option<NaiveDate> {
        self.gone_on.filter(|day| *day < period.end)?.pred_opt()
    }

    /// Whether they started lately, seen from `day`.
    pub fn is_new(&self, day: NaiveDate) -> bool {
        self.started_on.checked_add_days(NEW_FOR).is_some_and(|settled| settled > day)
    }
}

/// Everybody who belonged to the department or one below it on any day of `period` and whom the viewer may see, by
/// name.
pub fn list(
    organisation: &Organisation,
    viewer: Viewer,
    department: DepartmentId,
    period: Period,
) -> Vec<Member> {
    let (inside, seen) = (organisation.with_below([department]), organisation.visible_people(viewer));
    let people = organisation.people.iter().filter(|person| seen.contains(&person.id));
    people.filter_map(|person| member(person, &inside, period)).collect()
}

fn member(person: &Person, inside: &HashSet<DepartmentId>, period: Period) -> Option<Member> {
    let there = || {
        let stays = person.stays.iter();
        stays.filter(|stay| inside.contains(&stay.department) && stay.overlaps(&period))
    };
    let (first, last) = (there().next()?, there().next_back()?);
    Some(Member {
        id: person.id,
        employee_no: person.employee_no.clone(),
        name: person.name.clone(),
        department: last.department,
        leads: there().any(|stay| stay.lead),
        joined_on: first.from,
        gone_on: last.end,
        started_on: person.hired_on.or_else(|| Some(person.stays.first()?.from)).unwrap_or(first.from),
    })
}
