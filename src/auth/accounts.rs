//! Accounts: made by set-up, invitation or the command line; never deleted, only disabled.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Role, account_store as store};
use crate::error::{OnConstraint, Result};
use crate::kernel::id::{EmployeeId, UserId};

/// What an account is made of.
pub struct NewAccount<'a> {
    /// Sign-in address, in any case.
    pub email: &'a str,
    /// Name as shown.
    pub name: &'a str,
    /// What it is for.
    pub role: Role,
    /// The person it belongs to.
    pub employee: Option<EmployeeId>,
}

/// An account as administrators see it.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// The account.
    pub user: UserId,
    /// The person it belongs to.
    pub employee: Option<EmployeeId>,
    /// Sign-in address.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Stored code of the role.
    pub role: String,
    /// Whether a password has been chosen.
    pub has_password: bool,
    /// Whether it may sign in.
    pub disabled: bool,
    /// For stale-edit checks.
    pub version: i64,
}

/// Whose account it is, of those that may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The account.
    pub user: UserId,
    /// The person it belongs to.
    pub employee: Option<EmployeeId>,
    /// Name as shown.
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// Whether text can be an e-mail address: one `@` with something on both sides, no spaces.
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let well_formed = text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && !host.starts_with('.')
            && !host.ends_with('.')
    });
    well_formed && text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether there is any account at all.
pub async fn any(conn: &mut PgConnection) -> Result<bool> {
    Ok(store::any(conn).await?)
}

/// Makes an account. Faults: the address is taken (`email`), the person has one already (`employee`).
pub async fn create(
    conn: &mut PgConnection,
    account: &NewAccount<'_>,
    password_hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<UserId> {
    store::insert(conn, account, password_hash, now).await.on_constraint(&[
        ("users_email_key", "email", "error-email-taken"),
        ("users_employee_id_key", "employee", "error-has-account"),
    ])
}

/// An account by its id.
pub async fn find(conn: &mut PgConnection, user: UserId) -> Result<Option<AccountView>> {
    Ok(store::find(conn, user).await?)
}

/// The accounts of `people` that may sign in; people without one are left out.
pub async fn of_people(conn: &mut PgConnection, people: &[EmployeeId]) -> Result<Vec<Holder>> {
    let ids: Vec<i64> = people.iter().map(|person| person.0).collect();
    Ok(if ids.is_empty() { Vec::new() } else { store::list_holders(conn, Some(&ids), None).await? })
}

/// The accounts of a role that may sign in.
pub async fn of_role(conn: &mut PgConnection, role: Role) -> Result<Vec<Holder>> {
    Ok(store::list_holders(conn, None, Some(role.code())).await?)
}

/// Every account that may sign in.
pub async fn all_active(conn: &mut PgConnection) -> Result<Vec<Holder>> {
    Ok(store::list_holders(conn, None, None).await?)
}

/// The account of a person.
pub async fn of_employee(conn: &mut PgConnection, employee: EmployeeId) -> Result<Option<AccountView>> {
    Ok(store::find_of_employee(conn, employee).await?)
}

/// The person with an employee number, and their name.
pub async fn employee(conn: &mut PgConnection, employee_no: &str) -> Result<Option<(EmployeeId, String)>> {
    Ok(store::find_employee(conn, employee_no).await?)
}

/// An account by its sign-in address.
pub async fn by_email(conn: &mut PgConnection, email: &str) -> Result<Option<AccountView>> {
    Ok(store::find_by_email(conn, &email.trim().to_lowercase()).await?)
}

/// Changes the role; every session ends, so that the new rights hold from the next request on.
/// Refused with a conflict when it would leave no administrator.
pub async fn change_role(conn: &mut PgConnection, user: UserId, role: Role) -> Result<()> {
    store::lock_admins(conn).await?;
    store::save_role(conn, user, role.code()).await?;
    keep_an_admin(conn).await?;
    Ok(store::end_sessions(conn, user).await?)
}

/// Bars or readmits an account. Refused with a conflict when it would leave no administrator.
pub async fn set_disabled(
    conn: &mut PgConnection,
    user: UserId,
    disabled: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    store::lock_admins(conn).await?;
    store::save_disabled(conn, user, disabled.then_some(now)).await?;
    keep_an_admin(conn).await?;
    Ok(store::end_sessions(conn, user).await?)
}

async fn keep_an_admin(conn: &mut PgConnection) -> Result<()> {
    if store::count_admins(conn).await? == 0 {
        return Err(crate::error::AppError::Conflict("error-last-admin"));
    }
    Ok(())
}
