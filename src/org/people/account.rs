//! A person's account: made with an invitation, given a role, barred and readmitted.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::list::role_choices;
use super::pages::render;
use super::{EmployeeView, find_employee};
use crate::audit::{self, Event};
use crate::auth::Role;
use crate::auth::accounts::{self, AccountView, NewAccount};
use crate::auth::links::{self, LinkKind};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{EmployeeId, UserId};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::Localiser;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// What a person's page shows of their account.
pub(in crate::org) struct AccountCard {
    pub(super) account: Option<AccountView>,
    /// What the form of a new account holds.
    pub(super) form: InviteForm,
    /// A link to hand over, shown once.
    pub(super) link: Option<String>,
}

impl AccountCard {
    /// The account as it stands.
    pub(super) async fn load(conn: &mut PgConnection, person: &EmployeeView) -> Result<Self> {
        let account = accounts::of_employee(conn, person.id).await?;
        let email = person.email.clone().unwrap_or_default();
        Ok(Self {
            account,
            form: InviteForm { email, role: Role::Salesperson.code().to_owned() },
            link: None,
        })
    }

    /// The roles to choose from.
    pub(super) fn roles(&self, l: &Localiser) -> Vec<Choice> {
        role_choices(*l)
    }

    /// Catalogue key of the account's state.
    pub(super) fn state(&self) -> &'static str {
        match &self.account {
            None => "org-account-none",
            Some(account) if account.disabled => "org-account-disabled",
            Some(account) if account.has_password => "org-account-active",
            Some(_) => "org-account-invited",
        }
    }
}

/// What the form of a new account sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteForm {
    pub(super) email: String,
    pub(super) role: String,
}

fn role(code: &str) -> Result<Role> {
    Role::from_code(code).ok_or(AppError::BadRequest("error-form"))
}

/// `POST /admin/people/{id}/account`: makes the account and shows its invitation link, once.
pub async fn invite(ctx: Ctx, Path(id): Path<EmployeeId>, Form(form): Form<InviteForm>) -> Result<Response> {
    let person = find_employee(&mut *ctx.app.read().await?, id).await?.found()?;
    let made = if accounts::is_email(&form.email) {
        make(&ctx, &person, &form).await
    } else {
        Err(AppError::Invalid(FormErrors::one("email", "error-email")))
    };
    match made {
        Ok(link) => show_link(&ctx, &person, link).await,
        Err(AppError::Invalid(errors)) => {
            let card = AccountCard::load(&mut *ctx.app.read().await?, &person).await?;
            render(&ctx, id, None, Some(AccountCard { form, ..card }), errors).await
        }
        Err(other) => Err(other),
    }
}

async fn make(ctx: &Ctx, person: &EmployeeView, form: &InviteForm) -> Result<String> {
    let role = role(&form.role)?;
    let mut tx = ctx.app.begin().await?;
    let new = NewAccount { email: &form.email, name: &person.name, role, employee: Some(person.id) };
    let user = accounts::create(&mut tx, &new, None, ctx.now).await?;
    let token =
        links::issue(&mut tx, LinkKind::Invitation, Some(user), Some(ctx.actor.user), ctx.now).await?;
    record(&mut tx, ctx, "account.invited", user, json!({ "role": role.code() })).await?;
    tx.commit().await?;
    Ok(token)
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    user: UserId,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event::new(action, "user", user.0).with(details);
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

async fn show_link(ctx: &Ctx, person: &EmployeeView, token: String) -> Result<Response> {
    let card = AccountCard::load(&mut *ctx.app.read().await?, person).await?;
    let link = Some(format!("{}/invite/{token}", ctx.app.base_url()));
    render(ctx, person.id, None, Some(AccountCard { link, ..card }), FormErrors::default()).await
}

async fn account_of(conn: &mut PgConnection, id: EmployeeId) -> Result<AccountView> {
    accounts::of_employee(conn, id).await?.found()
}

/// `POST /admin/people/{id}/account/link`: a new link, shown once; an invitation until a password has been chosen,
/// then a way to choose another.
pub async fn link(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let person = find_employee(&mut tx, id).await?.found()?;
    let account = account_of(&mut tx, id).await?;
    let kind = if account.has_password { LinkKind::Reset } else { LinkKind::Invitation };
    let token = links::issue(&mut tx, kind, Some(account.user), Some(ctx.actor.user), ctx.now).await?;
    record(&mut tx, &ctx, "account.link-made", account.user, json!({ "kind": kind.code() })).await?;
    tx.commit().await?;
    show_link(&ctx, &person, token).await
}

/// What the form of a role sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleForm {
    role: String,
}

/// `POST /admin/people/{id}/account/role`
pub async fn change_role(
    ctx: Ctx,
    Path(id): Path<EmployeeId>,
    Form(form): Form<RoleForm>,
) -> Result<Response> {
    let role = role(&form.role)?;
    let back = format!("/admin/people/{id}");
    let mut tx = ctx.app.begin().await?;
    let account = account_of(&mut tx, id).await?;
    if account.role == role.code() {
        return Ok(Notice::new("toast-saved").redirect(&back));
    }
    accounts::change_role(&mut tx, account.user, role).await?;
    record(
        &mut tx,
        &ctx,
        "account.role-changed",
        account.user,
        json!({ "from": account.role, "to": role.code() }),
    )
    .await?;
    tx.commit().await?;
    Ok(Notice::new("org-toast-role")
        .with("name", account.name)
        .with("role", ctx.l.t(role.label()))
        .undo(format!("{back}/account/role"), &[("role", account.role)])
        .redirect(&back))
}

/// `POST /admin/people/{id}/account/disable`: the account is signed out everywhere at once.
pub async fn disable(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    set_disabled(ctx, id, true).await
}

/// `POST /admin/people/{id}/account/enable`
pub async fn enable(ctx: Ctx, Path(id): Path<EmployeeId>) -> Result<Response> {
    set_disabled(ctx, id, false).await
}

async fn set_disabled(ctx: Ctx, id: EmployeeId, disabled: bool) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let account = account_of(&mut tx, id).await?;
    accounts::set_disabled(&mut tx, account.user, disabled, ctx.now).await?;
    let action = if disabled { "account.disabled" } else { "account.enabled" };
    record(&mut tx, &ctx, action, account.user, json!({})).await?;
    tx.commit().await?;
    let (toast, undo) =
        if disabled { ("org-toast-disabled", "enable") } else { ("org-toast-enabled", "disable") };
    let back = format!("/admin/people/{id}");
    Ok(Notice::new(toast)
        .with("name", account.name)
        .undo(format!("{back}/account/{undo}"), &[])
        .redirect(&back))
}
