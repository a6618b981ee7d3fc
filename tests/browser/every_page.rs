//! Every page, in both themes, sizes and languages: nothing for axe to find, nothing that scrolls sideways.

use pacemark::auth::links::{self, LinkKind};
use pacemark::kernel::lang::Lang;
use sqlx::PgPool;

use super::driver::{Browser, Screen, Site};
use crate::support::world::{World, day};

const PASSWORD: &str = "korrekt häst batteri";

/// Pages by who looks at them. `{deal}`, `{goal}` and so on are filled in.
const PAGES: [(&str, &[&str]); 3] = [
    (
        "elias",
        &[
            "/",
            "/goals",
            "/goals/{goal}",
            "/goals/{goal}/as-of",
            "/agreements",
            "/agreements/new",
            "/agreements/import",
            "/agreements/{agreement}",
            "/inbox",
            "/inbox?show=all",
            "/leaderboard",
            "/facts",
            "/market",
            "/market/new",
            "/deals",
            "/deals/new",
            "/deals/new?full",
            "/deals/{deal}",
            "/deals/{deal}/saved",
            "/customers",
            "/me",
            "/people/{elias}/capacity",
            "/menu",
            "/search?q=holmen",
        ],
    ),
    (
        "karin",
        &[
            "/",
            "/team",
            "/team/{north}",
            "/team/{north}/as-of",
            "/goals/tree",
            "/goals/new",
            "/agreements?show=all",
            "/market/import",
            "/facts/new",
            "/facts/import",
            "/agreements/{agreement}",
            "/goals/{goal}/revise",
            "/goals/{goal}/terms",
            "/goals/plan?department={north}",
            "/goals/copy?department={north}",
            "/plans",
            "/plans?q=nothing",
            "/plans/new?department={north}",
            "/plans/new?copy={plan}",
            "/plans/{plan}",
            "/plans/{plan}/publish",
            "/plans/{plan}/import",
            "/plans/compare?ids={plan},{plan2}",
            "/people/{elias}",
            "/people/{elias}/capacity",
            "/explain?goal={goal}&figure=actual",
            "/explain?goal={goal}&figure=expected",
            "/deals/{deal}/edit",
        ],
    ),
    (
        "ada",
        &[
            "/",
            "/admin",
            "/admin/people",
            "/admin/people/new",
            "/admin/people/{elias}",
            "/admin/people/{elias}/edit",
            "/admin/memberships/{membership}",
            "/admin/departments",
            "/admin/departments?q=north",
            "/admin/departments/{north}",
            "/admin/departments/{north}/edit",
            "/admin/settings",
            "/admin/settings/holidays",
            "/admin/settings/rates",
            "/admin/imports",
            "/admin/imports/new",
            "/admin/imports/{import}",
            "/admin/audit",
            "/admin/tokens",
            "/closing",
            "/closing/1",
            "/products",
            "/products/new",
            "/products/{product}",
            "/customers/{customer}",
            "/help",
            "/help/keys",
            "/nowhere",
        ],
    ),
];

/// Pages of visitors who are not signed in.
const PUBLIC: [&str; 5] =
    ["/login", "/setup/{setup}", "/invite/{invitation}", "/unsubscribe/{unsubscribe}", "/api/docs"];

