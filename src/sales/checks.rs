//! What must hold of a deal before it is changed or something of it comes back. Pure.

use super::{BookedDeal, BookedLine, DealDraft, Return};
use crate::error::{AppError, Result};
use crate::web::form::FormErrors;

/// A line cannot be taken off, or fall below, what has come back of it.
pub(super) fn check_returned(before: &BookedDeal, draft: &DealDraft) -> Result<()> {
    let sold_enough = |line: &BookedLine| {
        let returns = || before.returns.iter().filter(|returned| returned.line == line.id);
        let kept = draft.lines.iter().find(|kept| kept.line_no == line.line_no);
        let (quantity, amount) = kept.map_or((0, 0), |kept| (kept.quantity, kept.amount));
        returns().map(|returned| returned.quantity).sum::<i64>() <= quantity
            // what was cancelled is part of the line whatever it costs now
            && returns().filter(|it| !it.cancels).map(|it| it.amount).sum::<i64>() <= amount.max(0)
    };
    let touched = |line: &&BookedLine| before.returns.iter().any(|returned| returned.line == line.id);
    if before.lines.iter().filter(touched).all(sold_enough) {
        return Ok(());
    }
    Err(AppError::Invalid(FormErrors::one("lines", "deals-error-returned")))
}

/// A line cannot be taken off, or fall below, what was delivered of it and what was cancelled before that.
pub(super) fn check_delivered(before: &BookedDeal, draft: &DealDraft, handled: &[(i32, i64)]) -> Result<()> {
    let wanted = |line_no: i32| {
        let kept = draft.lines.iter().find(|kept| kept.line_no == line_no);
        kept.map_or(0, |kept| kept.quantity)
    };
    let changed = |line_no: i32| {
        let line = before.lines.iter().find(|line| line.line_no == line_no);
        line.is_some_and(|line| line.quantity != wanted(line_no))
    };
    if handled.iter().all(|(line_no, pieces)| !changed(*line_no) || *pieces <= wanted(*line_no)) {
        return Ok(());
    }
    Err(AppError::Invalid(FormErrors::one("lines", "deals-error-delivered")))
}

/// What comes back of a line is no more than was sold of it, and not before the order.
pub(super) fn check_return(deal: &BookedDeal, returned: &Return) -> Result<()> {
    let line = deal.lines.iter().find(|line| line.id == returned.line).ok_or(AppError::NotFound)?;
    let before = |count: fn(&Return) -> i64| -> i64 {
        deal.returns.iter().filter(|earlier| earlier.line == line.id).map(count).sum()
    };
    let mut errors = FormErrors::default();
    if returned.quantity < 1 || before(|r| r.quantity) + returned.quantity > line.quantity {
        errors.add("quantity", "error-return-quantity");
    }
    let off = before(|r| if r.cancels { 0 } else { r.amount });
    if !returned.cancels && (returned.amount < 0 || off + returned.amount > line.amount) {
        errors.add("amount", "error-return-amount");
    }
    if returned.on < deal.ordered_on {
        errors.add("on", "error-return-date");
    }
    errors.or(Some(())).map_err(AppError::Invalid)
}
