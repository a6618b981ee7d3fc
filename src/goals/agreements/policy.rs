//! Which side of an agreement somebody is on, and who sees it.

use super::steps::Side;
use crate::auth::Actor;
use crate::goals::Subject;
use crate::goals::policy::{Place, may_set, sets_anywhere};
use crate::kernel::id::DepartmentId;

/// The side of `actor` in an agreement about a goal of `subject`, or nothing for onlookers. Whose goal it is stands on
/// their own side, even where they set the goals of everybody else. `above` is the department above a department,
/// `place` where a person stands.
pub fn side(
    actor: &Actor,
    subject: Subject,
    place: Option<Place>,
    above: Option<DepartmentId>,
) -> Option<Side> {
    match subject {
        Subject::Person(person) if actor.employee == Some(person) => Some(Side::Owner),
        Subject::Department(own) if leads_itself(actor, own) => Some(Side::Owner),
        Subject::Department(_) => {
            let from_above = above.is_some_and(|above| actor.leads_department(above));
            (from_above || sets_anywhere(actor)).then_some(Side::Setter)
        }
        Subject::Person(_) | Subject::Company(_) => may_set(actor, subject, place).then_some(Side::Setter),
    }
}

fn leads_itself(actor: &Actor, department: DepartmentId) -> bool {
    let home = actor.department.as_ref().map(|(id, _)| *id);
    home == Some(department) && actor.leads_department(department)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;
    use crate::kernel::id::{EmployeeId, UserId};

    const SALES: DepartmentId = DepartmentId(1);
    const NORTH: DepartmentId = DepartmentId(2);

    fn actor(id: i64, role: Role, home: DepartmentId, led: &[DepartmentId]) -> Actor {
        Actor {
            user: UserId(id),
            employee: Some(EmployeeId(id)),
            name: String::new(),
            email: String::new(),
            role,
            led: led.iter().copied().collect(),
            department: Some((home, String::new())),
            lang: None,
            theme: None,
            shortcuts: true,
            unread: 0,
        }
    }

    #[test]
    fn a_person_agrees_with_the_lead_above_and_peers_look_at_nothing() {
        let place = Some(Place { department: NORTH, above: Some(SALES), leads: false });
        let side = |actor: &Actor| side(actor, Subject::Person(EmployeeId(7)), place, None);
        assert_eq!(side(&actor(7, Role::Salesperson, NORTH, &[])), Some(Side::Owner));
        assert_eq!(side(&actor(8, Role::Salesperson, NORTH, &[])), None);
        assert_eq!(side(&actor(9, Role::Manager, NORTH, &[NORTH])), Some(Side::Setter));
        assert_eq!(side(&actor(7, Role::Executive, NORTH, &[])), Some(Side::Owner), "their own goal");
    }

    #[test]
    fn who_leads_a_department_owns_its_goal() {
        let side = |actor: &Actor| side(actor, Subject::Department(NORTH), None, Some(SALES));
        assert_eq!(side(&actor(9, Role::Manager, NORTH, &[NORTH])), Some(Side::Owner));
        assert_eq!(side(&actor(5, Role::Manager, SALES, &[SALES, NORTH])), Some(Side::Setter));
        assert_eq!(side(&actor(4, Role::Executive, SALES, &[])), Some(Side::Setter));
        assert_eq!(side(&actor(7, Role::Salesperson, NORTH, &[])), None);
    }
}
