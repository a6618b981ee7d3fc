//! People, departments, settings: history stays true, stale edits are shown, nobody locks everybody out.

use axum::http::StatusCode;
use pacemark::error::AppError;
use pacemark::org::departments::update_department;
use pacemark::org::memberships::{self, Membership};
use pacemark::org::{
    DepartmentKind, NewDepartment, NewEmployee, create_department, create_employee, find_department,
    find_employee, join, leave, transfer,
};
use sqlx::PgPool;

use crate::support::world::{World, day};

/// The message key at a field.
fn fault(outcome: Result<impl std::fmt::Debug, AppError>, field: &str) -> &'static str {
    match outcome {
        Err(AppError::Invalid(errors)) => errors.iter().find(|error| error.field == field).unwrap().key,
        other => panic!("no fault at {field}: {other:?}"),
    }
}

async fn history(world: &World, name: &str) -> Vec<Membership> {
    let employee = world.employee(name).await;
    memberships::history(&mut world.app.read().await.unwrap(), employee).await.unwrap()
}

#[sqlx::test]
async fn a_transfer_keeps_the_history_and_overlaps_are_impossible(pool: PgPool) {
    let world = World::new(pool).await;
    let (elias, north, south) =
        (world.employee("elias").await, world.department("NORTH").await, world.department("SOUTH").await);
    let mut conn = world.app.read().await.unwrap();
    transfer(&mut conn, elias, south, true, day(10, 1)).await.unwrap();
    let [now, before] = history(&world, "elias").await.try_into().unwrap();
    assert_eq!((before.department, before.until), (north, Some(day(9, 30))));
    assert_eq!((now.department, now.from, now.until, now.lead), (south, day(10, 1), None, true));

    // a move in the past takes the rest of what stood then, and nothing of what came later
    transfer(&mut conn, elias, south, false, day(9, 1)).await.unwrap();
    let spans: Vec<_> = history(&world, "elias").await.iter().map(|m| (m.from, m.until)).collect();
    assert_eq!(spans[..2], [(day(10, 1), None), (day(9, 1), Some(day(9, 30)))]);

    assert_eq!(
        fault(transfer(&mut conn, elias, north, false, day(10, 1)).await, "from"),
        "org-begins-that-day"
    );
    assert_eq!(
        fault(transfer(&mut conn, elias, south, true, day(11, 1)).await, "department"),
        "org-same-place"
    );
    let overlapping = join(&mut conn, elias, north, false, day(9, 15), Some(day(9, 20))).await;
    assert_eq!(fault(overlapping, "from"), "org-overlap");
}

#[sqlx::test]
async fn leaving_ends_what_someone_belongs_to_and_coming_back_reopens_it(pool: PgPool) {
    let world = World::new(pool).await;
    let maja = world.employee("maja").await;
    let mut conn = world.app.read().await.unwrap();
    transfer(&mut conn, maja, world.department("SOUTH").await, false, day(12, 1)).await.unwrap();
    leave(&mut conn, maja, day(11, 30)).await.unwrap();
    let [only] = history(&world, "maja").await.try_into().unwrap();
    assert_eq!(only.until, Some(day(11, 30)));
    let late = join(&mut conn, maja, world.department("SOUTH").await, false, day(12, 1), None).await;
    assert_eq!(fault(late, "from"), "org-after-leaving");

    let page = world.get("ada", &format!("/admin/people/{maja}/edit")).await;
    let version = page.field("version");
    let person = find_employee(&mut conn, maja).await.unwrap().unwrap();
    let form = [
        ("employee_no", person.employee_no.as_str()),
        ("name", "Maja Lund"),
        ("email", ""),
        ("job_title", "Säljare"),
        ("hired_on", "2024-01-01"),
        ("left_on", ""),
        ("version", &version),
    ];
    let saved = world.post("ada", &format!("/admin/people/{maja}"), &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(history(&world, "maja").await[0].until, None);

    // the version is used up: the second save of the same form changes nothing and shows both values
    let form =
        form.map(|(field, value)| (field, if field == "job_title" { "Nyckelkundsäljare" } else { value }));
    let stale = world.post("ada", &format!("/admin/people/{maja}"), &form).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("<td>Säljare</td><td>Nyckelkundsäljare</td>"), "{}", stale.body);
    assert_eq!(stale.field("job_title"), "Nyckelkundsäljare");
    assert_eq!(find_employee(&mut conn, maja).await.unwrap().unwrap().job_title, "Säljare");
    let again = form.map(|(field, value)| (field, value.to_owned()));
    let newer = stale.field("version");
    let again: Vec<_> = again
        .iter()
        .map(|(field, value)| (*field, if *field == "version" { newer.as_str() } else { value }))
        .collect();
    assert_eq!(
        world.post("ada", &format!("/admin/people/{maja}"), &again).await.status,
        StatusCode::SEE_OTHER
    );
}

