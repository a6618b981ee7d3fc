//! Which follow-ups and cases exist for a reader, and whom they can be given to.

use std::collections::HashSet;

use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use crate::auth::accounts::Holder;
use crate::kernel::id::{DealId, DepartmentId, EmployeeId};
use crate::org::{DepartmentKind, Organisation, Person, Viewer};
use crate::process::{Sight, serves};
use crate::web::context::Ctx;
use crate::web::ui::Link;

/// What a reader sees, for statements.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// What is of these people, or of deals of theirs; everything when absent.
    pub people: Option<Vec<i64>>,
    /// And what these departments answer for.
    pub departments: Vec<i64>,
    /// And what this account has opened.
    pub user: i64,
}

impl Scope {
    /// The reader's.
    pub fn of(ctx: &Ctx) -> Self {
        let sight = sight(ctx);
        let own = ctx.actor.department.as_ref().map(|(id, _)| *id);
        let above = std::iter::successors(own, |id| ctx.company.organisation.department(*id)?.parent);
        let departments = above.filter(|id| is_below_the_company(&ctx.company.organisation, *id));
        let departments = departments.chain(ctx.actor.led.iter().copied()).map(|id| id.0).collect();
        let hidden = matches!(ctx.actor.role, crate::auth::Role::Hr);
        let departments = if hidden { Vec::new() } else { departments };
        Self { people: sight.only(), departments, user: ctx.actor.user.0 }
    }

    /// Narrows a statement over `x`, which has an owner, a department, a deal `d` and somebody who opened it.
    pub fn narrow(&self, query: &mut QueryBuilder<Postgres>) {
        let Some(people) = &self.people else { return };
        query.push(" and (x.owner_id = any(").push_bind(people.clone());
        query.push(") or x.department_id = any(").push_bind(self.departments.clone());
        query.push(") or x.opened_by = ").push_bind(self.user);
        query.push(" or d.employee_id = any(").push_bind(people.clone());
        query.push(
            ") or exists (select from deal_shares s where s.deal_id = x.deal_id and s.employee_id = any(",
        );
        query.push_bind(people.clone()).push(")))");
    }
}

/// What the reader sees of the process.
pub fn sight(ctx: &Ctx) -> Sight {
    Sight::new(&ctx.company.organisation, &ctx.actor, Viewer::new(&ctx.actor, ctx.today))
}

/// An order by its number: to its deal for those who see what it is worth, to its delivery for those who serve, to nothing for others.
pub fn order_link(ctx: &Ctx, deal: DealId, seller: Option<EmployeeId>, number: &str) -> Link {
    let sight = sight(ctx);
    let href = match (sight.shows_amounts(seller), sight.only()) {
        (true, _) => format!("/deals/{deal}"),
        (false, None) => format!("/orders/{deal}"),
        (false, Some(_)) => String::new(),
    };
    Link::new(href, ctx.l.tr("service-order-no", &[("no", number.into())]))
}

fn is_below_the_company(organisation: &Organisation, id: DepartmentId) -> bool {
    organisation.department(id).is_some_and(|department| department.parent.is_some())
}

/// The department that answers customers; the company where there is none.
pub fn service_department(organisation: &Organisation) -> Option<DepartmentId> {
    let service = organisation.departments.iter().find(|one| one.kind == DepartmentKind::Service);
    service.or_else(|| organisation.departments.first()).map(|department| department.id)
}

/// A department with everything below it, whose people all see what it answers for; nobody's where that is the company.
pub fn below(organisation: &Organisation, id: DepartmentId) -> HashSet<DepartmentId> {
    organisation.with_below(Some(id).filter(|id| is_below_the_company(organisation, *id)))
}

/// People who belong to a department on `day`, those below it included.
pub fn members(organisation: &Organisation, id: DepartmentId, day: NaiveDate) -> Vec<EmployeeId> {
    let inside = organisation.with_below([id]);
    organisation.people_on(day).filter(|one| inside.contains(&one.department)).map(|one| one.id).collect()
}

/// People whom the reader can give something to: those they see, those of their department, and those who serve.
pub fn reachable(ctx: &Ctx) -> Vec<&Person> {
    let organisation = &ctx.company.organisation;
    let mut known: HashSet<EmployeeId> = organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    let own = ctx.actor.department.as_ref().map(|(id, _)| *id);
    let near = |department: DepartmentId| Some(department) == own || serves(organisation, department);
    known.extend(organisation.people_on(ctx.today).filter(|one| near(one.department)).map(|one| one.id));
    let here = |person: &&Person| known.contains(&person.id) && person.stay_on(ctx.today).is_some();
    organisation.people.iter().filter(here).collect()
}

/// The one person that was typed, by name or employee number.
pub fn person(ctx: &Ctx, typed: &str) -> Result<EmployeeId, &'static str> {
    let typed = typed.trim();
    let key = typed.rsplit_once(" · ").map_or(typed, |(_, number)| number).to_lowercase();
    let reachable = reachable(ctx);
    let by = |text: fn(&Person) -> &str| {
        let found: Vec<_> = reachable.iter().filter(|person| text(person).to_lowercase() == key).collect();
        if let [one] = found.as_slice() { Some(one.id) } else { None }
    };
    by(|person| &person.employee_no).or_else(|| by(|person| &person.name)).ok_or("service-error-person")
}

/// Whether the holder of an account sees something of `owner`, sold by `seller`, for which `department` is responsible.
pub fn reads(
    organisation: &Organisation,
    holder: &Holder,
    today: NaiveDate,
    people: &[EmployeeId],
    department: DepartmentId,
) -> bool {
    if holder.role.reads_everyone() {
        return true;
    }
    let Some(own) = holder.employee else { return false };
    let stay = organisation.person(own).and_then(|person| person.stay_on(today));
    let inside = below(organisation, department);
    let near = |id| serves(organisation, id) || inside.contains(&id);
    stay.is_some_and(|stay| near(stay.department)) || people.contains(&own) || {
        let viewer = Viewer { employee: Some(own), everyone: false, today };
        stay.is_some_and(|stay| stay.lead) && people.iter().any(|one| organisation.shows_person(viewer, *one))
    }
}
