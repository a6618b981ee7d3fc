//! A scenario with its tree: who is in it, what they reached, which goals they have, and what the scenario gives them.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::asked::{self, Asked};
use super::methods::Past;
use super::node::{Change, Node, Part};
use super::planner::Planner;
use super::tree::Tree;
use super::{Scenario, ScenarioId, Scope, sees, store};
use crate::attainment::service::{self, Span};
use crate::error::{AppError, Found, Result};
use crate::goals::structure::{self, Department, Member, Structure};
use crate::goals::{Goal, GoalFilter, Subject, list, periods, plan};
use crate::kernel::period::Period;
use crate::org::Person;

/// More people than a form can hold.
const MOST: usize = 3_000;

/// Everything that a page needs of a scenario's tree.
pub(super) struct Sheet {
    /// The tree with the scenario's targets.
    pub tree: Tree,
    /// The goals that are there, of whom the tree holds.
    pub goals: HashMap<Subject, Goal>,
}

/// A scenario, if the reader may know of it; held until the transaction ends when `hold`.
pub(super) async fn find<'a>(
    conn: &mut PgConnection,
    by: impl Into<Planner<'a>>,
    id: ScenarioId,
    hold: bool,
) -> Result<Scenario> {
    let by = by.into();
    let scenario = store::find(conn, id, false, hold).await?.found()?;
    if sees(by.actor, &scenario.scope) { Ok(scenario) } else { Err(AppError::NotFound) }
}

impl Sheet {
    /// The tree of a scenario.
    pub async fn load<'a>(
        conn: &mut PgConnection,
        by: impl Into<Planner<'a>>,
        scenario: &Scenario,
    ) -> Result<Self> {
        let by = by.into();
        let targets = store::targets(conn, &[scenario.id]).await?.remove(&scenario.id).unwrap_or_default();
        Self::with(conn, by, &scenario.scope, &targets, false).await
    }

    /// The same with everybody who belongs to it, also those who are not planned as a rule.
    pub async fn load_everybody<'a>(
        conn: &mut PgConnection,
        by: impl Into<Planner<'a>>,
        scenario: &Scenario,
    ) -> Result<Self> {
        let by = by.into();
        let targets = store::targets(conn, &[scenario.id]).await?.remove(&scenario.id).unwrap_or_default();
        Self::with(conn, by, &scenario.scope, &targets, true).await
    }

    /// The tree of what `scope` plans, with these targets. Leads, and departments that do not sell, are in it where they have
    /// a goal, a target or a past; or when `everybody` is.
    pub async fn with<'a>(
        conn: &mut PgConnection,
        by: impl Into<Planner<'a>>,
        scope: &Scope,
        targets: &[(Part, i64)],
        everybody: bool,
    ) -> Result<Self> {
        let (by, kind) = (by.into(), scope.kind);
        let viewer = by.viewer();
        let structure = structure::of(&by.company.organisation, viewer, &kind.period);
        structure.department(scope.department).found()?;
        let mut subjects = structure.subtree(scope.department);
        subjects.truncate(MOST);
        let filter = GoalFilter { subjects: Some(subjects.clone()), ..GoalFilter::of_kind(kind) };
        let goals = list(conn, viewer, &filter).await?;
        let goals: HashMap<Subject, Goal> = goals.into_iter().map(|goal| (goal.subject, goal)).collect();
        let pasts = pasts(conn, by, scope, &subjects).await?;
        let targets: HashMap<Part, i64> = targets.iter().copied().collect();
        let builder = Builder {
            by,
            structure: &structure,
            period: kind.period,
            pasts,
            goals: &goals,
            targets: &targets,
            everybody,
        };
        Ok(Self { tree: builder.tree(scope), goals })
    }

    /// Takes what was typed or read from a file into the tree. Answers what that changed.
    pub fn enter(&mut self, targets: &[(usize, Option<i64>)]) -> Vec<Change> {
        let before = self.tree.clone();
        for (at, target) in targets {
            self.tree.0[*at].target = *target;
        }
        self.tree.changes_since(&before)
    }
}