#[sqlx::test]
async fn a_membership_can_be_corrected_removed_and_put_back(pool: PgPool) {
    let world = World::new(pool).await;
    let petra = world.employee("petra").await;
    let only = history(&world, "petra").await.remove(0);
    let path = format!("/admin/memberships/{}", only.id);
    let north = world.department("NORTH").await.to_string();
    let form = [("department", north.as_str()), ("from", "2025-02-01"), ("until", ""), ("version", "1")];
    assert_eq!(world.post("ada", &path, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(history(&world, "petra").await[0].from.to_string(), "2025-02-01");
    assert_eq!(world.post("ada", &path, &form).await.status, StatusCode::CONFLICT);

    world.post("ada", &format!("{path}/remove"), &[]).await;
    assert!(history(&world, "petra").await.is_empty());
    let back = [("department", north.as_str()), ("lead", ""), ("from", "2025-02-01"), ("until", "")];
    world.post("ada", &format!("/admin/people/{petra}/memberships"), &back).await;
    assert_eq!(history(&world, "petra").await.len(), 1);

    let backwards =
        [("department", north.as_str()), ("from", "2026-02-01"), ("until", "2026-01-01"), ("version", "1")];
    let id = history(&world, "petra").await[0].id;
    let refused = world.post("ada", &format!("/admin/memberships/{id}"), &backwards).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("The last day is before the first day."));
}

#[sqlx::test]
async fn the_tree_has_one_root_and_no_circle(pool: PgPool) {
    let world = World::new(pool).await;
    let (root, north) = (world.department("NORDHEM").await, world.department("NORTH").await);
    let mut conn = world.app.read().await.unwrap();
    let below =
        NewDepartment { code: "NORR-1", name: "Umeå", kind: DepartmentKind::Sales, parent: Some(north) };
    let umea = create_department(&mut conn, &below).await.unwrap();
    let view = find_department(&mut conn, umea).await.unwrap().unwrap();
    assert_eq!((view.depth, view.parent), (2, Some(north)));

    let north_view = find_department(&mut conn, north).await.unwrap().unwrap();
    let circle =
        NewDepartment { code: "NORTH", name: "Sales North", kind: DepartmentKind::Sales, parent: Some(umea) };
    assert_eq!(
        fault(update_department(&mut conn, north, &circle, north_view.version).await, "parent"),
        "org-cycle"
    );
    let itself = NewDepartment { parent: Some(north), ..circle };
    assert_eq!(
        fault(update_department(&mut conn, north, &itself, north_view.version).await, "parent"),
        "org-cycle"
    );
    let second = NewDepartment { code: "X", name: "X", kind: DepartmentKind::Company, parent: None };
    assert_eq!(fault(create_department(&mut conn, &second).await, "kind"), "org-one-company");
    let taken = NewDepartment { code: "SOUTH", parent: Some(root), ..below };
    assert_eq!(fault(create_department(&mut conn, &taken).await, "code"), "org-code-taken");
}

#[sqlx::test]
async fn people_are_visible_to_themselves_their_leads_and_those_who_read_the_organisation(pool: PgPool) {
    let world = World::new(pool).await;
    let page = format!("/people/{}", world.employee("elias").await);
    for (reader, expected) in [
        ("elias", StatusCode::OK),
        ("karin", StatusCode::OK),
        ("anders", StatusCode::OK),
        ("hanna", StatusCode::OK),
        ("maja", StatusCode::NOT_FOUND),
        ("johanna", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(world.get(reader, &page).await.status, expected, "{reader}");
    }
    let absent = world.get("maja", "/people/999999").await.body.replace("/people/999999", &page);
    assert_eq!(absent, world.get("maja", &page).await.body, "the two cannot be told apart");
}

#[sqlx::test]
async fn the_list_filters_sorts_and_downloads(pool: PgPool) {
    let world = World::new(pool).await;
    let mut conn = world.app.read().await.unwrap();
    let new = NewEmployee { employee_no: "77", name: "=cmd|' /C calc'!A0", ..NewEmployee::default() };
    create_employee(&mut conn, &new).await.unwrap();
    let north = world.department("NORTH").await;
    let page =
        world.get("ada", &format!("/admin/people?department={north}&sort=-name&role=salesperson")).await.body;
    let (maja, elias) = (page.find("Maja Lund").unwrap(), page.find("Elias Sandberg").unwrap());
    assert!(maja < elias && !page.contains("Petra Holm") && page.contains("1–2 of 2"), "{page}");
    let csv = world.get("ada", "/admin/people.csv?status=no-account").await.body;
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.starts_with('\u{feff}') && csv.lines().nth(1).unwrap().starts_with("77,'=cmd|"), "{csv}");
}

#[sqlx::test]
async fn an_account_is_made_by_a_link_shown_once_and_the_last_administrator_stays(pool: PgPool) {
    let world = World::new(pool).await;
    let mut conn = world.app.read().await.unwrap();
    let new = NewEmployee { employee_no: "77", name: "Nils Ny", ..NewEmployee::default() };
    let nils = create_employee(&mut conn, &new).await.unwrap();
    let path = format!("/admin/people/{nils}/account");
    let taken = [("email", "elias@nordhem.example"), ("role", "salesperson")];
    assert_eq!(world.post("ada", &path, &taken).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = world.post("ada", &path, &[("email", "nils@nordhem.example"), ("role", "salesperson")]).await;
    let link = made.body.split("/invite/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(world.get("ada", &format!("/invite/{link}")).await.status, StatusCode::OK);
    assert!(!world.get("ada", &format!("/admin/people/{nils}")).await.body.contains("/invite/"));

    let ada = world.employee("ada").await;
    let demoted =
        world.post("ada", &format!("/admin/people/{ada}/account/role"), &[("role", "manager")]).await;
    assert_eq!(demoted.status, StatusCode::CONFLICT);
    assert!(demoted.body.contains("There must be at least one administrator."));
    let disabled = world.post("ada", &format!("/admin/people/{ada}/account/disable"), &[]).await;
    assert_eq!(disabled.status, StatusCode::CONFLICT);

    let elias = world.employee("elias").await;
    let cookie = world.sign_in("elias").await;
    world.post("ada", &format!("/admin/people/{elias}/account/disable"), &[]).await;
    let live: i64 = sqlx::query_scalar("select count(*) from sessions where user_id = $1")
        .bind(world.user("elias").await.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(live, 0, "{cookie} ends at once");
}

#[sqlx::test]
async fn settings_are_checked_and_the_currency_is_locked_once_money_is_counted(pool: PgPool) {
    let world = World::new(pool).await;
    let page = world.get("ada", "/admin/settings").await;
    let version = page.field("version");
    let form = |currency: &'static str, at_risk: &'static str, version: &str| {
        [
            ("name", "Nordhem AB"),
            ("currency", currency),
            ("time_zone", "Europe/Helsinki"),
            ("fiscal_start_month", "5"),
            ("weekend", "7"),
            ("language", "sv"),
            ("on_track_pct", "95"),
            ("at_risk_pct", at_risk),
            ("exceeded_pct", "110"),
            ("grace_pct", "5"),
            ("basis", "booked"),
            ("version", version),
        ]
        .map(|(field, value)| (field, value.to_owned()))
    };
    let send = async |fields: [(&str, String); 12]| {
        let fields: Vec<_> = fields.iter().map(|(field, value)| (*field, value.as_str())).collect();
        world.post("ada", "/admin/settings", &fields).await
    };
    assert_eq!(send(form("EUR", "96", &version)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(form("EUR", "80", &version)).await.status, StatusCode::SEE_OTHER);
    let company = world.company().await;
    assert_eq!(
        (company.name.as_str(), company.currency.code(), company.fiscal.start_month),
        ("Nordhem AB", "EUR", 5)
    );
    assert_eq!(company.calendar.weekend, [7]);
    let stale = send(form("EUR", "70", &version)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("<td>80</td><td>70</td>"), "{}", stale.body);

    sqlx::query("update settings set currency = 'SEK'").execute(&world.db).await.unwrap();
    world.deal("elias", "Holmen Skog", 100, day(11, 2)).await;
    let newer = world.get("ada", "/admin/settings").await;
    assert!(newer.body.contains("so it stays as it is"));
    send(form("EUR", "80", &newer.field("version"))).await;
    assert_eq!(world.company().await.currency.code(), "SEK");
}

#[sqlx::test]
async fn swedish_holidays_come_at_once_and_are_taken_back_at_once(pool: PgPool) {
    let world = World::new(pool).await;
    world.post("ada", "/admin/settings/holidays", &[("day", "2027-01-01"), ("holiday", "Nyår")]).await;
    world.post("ada", "/admin/settings/holidays/swedish", &[("year", "2027")]).await;
    let holidays = world.company().await.calendar.holidays;
    assert_eq!(holidays.len(), 16);
    assert!(holidays.contains(&"2027-06-25".parse().unwrap()), "Midsummer Eve");
    let added: Vec<String> = holidays.iter().skip(1).map(ToString::to_string).collect();
    world.post("ada", "/admin/settings/holidays/remove", &[("day", &added.join(","))]).await;
    assert_eq!(world.company().await.calendar.holidays.len(), 1, "the one that was there before stays");
}

#[sqlx::test]
async fn a_move_is_taken_back_while_nothing_else_has_happened_to_it(pool: PgPool) {
    let world = World::new(pool).await;
    let (elias, south) = (world.employee("elias").await, world.department("SOUTH").await.to_string());
    let before = history(&world, "elias").await;
    let person = format!("/admin/people/{elias}");
    let form = [("department", &*south), ("from", "2026-12-01")];
    let moved = world.post("ada", &format!("{person}/transfer"), &form).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.body);
    let now = history(&world, "elias").await;
    assert_eq!(now.len(), before.len() + 1);
    let fields = [("membership", now[0].id.to_string()), ("before", now[1].id.to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let undo = format!("{person}/transfer/undo");
    assert_eq!(world.post("ada", &undo, &fields).await.status, StatusCode::SEE_OTHER);
    let stands = |all: &[Membership]| all.iter().map(|m| (m.id, m.from, m.until)).collect::<Vec<_>>();
    assert_eq!(stands(&history(&world, "elias").await), stands(&before));
    assert_eq!(world.post("ada", &undo, &fields).await.status, StatusCode::CONFLICT, "once is enough");
}

/// The words of the rows' headings, top to bottom.
fn listed(body: &str) -> Vec<String> {
    let page = scraper::Html::parse_document(body);
    let heading = scraper::Selector::parse("main table tbody th").unwrap();
    let texts = page.select(&heading).map(|heading| heading.text().collect::<Vec<_>>().join(" "));
    texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[sqlx::test]
async fn holidays_and_rates_are_lists_to_search_sort_page_and_download(pool: PgPool) {
    let world = World::new(pool).await;
    for year in ["2026", "2027", "2028", "2029"] {
        world.post("ada", "/admin/settings/holidays/swedish", &[("year", year)]).await;
    }
    let page = |path: &'static str| world.get("ada", path);
    let body = page("/admin/settings/holidays").await.body;
    assert_eq!(listed(&body).len(), 50, "a page");
    assert!(body.contains("/admin/settings/holidays?page=2"), "{body}");
    let found = listed(&page("/admin/settings/holidays?q=jul&year=2027&sort=day").await.body);
    assert_eq!(found, ["Trettondedag jul", "Julafton", "Juldagen", "Annandag jul"]);
    let file = page("/admin/settings/holidays.csv?year=2027&sort=day").await.body;
    assert_eq!(file.lines().count(), 17, "{file}");
    assert!(file.lines().nth(1).unwrap().starts_with("2027-01-01,"), "{file}");

    for (currency, from, rate) in
        [("EUR", "2026-01-01", "11,25"), ("EUR", "2025-01-01", "11"), ("NOK", "2026-01-01", "0.98")]
    {
        let form = [("rate_currency", currency), ("valid_from", from), ("rate", rate)];
        assert_eq!(world.post("ada", "/admin/settings/rates", &form).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(listed(&page("/admin/settings/rates?sort=rate").await.body), ["NOK", "EUR", "EUR"]);
    assert_eq!(listed(&page("/admin/settings/rates?currency=EUR&year=2025").await.body), ["EUR"]);
    let file = page("/admin/settings/rates.csv?currency=NOK").await.body;
    assert!(file.ends_with("NOK,2026-01-01,0.98\n"), "{file}");
    let summary = page("/admin/settings").await.body;
    assert!(summary.contains("EUR 11.25") && !summary.contains("EUR 11<"), "only what is in force");
    let kept = world
        .post("ada", "/admin/settings/rates", &[("rate_currency", "XYZ"), ("valid_from", ""), ("rate", "x")])
        .await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(kept.body.contains(r#"value="XYZ""#), "what was typed stays: {}", kept.body);
    assert_eq!(kept.field("rate"), "x");
}

#[sqlx::test]
async fn departments_are_a_tree_until_they_are_searched_or_sorted(pool: PgPool) {
    let world = World::new(pool).await;
    let page = |path: &'static str| world.get("ada", path);
    let tree = listed(&page("/admin/departments").await.body);
    assert!(tree[0].starts_with("Nordhem"), "{tree:?}");
    let found = page("/admin/departments?q=north&kind=sales").await.body;
    let rows = listed(&found);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].contains("Nordhem"), "says where it stands: {rows:?}");
    let (down, up) = (
        listed(&page("/admin/departments?sort=-name").await.body),
        listed(&page("/admin/departments?sort=name").await.body),
    );
    assert_eq!(down, up.iter().rev().cloned().collect::<Vec<_>>());
    let file = page("/admin/departments.csv?q=north").await.body;
    assert_eq!(file.lines().count(), 2, "{file}");
}
