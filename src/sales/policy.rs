//! Who may log, change and take back deals.
//!
//! A seller does so for themselves, a lead for the people of their departments, executives and administrators for
//! anybody and for the house. Finance and HR only read.

use chrono::{DateTime, Duration, Utc};

use super::DealStatus;
use crate::auth::{Actor, Role};
use crate::kernel::id::{EmployeeId, UserId};

/// For how many days a deal can be undone or brought back; later it is cancelled instead.
const UNDO_DAYS: i64 = 30;

/// Whose deals an actor may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anybody's, and house sales.
    Everybody,
    /// Those of these people.
    People(Vec<EmployeeId>),
}

impl Reach {
    /// The reach of an actor who sees the figures of `visible`.
    pub fn of(actor: &Actor, visible: Vec<EmployeeId>) -> Self {
        match actor.role {
            Role::Executive | Role::Admin => Self::Everybody,
            Role::Hr | Role::Finance => Self::People(Vec::new()),
            Role::Salesperson | Role::Support | Role::Manager => Self::People(visible),
        }
    }

    /// Whether deals of `owner` (nobody: the house) may be logged, changed and cancelled.
    pub fn covers(&self, owner: Option<EmployeeId>) -> bool {
        match self {
            Self::Everybody => true,
            Self::People(people) => owner.is_some_and(|owner| people.contains(&owner)),
        }
    }
}

/// What decides who may do what with a stored deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is; nobody for a house sale.
    pub owner: Option<EmployeeId>,
    /// Where it stands.
    pub status: DealStatus,
    /// The account that logged it.
    pub logged_by: Option<UserId>,
    /// When.
    pub logged_at: DateTime<Utc>,
    /// Whether some of it was delivered: what the customer has cannot be as if it had never been.
    pub brought: bool,
}

/// What an actor may do with a deal that they see; templates show the buttons by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each button")]
pub struct Permits {
    /// Change customer, lines, shares and the rest.
    pub edit: bool,
    /// Cancel it, or note what came back.
    pub cancel: bool,
    /// Take a cancellation back.
    pub reinstate: bool,
    /// Take the whole deal back as if it had never been.
    pub undo: bool,
    /// Bring back what was undone.
    pub redo: bool,
}

impl Permits {
    /// What `actor`, who reaches so far, may do now.
    pub fn of(actor: &Actor, reach: &Reach, deal: &Standing, now: DateTime<Utc>) -> Self {
        let covered = reach.covers(deal.owner);
        let answers = covered && (actor.leads() || *reach == Reach::Everybody);
        let own = covered && deal.logged_by == Some(actor.user);
        let in_time = now - deal.logged_at <= Duration::days(UNDO_DAYS);
        let takes_back = (own || answers) && in_time;
        Self {
            edit: covered && deal.status == DealStatus::Booked,
            cancel: covered && deal.status == DealStatus::Booked,
            reinstate: covered && deal.status == DealStatus::Cancelled,
            undo: takes_back && deal.status == DealStatus::Booked && !deal.brought,
            redo: takes_back && deal.status == DealStatus::Undone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::DepartmentId;

    fn actor(role: Role, led: Vec<DepartmentId>) -> Actor {
        Actor {
            user: UserId(1),
            employee: Some(EmployeeId(1)),
            name: String::new(),
            email: String::new(),
            role,
            led: led.into_iter().collect(),
            department: None,
            lang: None,
            theme: None,
            shortcuts: true,
            unread: 0,
        }
    }

    fn permits(role: Role, visible: &[i64], owner: Option<i64>, deal: (DealStatus, i64, i64)) -> Permits {
        let (status, logged_by, days_ago) = deal;
        let led = if visible.len() > 1 { vec![DepartmentId(1)] } else { Vec::new() };
        let actor = actor(role, led);
        let reach = Reach::of(&actor, visible.iter().map(|id| EmployeeId(*id)).collect());
        let now = DateTime::UNIX_EPOCH + Duration::days(100);
        let logged_at = now - Duration::days(days_ago);
        let owner = owner.map(EmployeeId);
        let deal = Standing { owner, status, logged_by: Some(UserId(logged_by)), logged_at, brought: false };
        Permits::of(&actor, &reach, &deal, now)
    }

    const BOOKED: (DealStatus, i64, i64) = (DealStatus::Booked, 1, 0);
    const ALL: Permits = Permits { edit: true, cancel: true, undo: true, reinstate: false, redo: false };

    #[test]
    fn a_seller_writes_their_own_deals_and_no_others() {
        assert_eq!(permits(Role::Salesperson, &[1], Some(1), BOOKED), ALL);
        assert_eq!(permits(Role::Salesperson, &[1], Some(2), BOOKED), Permits::default());
        assert_eq!(permits(Role::Salesperson, &[1], None, BOOKED), Permits::default());
    }

    #[test]
    fn a_lead_writes_for_their_people_and_those_above_for_anybody() {
        let others = (DealStatus::Booked, 9, 0);
        assert_eq!(permits(Role::Manager, &[1, 2], Some(2), others), ALL);
        assert_eq!(permits(Role::Manager, &[1, 2], Some(3), others), Permits::default());
        assert_eq!(permits(Role::Manager, &[1, 2], None, others), Permits::default());
        for role in [Role::Executive, Role::Admin] {
            assert_eq!(permits(role, &[1], Some(3), others), ALL);
            assert_eq!(permits(role, &[1], None, others), ALL);
        }
    }

    #[test]
    fn finance_and_hr_only_read() {
        for role in [Role::Finance, Role::Hr] {
            assert_eq!(permits(role, &[1, 2, 3], Some(1), BOOKED), Permits::default());
        }
    }

    #[test]
    fn undo_is_for_the_one_who_logged_it_and_for_thirty_days() {
        let own = Permits { undo: false, ..ALL };
        assert!(permits(Role::Salesperson, &[1], Some(1), (DealStatus::Booked, 1, 30)).undo);
        assert_eq!(permits(Role::Salesperson, &[1], Some(1), (DealStatus::Booked, 1, 31)), own);
        assert_eq!(
            permits(Role::Salesperson, &[1], Some(1), (DealStatus::Booked, 9, 0)),
            own,
            "logged by the lead"
        );
        assert!(permits(Role::Salesperson, &[1], Some(1), (DealStatus::Undone, 1, 0)).redo);
        assert!(!permits(Role::Salesperson, &[1], Some(1), (DealStatus::Undone, 1, 0)).edit);
        assert!(permits(Role::Manager, &[1, 2], Some(2), (DealStatus::Cancelled, 9, 90)).reinstate);
    }
}
