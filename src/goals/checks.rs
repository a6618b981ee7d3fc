//! The coverage check in sentences: what nobody has, what is over, and whose goal is missing.

use super::cascade::Node;
use super::{Subject, periods, policy};
use crate::attainment::coverage::{Coverage, Covered};
use crate::attainment::view::{Kind, Measure, Reader};
use crate::web::context::Ctx;
use crate::web::ui::{self, Html};

/// More findings than these are left to the rows of the cascade.
const SHOWN: usize = 6;

/// A finding, most pressing first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `off`, `risk` or `on`.
    pub state: &'static str,
    /// The finding; printed bold.
    pub lead: String,
    /// What it rests on.
    pub rest: String,
    /// What can be done about it: words and address, for those who may.
    pub action: Option<(String, String)>,
}

impl Check {
    /// The shape of its state.
    pub fn icon(&self) -> Html {
        ui::icon_class(&format!("st-{}", self.state), &format!("i--fill t-{}", self.state))
    }
}

/// What of the department's goal is on nobody, as far as the reader sees all its parts.
pub fn lack(ctx: &Ctx, node: &Node) -> Option<i64> {
    match covered(ctx, node)? {
        Covered::Unassigned(lack) => Some(lack),
        Covered::Exact | Covered::Buffer(_) => None,
    }
}

fn covered(ctx: &Ctx, node: &Node) -> Option<Covered> {
    let department = node.department()?;
    let parts = node.parts();
    let known = node.goal.is_some() && !parts.is_empty() && policy::sees_parts(&ctx.actor, department);
    let sum = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
    known.then(|| Coverage { parent: node.target(), parts: sum }.state())
}

/// "Karin Lindqvist · 8 people" under a department, nothing under a person.
pub fn note(ctx: &Ctx, node: &Node) -> String {
    let leads = match node.subject {
        Subject::Person(_) => return String::new(),
        Subject::Company(_) if node.leads.is_empty() => ctx.l.t("goals-of-company"),
        _ if node.leads.is_empty() => ctx.l.t("goals-no-lead"),
        _ => node.leads.join(", "),
    };
    if node.people == 0 {
        return leads;
    }
    format!("{leads} · {}", ctx.l.tr("goals-people", &[("n", node.people.into())]))
}

/// The form for the goal that `node` lacks; what its parts already have is proposed.
pub fn new_goal_href(ctx: &Ctx, kind: Kind, node: &Node) -> String {
    let subject = match (node.subject.employee(), node.subject.department()) {
        (Some(person), _) => format!("person={person}"),
        (_, Some(department)) => format!("department={department}"),
        _ => String::new(),
    };
    let category = kind.category.map(|id| format!("&category={id}")).unwrap_or_default();
    let sum = node.parts().iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
    let unit = super::wording::Denomination { metric: kind.metric, currency: ctx.company.currency };
    let target = if sum > 0 { format!("&target={}", unit.plain(sum)) } else { String::new() };
    let (metric, period) = (kind.metric.code(), periods::code(&kind.period));
    format!("/goals/new?{subject}&metric={metric}&period={period}{category}{target}")
}

/// The findings of a cascade.
pub fn of(ctx: &Ctx, kind: Kind, root: &Node) -> Vec<Check> {
    let all = root.walk();
    let mut lacking: Vec<(&Node, i64)> =
        all.iter().filter_map(|node| Some((*node, lack(ctx, node)?))).collect();
    lacking.sort_by_key(|(_, lack)| std::cmp::Reverse(*lack));
    let lacking = lacking.into_iter().map(|(node, lack)| unassigned(ctx, kind, node, lack));
    let missing = all.iter().filter_map(|node| without_goal(ctx, kind, node));
    let led = |node: &&&Node| matches!(node.subject, Subject::Department(_)) && node.goal.is_some();
    let vacant = all.iter().filter(led).filter(|node| node.leads.is_empty()).map(|node| no_lead(ctx, node));
    let even = all.iter().filter_map(|node| match covered(ctx, node)? {
        Covered::Buffer(more) => Some(buffer(ctx, kind, node, more)),
        Covered::Exact if node.department() == root.department() => Some(exact(ctx, node)),
        _ => None,
    });
    lacking.chain(missing).chain(vacant).chain(even).take(SHOWN).collect()
}

fn unassigned(ctx: &Ctx, kind: Kind, node: &Node, lack: i64) -> Check {
    let measure = Measure::new(Reader::of(ctx), kind.metric);
    let sum = node.target().saturating_sub(lack);
    let may = policy::may_set(&ctx.actor, node.subject, None);
    let goal = node.goal.as_ref().filter(|_| may).map(|of| of.goal.id);
    Check {
        // a tenth of the goal is no detail any more
        state: if lack.saturating_mul(10) >= node.target() { "off" } else { "risk" },
        lead: ctx.l.tr(
            "goals-check-lack",
            &[("name", (&node.name).into()), ("amount", measure.amount(lack).into())],
        ),
        rest: ctx.l.tr(
            "goals-check-sum",
            &[("parts", measure.said(sum).into()), ("whole", measure.said(node.target()).into())],
        ),
        action: goal.map(|id| (ctx.l.t("goals-assign"), format!("/goals/{id}/assign"))),
    }
}

fn without_goal(ctx: &Ctx, kind: Kind, node: &Node) -> Option<Check> {
    let department = node.department()?;
    let missing = node.children.iter().filter(|c| c.department().is_none() && c.goal.is_none()).count();
    if missing == 0 || !policy::sees_parts(&ctx.actor, department) {
        return None;
    }
    let (metric, period) = (kind.metric.code(), periods::code(&kind.period));
    let plan = format!("/goals/plan?department={department}&metric={metric}&period={period}");
    let may = policy::may_plan(&ctx.actor, department);
    Some(Check {
        state: "risk",
        lead: ctx.l.tr("goals-check-missing", &[("name", (&node.name).into()), ("n", missing.into())]),
        rest: String::new(),
        action: may.then(|| (ctx.l.t("goals-plan"), plan)),
    })
}

fn no_lead(ctx: &Ctx, node: &Node) -> Check {
    let lead = ctx.l.tr("goals-check-no-lead", &[("name", (&node.name).into())]);
    Check { state: "risk", lead, rest: String::new(), action: None }
}

fn buffer(ctx: &Ctx, kind: Kind, node: &Node, more: i64) -> Check {
    let amount = Measure::new(Reader::of(ctx), kind.metric).amount(more);
    let rest = ctx.l.tr("goals-check-buffer", &[("name", (&node.name).into()), ("amount", amount.into())]);
    Check { state: "on", lead: String::new(), rest, action: None }
}

fn exact(ctx: &Ctx, node: &Node) -> Check {
    let rest = ctx.l.tr("goals-check-exact", &[("name", (&node.name).into())]);
    Check { state: "on", lead: String::new(), rest, action: None }
}
