//! Who may set, revise and remove goals, and who sees whether the parts of a goal add up.

use super::Subject;
use crate::auth::{Actor, Role};
use crate::kernel::id::DepartmentId;

/// Where a person stands in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Their department.
    pub department: DepartmentId,
    /// The department above it.
    pub above: Option<DepartmentId>,
    /// Whether they lead their department.
    pub leads: bool,
}

/// Whether the actor sets goals at all: executives and administrators anywhere, leads below them.
pub fn sets_goals(actor: &Actor) -> bool {
    sets_anywhere(actor) || actor.leads()
}

/// Whether the actor may set, revise and remove the goals of `subject`. A lead's own goal, like that of everyone who
/// leads a department, is set by the lead above. `place` is where a person stands; departments have none.
pub fn may_set(actor: &Actor, subject: Subject, place: Option<Place>) -> bool {
    sets_anywhere(actor)
        || match subject {
            Subject::Company(root) => actor.leads_department(root),
            Subject::Department(department) => actor.leads_department(department),
            Subject::Person(person) => {
                let over = place.and_then(|p| if p.leads { p.above } else { Some(p.department) });
                actor.employee != Some(person) && over.is_some_and(|id| actor.leads_department(id))
            }
        }
}

/// Whether the actor may set the goals of everybody in `department` at once.
pub fn may_plan(actor: &Actor, department: DepartmentId) -> bool {
    sets_anywhere(actor) || actor.leads_department(department)
}

/// Whether the actor sees every part of the department's goal, so that a sum of the parts tells them the truth.
pub fn sees_parts(actor: &Actor, department: DepartmentId) -> bool {
    actor.reads_everyone() || actor.leads_department(department)
}

/// Whether the actor sets the goals of everybody.
pub(super) fn sets_anywhere(actor: &Actor) -> bool {
    matches!(actor.role, Role::Executive | Role::Admin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::{EmployeeId, UserId};

    const NORTH: DepartmentId = DepartmentId(2);
    const SALES: DepartmentId = DepartmentId(1);

    fn actor(role: Role, led: &[DepartmentId]) -> Actor {
        Actor {
            user: UserId(1),
            employee: Some(EmployeeId(7)),
            name: "Karin".into(),
            email: "karin@nordhem.example".into(),
            role,
            led: led.iter().copied().collect(),
            department: None,
            lang: None,
            theme: None,
            shortcuts: true,
            unread: 0,
        }
    }

    fn in_north(leads: bool) -> Place {
        Place { department: NORTH, above: Some(SALES), leads }
    }

    #[test]
    fn a_lead_sets_goals_below_but_not_their_own() {
        let karin = actor(Role::Manager, &[NORTH]);
        let (elias, herself) = (Subject::Person(EmployeeId(8)), Subject::Person(EmployeeId(7)));
        assert!(may_set(&karin, elias, Some(in_north(false))));
        assert!(may_set(&karin, Subject::Department(NORTH), None));
        assert!(!may_set(&karin, herself, Some(in_north(true))), "the lead above does that");
        assert!(!may_set(&karin, elias, Some(in_north(true))), "nor that of another lead of the department");
        assert!(!may_set(&karin, elias, Some(Place { department: SALES, above: None, leads: false })));
        assert!(!may_set(&karin, elias, None), "in no department");
        assert!(!may_set(&karin, Subject::Company(DepartmentId(9)), None));
        assert!(may_set(&actor(Role::Manager, &[SALES, NORTH]), elias, Some(in_north(true))));
    }

    #[test]
    fn executives_and_administrators_set_goals_anywhere_and_nobody_else_without_a_department() {
        let (me, company) = (Subject::Person(EmployeeId(7)), Subject::Company(DepartmentId(9)));
        for role in Role::ALL {
            let may = matches!(role, Role::Executive | Role::Admin);
            let someone = actor(role, &[]);
            assert_eq!(may_set(&someone, me, Some(in_north(false))), may, "{role:?}");
            assert_eq!(may_set(&someone, company, None), may, "{role:?}");
            assert_eq!((sets_goals(&someone), may_plan(&someone, NORTH)), (may, may), "{role:?}");
            assert_eq!(sees_parts(&someone, NORTH), role.reads_everyone(), "{role:?}");
        }
    }
}
