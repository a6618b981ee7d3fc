//! The company's currency on an installation that nobody has set up yet: the currency of the first file of money.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::money::Currency;
use crate::org::company;

/// The company's currency, after adopting the only one of `found` where there is no money yet and no administrator
/// has chosen one.
pub(super) async fn currency(conn: &mut PgConnection, found: &BTreeSet<Currency>) -> Result<Currency> {
    let company = company::find(conn).await?;
    let mut found = found.iter();
    let (Some(only), None) = (found.next(), found.next()) else { return Ok(company.currency) };
    if company.configured || *only == company.currency {
        return Ok(company.currency);
    }
    let done = sqlx::query!(
        "update settings set currency = $1, version = version + 1
        where configured_at is null and not exists (select from deals)
            and not exists (select from goals where currency is not null)",
        only.code()
    )
    .execute(conn)
    .await?;
    Ok(if done.rows_affected() == 1 { *only } else { company.currency })
}
