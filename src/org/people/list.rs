//! The list of people, for administrators.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::{PeopleFilter, PersonRow, Standing, store};
use crate::auth::Role;
use crate::error::Result;
use crate::org::departments;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::i18n::Localiser;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Pager};

const COLUMNS: [&str; 4] = ["name", "number", "department", "hired"];

#[derive(Template)]
#[template(path = "org/people.html")]
struct PeoplePage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<PersonRow>,
    pager: Pager,
    departments: Vec<Choice>,
    roles: Vec<Choice>,
    standings: Vec<Choice>,
    tags: Vec<FilterTag>,
}

impl PeoplePage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }

    fn role(&self, row: &PersonRow) -> String {
        let role = row.role.as_deref().and_then(Role::from_code);
        role.map_or_else(String::new, |role| self.shell.l.t(role.label()))
    }

    fn hired(&self, row: &PersonRow) -> String {
        row.hired_on.map_or_else(String::new, |day| self.shell.l.date_short_year(day))
    }

    fn left(&self, row: &PersonRow) -> String {
        let day = row.left_on.map_or_else(String::new, |day| self.shell.l.date_short_year(day));
        self.shell.l.tr("org-left-on", &[("day", day.into())])
    }
}

fn filter(query: &ListQuery) -> PeopleFilter {
    let (column, descending) = query.sort(&COLUMNS);
    let column = COLUMNS.iter().find(|known| **known == column).unwrap_or(&COLUMNS[0]);
    PeopleFilter {
        words: query.search().to_owned(),
        department: query.parsed("department"),
        role: query.get("role").map(str::to_owned),
        standing: query.get("status").and_then(Standing::from_code),
        sort: (column, descending),
    }
}

/// Every department as a choice, indented by its depth.
pub(in crate::org) async fn department_choices(conn: &mut PgConnection) -> Result<Vec<Choice>> {
    let departments = departments(conn).await?.into_iter();
    let indent = |depth: i32| "\u{2003}".repeat(usize::try_from(depth).unwrap_or_default());
    Ok(departments.map(|d| Choice::new(d.id.to_string(), format!("{}{}", indent(d.depth), d.name))).collect())
}

/// Every role as a choice.
pub(super) fn role_choices(l: Localiser) -> Vec<Choice> {
    Role::ALL.iter().map(|role| Choice::new(role.code(), l.t(role.label()))).collect()
}

fn standing_choices(l: Localiser) -> Vec<Choice> {
    let choice = |(code, key): (&str, &str)| Choice::new(code, l.t(key));
    let standings = [
        ("employed", "org-status-employed"),
        ("left", "org-status-left"),
        ("no-account", "org-status-no-account"),
    ];
    standings.into_iter().map(choice).collect()
}

/// `GET /admin/people`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = store::list(&mut conn, &filter(&query), ctx.today, (PER_PAGE, query.offset())).await?;
    let departments = department_choices(&mut conn).await?;
    let (roles, standings) = (role_choices(ctx.l), standing_choices(ctx.l));
    let tags = query.tags(
        ctx.l,
        &[
            ("q", "search", &[]),
            ("department", "org-department", &departments),
            ("role", "org-role", &roles),
            ("status", "org-status", &standings),
        ],
    );
    let total = rows.first().map_or(0, |row| row.total);
    let paged = Paged::new(rows, total, &query);
    let (pages, rows) = (paged.pager(&query), paged.rows);
    let shell = ctx.shell("people");
    Ok(Page::ok(PeoplePage { shell, query, rows, pager: pages, departments, roles, standings, tags })
        .into_response())
}

/// `GET /admin/people.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = store::list(&mut conn, &filter(&query), ctx.today, (csv::ROWS_ASKED, 0)).await?;
    let heads = [
        "org-number",
        "org-name",
        "org-email",
        "org-title",
        "org-department",
        "org-lead",
        "org-hired",
        "org-left",
        "org-role",
        "org-account",
    ];
    let mut file = CsvDownload::new("people", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    for row in rows {
        file.row(&cells(ctx.l, row))?;
    }
    file.finish()
}

fn cells(l: Localiser, row: PersonRow) -> [String; 10] {
    let account = l.t(row.account_state());
    let role =
        row.role.as_deref().and_then(Role::from_code).map_or_else(String::new, |role| l.t(role.label()));
    let day = super::super::forms::iso;
    [
        row.employee_no,
        row.name,
        row.email.unwrap_or_default(),
        row.job_title,
        row.department.unwrap_or_default(),
        l.t(if row.lead { "yes" } else { "no" }),
        day(row.hired_on),
        day(row.left_on),
        role,
        account,
    ]
}
