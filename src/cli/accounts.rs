//! `pacemark user add` and `pacemark token add`: accounts and tokens for those who set up the machine.

use std::io::{self, IsTerminal};

use anyhow::{Context, Result, anyhow, bail};
use sqlx::{Connection, PgConnection, PgPool};

use super::{TokenCommand, UserCommand};
use crate::audit::{self, Event};
use crate::auth::accounts::{self, NewAccount};
use crate::auth::password::{self, Passwords};
use crate::auth::{Role, tokens};
use crate::error::AppError;
use crate::kernel::clock::Clock;
use crate::kernel::id::EmployeeId;
use crate::kernel::lang::Lang;
use crate::org::company;
use crate::web::i18n::Localiser;

/// `pacemark user add`: the password is the first line of standard input.
pub(super) async fn user(
    db: PgPool,
    UserCommand::Add { email, role, employee_no }: UserCommand,
) -> Result<()> {
    if !accounts::is_email(&email) {
        bail!("{email} is no email address");
    }
    let role = Role::from_code(&role).ok_or_else(|| unknown_role(&role))?;
    let mut conn = db.acquire().await?;
    let employee = find_employee(&mut conn, employee_no.as_deref()).await?;
    let name = match &employee {
        Some((_, name)) => name.clone(),
        None => email.split('@').next().unwrap_or_default().to_owned(),
    };
    let company = company::find(&mut conn).await?.name;
    let hash = read_password(&[&name, &email, &company]).await?;
    let account = NewAccount { email: &email, name: &name, role, employee: employee.map(|(id, _)| id) };
    let (mut tx, now) = (conn.begin().await?, Clock::system().now());
    let user = accounts::create(&mut tx, &account, Some(&hash), now).await.map_err(explain)?;
    let details = serde_json::json!({ "role": role.code() });
    audit::record(&mut tx, None, now, Event::new("user.made", "user", user.0).with(details)).await?;
    tx.commit().await?;
    println!("{email} can sign in as {}", role.code());
    Ok(())
}

/// `pacemark token add`: prints nothing but the token, so that a script can keep it.
pub(super) async fn token(db: PgPool, TokenCommand::Add { email, name }: TokenCommand) -> Result<()> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        bail!("a token's name has 1 to 100 characters");
    }
    let mut tx = db.begin().await?;
    let account = accounts::by_email(&mut tx, &email).await?;
    let account = account.ok_or_else(|| anyhow!("there is no account with the address {email}"))?;
    if account.disabled {
        bail!("the account {email} is disabled");
    }
    let token = tokens::issue(&mut tx, account.user, name, Clock::system().now()).await?;
    tx.commit().await?;
    println!("{token}");
    Ok(())
}

async fn find_employee(
    conn: &mut PgConnection,
    number: Option<&str>,
) -> Result<Option<(EmployeeId, String)>> {
    let Some(number) = number else { return Ok(None) };
    let employee = accounts::employee(conn, number).await?;
    employee.map(Some).with_context(|| format!("there is no employee with the number {number}"))
}

/// The hash of the password on standard input.
async fn read_password(own_words: &[&str]) -> Result<String> {
    if io::stdin().is_terminal() {
        eprintln!("Password, on one line:");
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("cannot read the password from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    password::check(password, own_words).map_err(|key| anyhow!(Localiser::new(Lang::En).t(key)))?;
    Ok(Passwords::default().hash(password).await?)
}

fn unknown_role(role: &str) -> anyhow::Error {
    let known: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    anyhow!("there is no role {role}; there are {}", known.join(", "))
}

/// The faults in words.
fn explain(failure: AppError) -> anyhow::Error {
    match failure {
        AppError::Invalid(errors) => {
            let texts: Vec<String> =
                errors.iter().map(|fault| fault.text(Localiser::new(Lang::En))).collect();
            anyhow!(texts.join(" "))
        }
        other => other.into(),
    }
}
