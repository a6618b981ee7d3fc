//! All goals of one sort that a reader may see, over the tree of departments: figures, and whether parts add up.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;

use super::members::Member;
use crate::attainment::coverage::Coverage;
use crate::attainment::service::{self, AsOf, GoalFigures, Span};
use crate::attainment::view::Kind;
use crate::error::Result;
use crate::goals::{Subject, Viewer, remembered};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::{DepartmentView, Person};
use crate::web::context::Ctx;

/// The goals of one sort in a department and below it.
pub struct Board {
    /// Every department, parents before those below them.
    pub tree: Vec<DepartmentView>,
    goals: HashMap<Subject, GoalFigures>,
    /// What people without a goal have sold.
    sold: HashMap<Subject, i64>,
    /// Where its people belong on the last day that has been.
    homes: Vec<(EmployeeId, DepartmentId)>,
}

impl Board {
    /// Loads the goals of `kind` that the reader may see, of the department and all below it; and what those of
    /// `members` have sold who have none.
    pub async fn load(
        conn: &mut PgConnection,
        ctx: &Ctx,
        (at, kind): (AsOf, Kind),
        department: DepartmentId,
        members: &[Member],
    ) -> Result<Self> {
        let (company, viewer) = (&ctx.company, Viewer::new(&ctx.actor, ctx.today));
        let inside = company.organisation.with_below([department]);
        let day = at.day.clamp(kind.period.start, kind.period.last_day());
        let home = |person: &Person| Some((person.id, person.stay_on(day)?.department));
        let homes: Vec<(EmployeeId, DepartmentId)> = company
            .organisation
            .people
            .iter()
            .filter_map(home)
            .filter(|(_, home)| inside.contains(home))
            .collect();
        let mut people: HashSet<EmployeeId> = homes.iter().map(|(person, _)| *person).collect();
        people.extend(members.iter().map(|member| member.id));
        let mut goals = remembered::of_kind(conn, &ctx.app.goals, company, viewer, kind).await?;
        goals.retain(|goal| match goal.subject {
            Subject::Person(id) => people.contains(&id),
            Subject::Department(id) | Subject::Company(id) => inside.contains(&id),
        });
        let with_goals: HashSet<Subject> = goals.iter().map(|goal| goal.subject).collect();
        let without = members.iter().map(|member| member.span(kind, company.basis));
        let without: Vec<Span> = without.filter(|span| !with_goals.contains(&span.subject)).collect();
        let (figures, sold) = service::figures_and_totals(conn, company, at, (goals, &without)).await?;
        let sold = without.iter().zip(sold).map(|(span, totals)| (span.subject, totals.of(kind.metric)));
        Ok(Self {
            tree: company.organisation.departments.clone(),
            goals: figures.into_iter().map(|goal| (goal.goal.subject, goal)).collect(),
            sold: sold.collect(),
            homes,
        })
    }

    /// What a person has sold who is a member of the department, with a goal or without.
    pub fn sold_by(&self, id: EmployeeId) -> i64 {
        let subject = Subject::Person(id);
        let sold = || self.sold.get(&subject).copied().unwrap_or_default();
        self.goals.get(&subject).map_or_else(sold, |goal| goal.figures.actual)
    }

    /// The goal of a department, or of the company for its root.
    pub fn of_department(&self, id: DepartmentId) -> Option<&GoalFigures> {
        self.goals.get(&Subject::Department(id)).or_else(|| self.goals.get(&Subject::Company(id)))
    }

    /// The goal of a person.
    pub fn of_person(&self, id: EmployeeId) -> Option<&GoalFigures> {
        self.goals.get(&Subject::Person(id))
    }

    /// A department by its id.
    pub fn department(&self, id: DepartmentId) -> Option<&DepartmentView> {
        self.tree.iter().find(|department| department.id == id)
    }

    /// The departments directly below one.
    pub fn below(&self, id: DepartmentId) -> impl Iterator<Item = &DepartmentView> {
        self.tree.iter().filter(move |department| department.parent == Some(id))
    }

    /// From the company down to the department.
    pub fn path(&self, id: DepartmentId) -> Vec<&DepartmentView> {
        let mut path: Vec<&DepartmentView> =
            std::iter::successors(self.department(id), |at| at.parent.and_then(|id| self.department(id)))
                .collect();
        path.reverse();
        path
    }

    /// The goal of a department against the goals below it; nothing where it has none, or none below.
    pub fn coverage(&self, id: DepartmentId) -> Option<Coverage> {
        let parent = self.of_department(id)?.figures.effective_target;
        let parts = self.parts(id);
        let adds_up = self.of_department(id)?.goal.metric.adds_up();
        (adds_up && !parts.is_empty()).then(|| Coverage { parent, parts: parts.iter().sum() })
    }

    /// The targets below a department: of departments that have one, else of what is below those, and of the
    /// people directly in it.
    pub fn parts(&self, id: DepartmentId) -> Vec<i64> {
        let people =
            self.homes.iter().filter(|(_, home)| *home == id).filter_map(|(who, _)| self.of_person(*who));
        let mut parts: Vec<i64> = people.map(|goal| goal.figures.effective_target).collect();
        for child in self.below(id) {
            match self.of_department(child.id) {
                Some(goal) => parts.push(goal.figures.effective_target),
                None => parts.extend(self.parts(child.id)),
            }
        }
        parts
    }

    /// Goals of the company and of departments at or below `id`.
    pub fn departments_with_goals(&self, id: DepartmentId) -> Vec<&GoalFigures> {
        let inside = self.subtree(id);
        inside.iter().filter_map(|department| self.of_department(*department)).collect()
    }

    /// Goals of the people who belong to the department or one below it.
    pub fn people_with_goals(&self, id: DepartmentId) -> Vec<&GoalFigures> {
        let inside = self.subtree(id);
        let people = self.homes.iter().filter(|(_, home)| inside.contains(home));
        people.filter_map(|(who, _)| self.of_person(*who)).collect()
    }

    fn subtree(&self, id: DepartmentId) -> Vec<DepartmentId> {
        let mut inside = vec![id];
        for department in &self.tree {
            if department.parent.is_some_and(|parent| inside.contains(&parent)) {
                inside.push(department.id);
            }
        }
        inside
    }
}
