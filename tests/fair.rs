//! Fair targets on their pages: ramp, relief with approval, joining and leaving, transfers, season; against figures worked
//! out by hand. The fourth quarter of 2026 has 22 + 21 + 23 = 66 working days here.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::api::Client;
use crate::support::world::{Answer, World, day, text};

const Q4: &str = "2026-10-01..2026-12-31";

async fn goal(world: &World, subject: &str, target: &str) -> String {
    let form = [("subject", subject), ("metric", "revenue"), ("period", Q4), ("target", target)];
    let set = world.post("karin", "/goals/new", &form).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    set.location().to_owned()
}

/// Full target, effective target, what is expected today, and the day's working days as the API tells them.
async fn figures(world: &World, subject: &str) -> (String, String, String) {
    let api = Client::of(&world.app, world.user("ada").await).await;
    let path = format!("/api/v1/goals?subject_kind=person&subject={subject}&metric=revenue&from=2026-10-01");
    let body = api.get(&path).await.json();
    let amount = |key: &str| body["items"][0][key]["amount"].as_str().unwrap().to_owned();
    (amount("target"), amount("effective_target"), amount("expected"))
}

fn told(full: &str, effective: &str, expected: &str) -> (String, String, String) {
    (full.into(), effective.into(), expected.into())
}

async fn ask(world: &World, by: &str, whose: &str, from: &str, last: &str, pct: &str) -> Answer {
    let person = world.employee(whose).await;
    let form = [("from", from), ("last", last), ("kind", "leave"), ("pct", pct), ("reason", "At home")];
    world.post(by, &format!("/people/{person}/relief"), &form).await
}

async fn answer(world: &World, by: &str, whose: &str, said: &str) -> Answer {
    let person = world.employee(whose).await;
    let sql = "select id, version from reliefs where employee_id = $1 order by id desc limit 1";
    let (id, version): (i64, i64) = sqlx::query_as(sql).bind(person.0).fetch_one(&world.db).await.unwrap();
    let form = [("answer", said), ("version", &*version.to_string())];
    world.post(by, &format!("/people/{person}/relief/{id}"), &form).await
}

#[sqlx::test]
async fn leave_lowers_a_goal_once_somebody_else_has_approved_it(pool: PgPool) {
    let world = World::new(pool).await;
    let at = goal(&world, "elias", "660000").await;
    assert_eq!(figures(&world, "elias").await, told("660000.00", "660000.00", "340000.00"), "34 of 66 days");

    let asked = ask(&world, "elias", "elias", "2026-12-07", "2026-12-11", "100").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    assert_eq!(figures(&world, "elias").await.1, "660000.00", "asking lowers nothing");
    assert_eq!(answer(&world, "elias", "elias", "approve").await.status, StatusCode::FORBIDDEN);
    assert_eq!(answer(&world, "maja", "elias", "approve").await.status, StatusCode::NOT_FOUND);
    assert_eq!(answer(&world, "johanna", "elias", "approve").await.status, StatusCode::NOT_FOUND);
    let home = text(&world.get("karin", "/").await);
    assert!(home.contains("Elias Sandberg asks for relief 7 Dec – 11 Dec 2026"), "{home}");

    assert_eq!(answer(&world, "karin", "elias", "approve").await.status, StatusCode::SEE_OTHER);
    // 61 of 66 days are left of 660,000; 34 of them have passed
    assert_eq!(figures(&world, "elias").await, told("660000.00", "610000.00", "340000.00"));
    let page = text(&world.get("elias", &at).await);
    for words in ["Full target SEK 660k", "Approved leave −50k", "Asked for SEK 610k"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("At home"), "why is not the goal's business");
    let inbox = text(&world.get("elias", "/inbox").await);
    assert!(inbox.contains("Karin Lindqvist approves the relief of Elias Sandberg"), "{inbox}");

    let capacity = format!("/people/{}/capacity", world.employee("elias").await);
    assert!(text(&world.get("elias", &capacity).await).contains("SEK 610k of SEK 660k"));
    assert!(text(&world.get("anders", &capacity).await).contains("At home"));
    assert_eq!(world.get("frida", &capacity).await.status, StatusCode::FORBIDDEN, "figures, not reasons");
    assert_eq!(world.get("maja", &capacity).await.status, StatusCode::NOT_FOUND);

    let twice = ask(&world, "elias", "elias", "2026-12-10", "2026-12-14", "50").await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer(&world, "karin", "elias", "approve").await.status,
        StatusCode::CONFLICT,
        "days overlap"
    );
    assert_eq!(answer(&world, "karin", "elias", "decline").await.status, StatusCode::SEE_OTHER);
    assert_eq!(figures(&world, "elias").await.1, "610000.00");
    let wrong = ask(&world, "elias", "elias", "2026-12-14", "2026-12-10", "200").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("href=\"#last\"") && wrong.body.contains("href=\"#pct\""));
    assert_eq!(wrong.field("pct"), "200", "what was typed stays");
}

