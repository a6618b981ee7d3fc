//! What is typed about orders, and the drafts that come of it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Cause, Delivered, Order, PromiseDraft};
use crate::kernel::id::{DepartmentId, EmployeeId, LineId};
use crate::kernel::number;
use crate::process::serves;
use crate::sales::{Return, ReturnCause, cancelled_part, returned_part};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// A date for one line or all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PromiseForm {
    pub(super) version: i64,
    /// Id of a line; empty for every open one.
    pub(super) line: String,
    pub(super) on: String,
    pub(super) cause: String,
    pub(super) department: String,
    pub(super) note: String,
    /// `yes` when the one who changes it has told the customer.
    pub(super) told: String,
}

impl PromiseForm {
    /// The draft. Faults at `on`, `line` and `department`; what is missing for a change is found when it is decided.
    pub(super) fn read(&self, ctx: &Ctx, order: &Order) -> Result<PromiseDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let to = errors.check("on", date(&self.on));
        let open = order.lines.iter().filter(|line| line.open() > 0);
        let lines: Vec<LineId> = match self.line.trim() {
            "" => open.map(|line| line.id).collect(),
            id => open.map(|line| line.id).filter(|line| line.to_string() == id).collect(),
        };
        if lines.is_empty() {
            errors.add("line", "orders-error-nothing");
        }
        let department = match self.department.trim() {
            "" => Some(None),
            id => {
                let known = id.parse().ok().map(DepartmentId);
                let known = known.filter(|id| ctx.company.organisation.department(*id).is_some());
                errors.check("department", known.map(Some).ok_or("error-choice"))
            }
        };
        let told = ctx.actor.employee.filter(|_| self.told == "yes").map(|id| (id, ctx.today));
        let draft = to.zip(department).map(|(to, department)| PromiseDraft {
            lines,
            to,
            cause: Cause::from_code(&self.cause),
            department,
            note: self.note.trim().to_owned(),
            told,
        });
        errors.or(draft)
    }
}

/// A day as a form sends it.
pub(super) fn date(text: &str) -> Result<NaiveDate, &'static str> {
    text.trim().parse().map_err(|_| "deals-error-date")
}

/// What was delivered: the fields `version`, `delivered_on` and `quantity-LINE`. Faults at these.
pub(super) fn read_delivery(order: &Order, fields: &[(String, String)]) -> Result<Delivered, FormErrors> {
    let mut errors = FormErrors::default();
    let on = errors.check("delivered_on", date(text(fields, "delivered_on")));
    let mut lines = Vec::new();
    for line in order.lines.iter().filter(|line| line.open() > 0) {
        let field = format!("quantity-{}", line.id);
        match text(fields, &field) {
            "" | "0" => {}
            typed => {
                let quantity = number::parse_count(typed).map_err(|_| "orders-error-quantity");
                let quantity = quantity.and_then(|quantity| {
                    (1..=line.open()).contains(&quantity).then_some(quantity).ok_or("orders-error-quantity")
                });
                lines.extend(errors.check(&field, quantity).map(|quantity| (line.id, quantity)));
            }
        }
    }
    errors.or(on.map(|on| Delivered { on, lines }))
}

/// The first field of a name.
pub(super) fn text<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
}

/// What came back, or is not wanted any more.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReturnForm {
    pub(super) version: i64,
    /// `return` or `cancellation`.
    pub(super) kind: String,
    pub(super) return_line: String,
    pub(super) return_quantity: String,
    pub(super) return_on: String,
    pub(super) return_cause: String,
    pub(super) reason: String,
}

impl ReturnForm {
    /// The return with its cause. What is taken off price and cost is the part of the pieces.
    pub(super) fn read(&self, order: &Order, today: NaiveDate) -> Result<(Return, ReturnCause), FormErrors> {
        let mut errors = FormErrors::default();
        let cancels = self.kind == "cancellation";
        let line = order.lines.iter().find(|line| line.id.to_string() == self.return_line);
        let line = errors.check("return_line", line.ok_or("error-choice"));
        let on =
            date(&self.return_on).and_then(|on| if on > today { Err("deals-error-future") } else { Ok(on) });
        let on = on.and_then(|on| if on < order.ordered_on { Err("orders-error-before") } else { Ok(on) });
        let on = errors.check("return_on", on);
        let quantity = number::parse_count(&self.return_quantity).map_err(|_| "orders-error-quantity");
        let quantity = quantity.and_then(|quantity| {
            let most = line.map_or(0, |line| if cancels { line.open() } else { line.returnable() });
            if (1..=most).contains(&quantity) { Ok(quantity) } else { Err("orders-error-quantity") }
        });
        let quantity = errors.check("return_quantity", quantity);
        let cause =
            errors.check("return_cause", ReturnCause::from_code(&self.return_cause).ok_or("error-required"));
        if self.reason.chars().count() > 500 {
            errors.add("reason", "deals-error-long");
        }
        let read = line.zip(on).zip(quantity).zip(cause);
        errors.or(read.map(|(((line, on), quantity), cause)| {
            let part = |whole: i64, off: i64| {
                if cancels {
                    cancelled_part(whole, line.cancelled, quantity, line.quantity)
                } else {
                    returned_part(whole, (line.returned, off), quantity, (line.brought(), line.quantity))
                }
            };
            let amount = part(line.amount, line.returned_amount);
            let cost = part(line.cost, line.returned_cost);
            (Return { line: line.id, on, quantity, amount, cost, cancels }, cause)
        }))
    }
}

/// To whom an order is handed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HandOverForm {
    pub(super) version: i64,
    pub(super) to_department: String,
    pub(super) to_person: String,
}

impl HandOverForm {
    /// Department and person, both known; a person brings their department with them where none is chosen. Only to a department
    /// that serves, whose people see every order: others would answer for what they do not see.
    pub(super) fn read(&self, ctx: &Ctx) -> Result<(Option<DepartmentId>, Option<EmployeeId>), FormErrors> {
        let organisation = &ctx.company.organisation;
        let department = self.to_department.parse().ok().map(DepartmentId);
        let department = department.filter(|id| serves(organisation, *id));
        if department.is_none() && !self.to_department.trim().is_empty() {
            return Err(FormErrors::one("to_department", "error-choice"));
        }
        let person = self.to_person.parse().ok().map(EmployeeId).and_then(|id| organisation.person(id));
        let stay = person.and_then(|person| person.stay_on(ctx.today));
        if person.is_some() && stay.is_none() {
            return Err(FormErrors::one("to_person", "error-choice"));
        }
        let home = stay.map(|stay| stay.department).filter(|id| serves(organisation, *id));
        Ok((department.or(home), person.map(|person| person.id)))
    }
}
