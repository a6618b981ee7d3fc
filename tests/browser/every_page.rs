//! Every page, in both themes, sizes and languages: nothing for axe to find, nothing that scrolls sideways.

use pacemark::auth::links::{self, LinkKind};
use pacemark::kernel::lang::Lang;
use sqlx::PgPool;

use super::driver::{Browser, Screen, Site};
use super::pages::PAGES;
use crate::support::world::{World, day};

const PASSWORD: &str = "korrekt häst batteri";

/// Pages of visitors who are not signed in.
const PUBLIC: [&str; 6] = [
    "/login",
    "/setup/{setup}",
    "/invite/{invitation}",
    "/unsubscribe/{unsubscribe}",
    "/f/{answer}?lang={lang}",
    "/api/docs",
];

async fn look(pool: PgPool, screen: Screen, lang: Lang, theme: &str) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    let account = sqlx::query("update users set password_hash = $1, language = $2");
    account.bind(hash).bind(lang.code()).execute(&world.db).await.unwrap();
    sqlx::query("update settings set language = $1").bind(lang.code()).execute(&world.db).await.unwrap();
    let mut places = places(&world).await;
    places.push(("{lang}", lang.code().to_owned()));
    let (site, _) = Site::start(&pool, world.app.clock.clone()).await;
    let browser = Browser::open(screen).await;
    browser.prefer(theme).await;
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
    assert!(faults.is_empty(), "{screen:?} {theme} {}", faults.join("\n"));
}

/// What is wrong with a page in a theme, with everything on it unfolded.
async fn faults_of(browser: &Browser, site: &Site, path: &str, lang: Lang) -> Vec<String> {
    browser.go(&site.at(path)).await;
    let unfold = "document.querySelectorAll('main details').forEach(part => { part.open = true; })";
    browser.window.execute(unfold, Vec::new()).await.unwrap();
    let mut faults = browser.accessibility_faults().await;
    if browser.scrolls_sideways().await {
        faults.push("scrolls sideways".to_owned());
    }
    let shown = browser.window.execute("return document.documentElement.lang", Vec::new()).await.unwrap();
    if shown.convert::<String>().unwrap() != lang.code() {
        faults.push("is in another language".to_owned());
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
    met(world).await;
    let mut places = more_places(world).await;
    places.extend(agreed_places(world).await);
    places.extend(planned_places(world).await);
    places.extend(open_places(world).await);
    places.extend(served_places(world).await);
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

/// An open deal of Elias that is stuck, a lost one, and a file with a name that nobody knows.
async fn open_places(world: &World) -> Vec<(&'static str, String)> {
    let product = world.product("Ventus 12").await.to_string();
    let form = [
        ("customer", "Holmen Skog"),
        ("origin", "referral"),
        ("technique", "Energy calculation"),
        ("opened_on", "2026-09-01"),
        ("expected_on", "2026-11-10"),
        ("next_step", "Call about the drawings"),
        ("next_on", "2026-11-12"),
        ("product", &*product),
        ("amount", "168000"),
    ];
    let at = world.post("elias", "/pipeline", &form).await.location().to_owned();
    world
        .post("elias", &format!("{at}/next"), &[("version", "1"), ("done", "yes"), ("next_step", "Offer")])
        .await;
    world.post("elias", &format!("{at}/comments"), &[("body", "They want it before winter.")]).await;
    let lost = world.post("elias", "/pipeline", &form).await.location().to_owned();
    let why = [("version", "1"), ("reason", "price"), ("lost_to", "Ventus AB")];
    world.post("elias", &format!("{lost}/lose"), &why).await;
    let file = "crm\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"deals.csv\"\r\n\r\n\
        opportunity_no,product,employee,amount\n9,Ventus12,elias,1000\n10,FTX 400,elias,much\n";
    let upload = world.upload("karin", "/pipeline/import", "source", file).await.location().to_owned();
    vec![
        ("{opportunity}", at.trim_start_matches("/pipeline/").to_owned()),
        ("{upload}", upload.trim_start_matches("/pipeline/import/").to_owned()),
    ]
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

/// North has met once and meets again; Elias is to do something.
async fn met(world: &World) {
    let north = world.department("NORTH").await.to_string();
    let form = [
        ("name", "North weekly"),
        ("department", &*north),
        ("rhythm", "weekly"),
        ("weekday", "3"),
        ("guests", "Petra Holm"),
    ];
    world.post("karin", "/reviews/series/new", &form).await;
    let note = [("section", "goals"), ("body", "Two of us are behind.\nWe help."), ("version", "0")];
    world.post("karin", "/reviews/1/notes", &note).await;
    let decided =
        [("what", "Call the three"), ("who", "Elias Sandberg"), ("when", "2026-11-25"), ("section", "goals")];
    world.post("karin", "/reviews/1/decisions", &decided).await;
    world.post("karin", "/reviews/1/hold", &[("version", "1")]).await;
}

/// A call and a case of Elias's customer, something a customer has said, and a link for another.
async fn served_places(world: &World) -> Vec<(&'static str, String)> {
    let call =
        [("customer", "Holmen Skog"), ("owner", ""), ("due", "2026-11-18"), ("question", "All quiet?")];
    world.post("elias", "/follow-ups/new", &call).await;
    let case = [
        ("customer", "Holmen Skog"),
        ("category", "product"),
        ("severity", "high"),
        ("title", "Noisy at night"),
        ("channel", "phone"),
        ("owner", "elias"),
    ];
    world.post("elias", "/cases/new", &case).await;
    world.post("elias", "/cases/1/comments", &[("body", "They called twice.")]).await;
    let link = async || {
        let page = world.post("elias", "/follow-ups/1/link", &[("lang", "en")]).await.body;
        let at = page.find("/f/").unwrap() + 3;
        page[at..].split('"').next().unwrap().to_owned()
    };
    let said =
        [("score", "9"), ("good", "product"), ("bad", "price"), ("words", "Quiet, but dear"), ("lang", "en")];
    world.post("elias", &format!("/f/{}", link().await), &said).await;
    vec![("{call}", "1".to_owned()), ("{case}", "1".to_owned()), ("{answer}", link().await)]
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

// Each page four times, so that every size is seen with every theme and language, and every theme with every language.

#[sqlx::test]
async fn on_a_desk(pool: PgPool) {
    look(pool, Screen::Desk, Lang::En, "light").await;
}

#[sqlx::test]
async fn on_a_phone_in_the_dark(pool: PgPool) {
    look(pool, Screen::Phone, Lang::En, "dark").await;
}

#[sqlx::test]
async fn on_a_phone_in_swedish(pool: PgPool) {
    look(pool, Screen::Phone, Lang::Sv, "light").await;
}

#[sqlx::test]
async fn on_a_desk_in_swedish_in_the_dark(pool: PgPool) {
    look(pool, Screen::Desk, Lang::Sv, "dark").await;
}