async fn look(pool: PgPool, screen: Screen, lang: Lang) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    let account = sqlx::query("update users set password_hash = $1, language = $2");
    account.bind(hash).bind(lang.code()).execute(&world.db).await.unwrap();
    sqlx::query("update settings set language = $1").bind(lang.code()).execute(&world.db).await.unwrap();
    let places = places(&world).await;
    let (site, _) = Site::start(&pool, world.app.clock.clone()).await;
    let browser = Browser::open(screen).await;
    let mut faults = Vec::new();
    for (who, pages) in std::iter::once(("nobody", &PUBLIC[..])).chain(PAGES) {
        if who == "nobody" {
            browser.go(&site.at("/login")).await;
            let choice = format!("document.cookie = 'pm_lang={}; path=/'", lang.code());
            browser.window.execute(&choice, Vec::new()).await.unwrap();
        } else {
            browser.sign_in(&site, &format!("{who}@nordhem.example"), PASSWORD).await;
        }
        for page in pages {
            let path = places.iter().fold((*page).to_owned(), |path, (name, id)| path.replace(name, id));
            let found = faults_of(&browser, &site, &path, lang).await;
            faults.extend(found.into_iter().map(|fault| format!("{who} {path} {fault}")));
        }
        browser.window.delete_all_cookies().await.unwrap();
    }
    browser.close().await;
    assert!(faults.is_empty(), "{:?} {}", screen, faults.join("\n"));
}

/// What is wrong with a page, with everything on it unfolded. In the second language one theme is enough: colours do
/// not depend on words.
async fn faults_of(browser: &Browser, site: &Site, path: &str, lang: Lang) -> Vec<String> {
    let themes: &[&str] = if lang == Lang::En { &["light", "dark"] } else { &["dark"] };
    let mut faults = Vec::new();
    for theme in themes {
        browser.prefer(theme).await;
        browser.go(&site.at(path)).await;
        let unfold = "document.querySelectorAll('main details').forEach(part => { part.open = true; })";
        browser.window.execute(unfold, Vec::new()).await.unwrap();
        let found = browser.accessibility_faults().await;
        faults.extend(found.into_iter().map(|fault| format!("{theme}: {fault}")));
        if browser.scrolls_sideways().await {
            faults.push(format!("{theme}: scrolls sideways"));
        }
        let shown = browser.window.execute("return document.documentElement.lang", Vec::new()).await.unwrap();
        if shown.convert::<String>().unwrap() != lang.code() {
            faults.push("is in another language".to_owned());
        }
    }
    faults
}

async fn places(world: &World) -> Vec<(&'static str, String)> {
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await;
    let goal: i64 = sqlx::query_scalar(
        "with g as (
            insert into goals (subject_kind, employee_id, metric, period, currency, created_at)
            select 'person', id, 'revenue', daterange('2026-10-01', '2027-01-01'), 'SEK', '2026-09-01'
            from employees where employee_no = 'elias' returning id
        )
        insert into goal_versions (goal_id, number, target, effective_on, recorded_at)
        select id, 1, 160000000, '2026-10-01', '2026-09-01' from g returning goal_id",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    let mut places = more_places(world).await;
    places.extend(agreed_places(world).await);
    places.extend(planned_places(world).await);
    places.extend([
        ("{deal}", deal.to_string()),
        ("{goal}", goal.to_string()),
        ("{north}", world.department("NORTH").await.to_string()),
        ("{elias}", world.employee("elias").await.to_string()),
        ("{product}", world.product("Ventus 12").await.to_string()),
        ("{customer}", world.customer("Holmen Skog").await.to_string()),
    ]);
    places
}

/// An offer that waits for Elias, a message about it, and the leaderboard turned on.
async fn agreed_places(world: &World) -> Vec<(&'static str, String)> {
    sqlx::raw_sql("update settings set leaderboard = true").execute(&world.db).await.unwrap();
    let note = [
        ("kind", "price"),
        ("date", "2026-11-10"),
        ("title", "Ventus lowers the 12 by 8 %"),
        ("about", "Ventus"),
        ("value", "142.5"),
        ("unit", "tkr"),
        ("source", "Holmen Skog"),
    ];
    world.post("elias", "/market", &note).await;
    let review = [("period", "2026-10-01..2026-10-31")];
    world.post("frida", "/closing", &review).await;
    let form = [
        ("subject", "Elias Sandberg"),
        ("metric", "revenue"),
        ("period", "2027-01-01..2027-03-31"),
        ("target", "1.6M"),
        ("reason", "Plus 5 % for FTX 600"),
    ];
    let at = world.post("karin", "/agreements/new", &form).await.location().to_owned();
    world.post("elias", &format!("{at}/comments"), &[("body", "Is Holmen mine?\nThen it is fair.")]).await;
    let token: String = sqlx::query_scalar("select mail_token::text from users where email like 'maja%'")
        .fetch_one(&world.db)
        .await
        .unwrap();
    vec![("{agreement}", at.trim_start_matches("/agreements/").to_owned()), ("{unsubscribe}", token)]
}

