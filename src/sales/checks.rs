//! What must hold of a deal before it is changed or something of it comes back. Pure.

use super::{BookedDeal, BookedLine, DealDraft, Return};
use crate::error::{AppError, Result};
use crate::kernel::id::LineId;
use crate::kernel::money::portion;
use crate::web::form::FormErrors;

/// A line cannot be taken off, or fall below, what has come back of it.
pub(super) fn check_returned(before: &BookedDeal, draft: &DealDraft) -> Result<()> {
    let sold_enough = |line: &BookedLine| {
        let returns = || before.returns.iter().filter(|returned| returned.line == line.id);
        let kept = draft.lines.iter().find(|kept| kept.line_no == line.line_no);
        let (quantity, amount) = kept.map_or((0, 0), |kept| (kept.quantity, kept.amount));
        returns().map(|returned| returned.quantity).sum::<i64>() <= quantity
            && came_back(before, line.id) <= wanted(before, line.id, (amount, quantity)).max(0)
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
    let most = wanted(deal, line.id, (line.amount, line.quantity));
    if !returned.cancels && (returned.amount < 0 || came_back(deal, line.id) + returned.amount > most) {
        errors.add("amount", "error-return-amount");
    }
    if returned.on < deal.ordered_on {
        errors.add("on", "error-return-date");
    }
    errors.or(Some(())).map_err(AppError::Invalid)
}

/// What was taken off a line's price for what came back of it.
fn came_back(deal: &BookedDeal, line: LineId) -> i64 {
    deal.returns.iter().filter(|it| it.line == line && !it.cancels).map(|it| it.amount).sum()
}

/// What a line of so much and so many pieces costs without those that are cancelled.
fn wanted(deal: &BookedDeal, line: LineId, (amount, quantity): (i64, i64)) -> i64 {
    let cancelled: i64 =
        deal.returns.iter().filter(|it| it.line == line && it.cancels).map(|it| it.quantity).sum();
    portion(amount, quantity - cancelled, quantity)
}
