//! What lines are worth in the company's currency, and what they cost.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::Line;
use crate::error::{AppError, Result};
use crate::kernel::money::{self, Currency, MoneyError};
use crate::products::ProductView;
use crate::sales::booking;
use crate::web::form::FormErrors;

/// A line with its worth in minor units of the company's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Priced {
    pub(super) line: Line,
    pub(super) own_amount: i64,
    pub(super) own_cost: i64,
}

/// Lines at the rate of a day. A fault at `currency` where there is none.
pub(super) async fn price(
    conn: &mut PgConnection,
    (from, own): (Currency, Currency),
    on: NaiveDate,
    lines: &[Line],
) -> Result<Vec<Priced>> {
    let rate = rate(conn, own, from, on).await?;
    let worth = |amount| money::convert(amount, rate, from, own).map_err(too_large);
    let priced = |line: &Line| -> Result<Priced> {
        let (own_amount, own_cost) = (worth(line.amount)?, worth(line.cost)?);
        Ok(Priced { line: line.clone(), own_amount, own_cost })
    };
    lines.iter().map(priced).collect()
}

/// Fills in the costs at the places `open`: unit cost × pieces, in `currency`. A fault at `currency` where a rate is missing.
pub(super) async fn fill_costs(
    conn: &mut PgConnection,
    (own, currency): (Currency, Currency),
    on: NaiveDate,
    products: &[ProductView],
    (lines, open): (&mut [Line], &[usize]),
) -> Result<()> {
    for place in open {
        let Some(line) = lines.get_mut(*place) else { continue };
        let Some(product) = products.iter().find(|product| product.id == line.product) else { continue };
        let Some(from) = Currency::parse(&product.currency) else { continue };
        let cost =
            product.unit_cost.checked_mul(line.quantity).ok_or_else(|| too_large(MoneyError::Overflow))?;
        line.cost = if from == currency {
            cost
        } else {
            let (from_rate, to_rate) =
                (rate(conn, own, from, on).await?, rate(conn, own, currency, on).await?);
            let cross = from_rate.checked_div(to_rate).ok_or_else(|| too_large(MoneyError::Overflow))?;
            money::convert(cost, cross, from, currency).map_err(too_large)?
        };
    }
    Ok(())
}

async fn rate(conn: &mut PgConnection, own: Currency, from: Currency, on: NaiveDate) -> Result<Decimal> {
    if from == own { Ok(Decimal::ONE) } else { booking::find_rate(conn, from, on).await }
}

fn too_large(_: MoneyError) -> AppError {
    FormErrors::one("amount-0", "error-amount-too-large").into()
}