/// Two scenarios of the North, one with a step by hand that leaves something on nobody.
async fn planned_places(world: &World) -> Vec<(&'static str, String)> {
    let north = world.department("NORTH").await.to_string();
    let begin = async |name: &str, whole: &str| {
        let form = [
            ("name", name),
            ("department", &*north),
            ("metric", "revenue"),
            ("period", "2026-10-01..2026-12-31"),
            ("start", "equal"),
            ("whole", whole),
            ("percent", "5"),
            ("step", "1000"),
        ];
        world.post("karin", "/plans/new", &form).await.location().trim_start_matches("/plans/").to_owned()
    };
    let (first, second) = (begin("Careful", "3.2M").await, begin("With the new office in Umeå", "4M").await);
    let maja = format!("t-person-{}", world.employee("maja").await);
    let form = [("version", "2"), ("method", "equal"), ("percent", "5"), ("step", "1000"), (&*maja, "")];
    world.post("karin", &format!("/plans/{first}"), &form).await;
    vec![("{plan}", first), ("{plan2}", second)]
}

/// Links that lead in, a membership, and an import that was refused; and rows for the lists of the settings.
async fn more_places(world: &World) -> Vec<(&'static str, String)> {
    let (maja, now) = (world.user("maja").await, world.app.clock.now());
    let mut tx = world.app.begin().await.unwrap();
    let setup = links::issue(&mut tx, LinkKind::Setup, None, None, now).await.unwrap();
    let invitation = links::issue(&mut tx, LinkKind::Invitation, Some(maja), None, now).await.unwrap();
    tx.commit().await.unwrap();
    let rows = "
        insert into holidays (day, name) values ('2026-12-25', 'Juldagen'), ('2027-01-01', 'Nyårsdagen');
        insert into exchange_rates (currency, valid_from, rate) values ('EUR', '2026-01-01', 11.25)";
    sqlx::raw_sql(rows).execute(&world.db).await.unwrap();
    let import = sqlx::query_scalar::<_, i64>(
        r#"insert into imports (kind, source, file_name, dry_run, status, fault_count, faults, started_at, ended_at)
        values ('sales', 'erp', 'order_lines.csv', true, 'refused', 1, '[{"file": "order_lines.csv", "line": 7,
            "column": "sku", "value": "F999", "reason": "import-fault-required"}]', '2026-11-17', '2026-11-17') returning id"#,
    );
    let import = import.fetch_one(&world.db).await.unwrap();
    let membership = sqlx::query_scalar::<_, i64>(
        "select m.id from memberships m join employees e on e.id = m.employee_id where e.employee_no = 'elias'",
    );
    let membership = membership.fetch_one(&world.db).await.unwrap();
    vec![
        ("{setup}", setup),
        ("{invitation}", invitation),
        ("{import}", import.to_string()),
        ("{membership}", membership.to_string()),
    ]
}

#[sqlx::test]
async fn on_a_desk(pool: PgPool) {
    look(pool, Screen::Desk, Lang::En).await;
}

#[sqlx::test]
async fn on_a_phone(pool: PgPool) {
    look(pool, Screen::Phone, Lang::En).await;
}

#[sqlx::test]
async fn on_a_phone_in_swedish(pool: PgPool) {
    look(pool, Screen::Phone, Lang::Sv).await;
}

#[sqlx::test]
async fn on_a_desk_in_swedish(pool: PgPool) {
    look(pool, Screen::Desk, Lang::Sv).await;
}