async fn pasts(
    conn: &mut PgConnection,
    by: Planner<'_>,
    scope: &Scope,
    subjects: &[Subject],
) -> Result<HashMap<Subject, Past>> {
    let kind = scope.kind;
    let span = |subject: &Subject, period: Period| Span {
        subject: *subject,
        category: kind.category,
        period,
        basis: scope.basis,
    };
    let earlier = |found: Option<Period>| found.unwrap_or(kind.period);
    let year = earlier(periods::year_before(&kind.period));
    let before = earlier(periods::previous(by.company.fiscal, &kind.period));
    let mut spans: Vec<Span> = subjects.iter().map(|subject| span(subject, year)).collect();
    spans.extend(subjects.iter().map(|subject| span(subject, before)));
    let totals = service::totals(conn, &spans).await?;
    let (years, befores) = totals.split_at(subjects.len());
    let past = |((subject, year), before): ((&Subject, &service::Totals), &service::Totals)| {
        let (last_year, last_period) = (year.of(kind.metric), before.of(kind.metric));
        (*subject, Past { last_year, last_period, capacity: 0, people: 1 })
    };
    Ok(subjects.iter().zip(years).zip(befores).map(past).collect())
}

struct Builder<'a> {
    by: Planner<'a>,
    structure: &'a Structure,
    period: Period,
    pasts: HashMap<Subject, Past>,
    goals: &'a HashMap<Subject, Goal>,
    targets: &'a HashMap<Part, i64>,
    everybody: bool,
}

impl Builder<'_> {
    fn tree(&self, scope: &Scope) -> Tree {
        let mut tree = Tree::default();
        if let Some(top) = self.structure.department(scope.department) {
            self.department(&mut tree, top, None);
        }
        tree
    }

    /// Adds a department with whoever is planned below it. One that does not sell, and has nothing to plan below, is left
    /// out again.
    fn department(&self, tree: &mut Tree, of: &Department, above: Option<usize>) {
        let at = tree.0.len();
        let sells = of.kind == "sales" || above.is_none();
        let reference = self.by.company.organisation.department(of.id).map(|view| view.code.clone());
        tree.0.push(self.node(tree, (of.subject(), &of.name, reference), above, sells));
        for below in self.structure.below(of.id) {
            self.department(tree, below, Some(at));
        }
        let sellers = of.kind == "sales" || above.is_none() && !of.is_company();
        for member in self.structure.people_in(of.id) {
            self.person(tree, member, at, (sellers && !member.lead, sells));
        }
        let below = tree.0[at + 1..].iter().filter(|node| node.subject.employee().is_some());
        let below = below.fold(Past::default(), |sum, node| Past {
            people: sum.people + 1,
            capacity: sum.capacity + node.past.capacity,
            ..sum
        });
        // a department without people is a part like one person
        tree.0[at].past.people = below.people.max(1);
        tree.0[at].past.capacity = below.capacity;
        if tree.0.len() == at + 1 && !sells && !self.has_reason(&tree.0[at], false) {
            tree.0.pop();
        }
    }

    fn person(&self, tree: &mut Tree, member: &Member, above: usize, (sells, in_sales): (bool, bool)) {
        let organisation = &self.by.company.organisation;
        let person = organisation.person(member.id);
        let reference = person.map(|person| person.employee_no.clone());
        let activity = person.and_then(Person::activity).filter(|activity| activity.touches(&self.period));
        let mut node =
            self.node(tree, (Subject::Person(member.id), &member.name, reference), Some(above), sells);
        let asked = Asked::of(&self.by.company.calendar, self.period, activity);
        node.past.capacity = asked.parts;
        // goals that are there may count as they stand; new ones of people never do
        let as_it_stands = self.goals.get(&node.subject).is_some_and(|goal| !goal.terms.prorated);
        node.asked = if as_it_stands { Asked::default() } else { asked };
        if sells || self.has_reason(&node, in_sales) {
            tree.0.push(node);
        }
    }

    /// Whether somebody who does not sell by their place is planned all the same: a lead who sells, say.
    fn has_reason(&self, node: &Node, in_sales: bool) -> bool {
        let reached = node.past.last_year > 0 || node.past.last_period > 0;
        self.everybody || node.target.is_some() || node.present.is_some() || reached && in_sales
    }

    fn node(
        &self,
        tree: &Tree,
        (subject, name, reference): (Subject, &str, Option<String>),
        above: Option<usize>,
        sells: bool,
    ) -> Node {
        Node {
            subject,
            name: name.to_owned(),
            reference: reference.unwrap_or_default(),
            level: above.map_or(0, |above| tree.0[above].level + 1),
            above,
            sells,
            may_set: plan::sets(self.by.actor, self.structure, subject),
            past: self.pasts.get(&subject).copied().unwrap_or_default(),
            asked: Asked::default(),
            present: self.goals.get(&subject).map(|goal| asked::of_goal(self.by.company, goal)),
            target: self.targets.get(&Part::of(subject)).copied(),
        }
    }
}