#[sqlx::test]
async fn a_manager_asks_for_others_and_somebody_above_approves(pool: PgPool) {
    let world = World::new(pool).await;
    goal(&world, "elias", "660000").await;
    ask(&world, "karin", "elias", "2026-12-07", "2026-12-11", "60").await;
    assert_eq!(answer(&world, "karin", "elias", "approve").await.status, StatusCode::FORBIDDEN);
    assert_eq!(answer(&world, "anders", "elias", "approve").await.status, StatusCode::SEE_OTHER);
    assert_eq!(figures(&world, "elias").await.1, "630000.00", "5 × 60 % of 10,000");
    assert_eq!(answer(&world, "elias", "elias", "withdraw").await.status, StatusCode::SEE_OTHER);
    assert_eq!(figures(&world, "elias").await.1, "660000.00", "taken back");
    let stale = answer(&world, "anders", "elias", "approve").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
}

#[sqlx::test]
async fn whoever_is_new_is_asked_for_their_days_and_comes_up_month_by_month(pool: PgPool) {
    let world = World::new(pool).await;
    goal(&world, "maja", "660000").await;
    let hire = "update employees set hired_on = '2026-11-02' where employee_no = 'maja'";
    sqlx::raw_sql(hire).execute(&world.db).await.unwrap();
    // 21 + 23 days; 12 of them have passed
    assert_eq!(figures(&world, "maja").await, told("660000.00", "440000.00", "120000.00"));

    let person = world.employee("maja").await;
    let (set, remove) = (format!("/people/{person}/ramp"), format!("/people/{person}/ramp/remove"));
    let ramp = [("starts_on", "2026-11-02"), ("steps", "50 %")];
    assert_eq!(world.post("maja", &set, &ramp).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        world.post("karin", &set, &[("starts_on", "2026-11-02"), ("steps", "half")]).await.status,
        422
    );
    assert_eq!(world.post("karin", &set, &ramp).await.status, StatusCode::SEE_OTHER);
    // 2 November to 1 December are 22 days at half: 11 + 22 days are left, and 6 of them have passed
    assert_eq!(figures(&world, "maja").await, told("660000.00", "330000.00", "60000.00"));

    let leave = "update employees set left_on = '2026-12-11' where employee_no = 'maja'";
    sqlx::raw_sql(leave).execute(&world.db).await.unwrap();
    // 2 to 11 December are 8 days more: 11 + 8
    assert_eq!(figures(&world, "maja").await.1, "190000.00");
    let gone = world.post("karin", &remove, &[("starts_on", "2026-11-02")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(figures(&world, "maja").await.1, "300000.00", "30 days in full");
}

#[sqlx::test]
async fn a_target_for_the_days_from_then_on_leaves_the_days_before(pool: PgPool) {
    let world = World::new(pool).await;
    let at = goal(&world, "elias", "660000").await;
    let revision = [
        ("target", "1320000"),
        ("class", "organisation"),
        ("reason", "Takes over the coast"),
        ("effective_on", "2026-12-01"),
        ("from_here", "true"),
        ("version", "1"),
    ];
    let preview = "target=1320000&effective_on=2026-12-01&from_here=true";
    let shown = text(&world.get("karin", &format!("{at}/revise?{preview}")).await);
    assert!(shown.contains("SEK 660k SEK 890k"), "43 × 10,000 + 23 × 20,000: {shown}");
    let whole =
        text(&world.get("karin", &format!("{at}/revise?target=1320000&effective_on=2026-12-01")).await);
    assert!(whole.contains("SEK 660k SEK 1.32M"), "another preview is another figure: {whole}");
    let saved = world.post("karin", &format!("{at}/revise"), &revision).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(
        figures(&world, "elias").await,
        told("660000.00", "660000.00", "340000.00"),
        "not in force yet"
    );
    world.travel(day(12, 1));
    assert_eq!(figures(&world, "elias").await, told("1320000.00", "890000.00", "430000.00"));
}

#[sqlx::test]
async fn a_season_bends_the_pace_and_not_the_target(pool: PgPool) {
    let world = World::new(pool).await;
    let at = goal(&world, "elias", "890000").await;
    let terms = format!("{at}/terms");
    let form = |season: [&'static str; 3], version: &'static str| {
        let [october, november, december] = season;
        [
            ("prorated", "on"),
            ("season", october),
            ("season", november),
            ("season", december),
            ("weight", "60"),
            ("version", version),
        ]
    };
    assert_eq!(
        world.post("elias", &terms, &form(["100", "100", "200"], "1")).await.status,
        StatusCode::FORBIDDEN
    );
    let wrong = world.post("karin", &terms, &form(["100", "x", "200"], "1")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("value=\"x\""), "what was typed stays");
    let saved = world.post("karin", &terms, &form(["100", "100", "200"], "1")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    // 22 + 21 + 2 × 23 = 89 parts of 10,000; 34 have passed
    assert_eq!(figures(&world, "elias").await, told("890000.00", "890000.00", "340000.00"));
    world.travel(day(12, 2));
    assert_eq!(figures(&world, "elias").await.2, "450000.00", "43 + 2");
    let page = text(&world.get("elias", &at).await);
    assert!(page.contains("Season: October 2026 100, November 2026 100, December 2026 200"), "{page}");
    assert!(page.contains("Counts for 60% in the weighted score."), "{page}");
    assert_eq!(world.post("karin", &terms, &form(["1", "1", "1"], "1")).await.status, StatusCode::CONFLICT);

    // 45 of 89 parts have passed: the rate goes by them, and says so
    world.deal("elias", "Brf Ankaret", 450_000, day(11, 3)).await;
    let explained = text(&world.get("elias", &at.replace("/goals/", "/explain?goal=")).await);
    assert!(explained.contains("450,000.00 ÷ 45 parts of the weight × 89 = 890,000.00"), "{explained}");
    let none = text(&world.get("karin", &format!("{terms}?fill=last_year")).await);
    assert!(none.contains("nothing from last year"), "{none}");
    // October 2025 had 23 working days, November 20, December 23
    for (month, kronor) in [(10, 230_000), (11, 600_000), (12, 230_000)] {
        world.deal("elias", "Holmen Skog", kronor, day(month, 10).with_year_2025()).await;
    }
    let filled = world.get("karin", &format!("{terms}?fill=last_year")).await.body;
    // 10,000, 30,000 and 10,000 a day, 16,060 on average
    for value in ["value=\"62\"", "value=\"187\""] {
        assert!(filled.contains(value), "{value}");
    }
}

trait Earlier {
    fn with_year_2025(self) -> Self;
}

impl Earlier for chrono::NaiveDate {
    fn with_year_2025(self) -> Self {
        chrono::Datelike::with_year(&self, 2025).unwrap()
    }
}
