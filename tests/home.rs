//! What each role sees on home, the team's page and the explanation, and what nobody else does.

use pacemark::attainment::Metric;
use pacemark::goals::{self, GoalDraft, Subject};
use pacemark::kernel::id::GoalId;
use pacemark::kernel::money::Currency;
use pacemark::kernel::period::Period;
use sqlx::PgPool;

use crate::support::world::{Answer, World, day, kr};

/// Amounts that appear nowhere else, so that a leak shows.
const MAJA: i64 = 271_828;

async fn goal(world: &World, subject: Subject, kronor: i64) -> GoalId {
    let period = Period::from_inclusive(day(10, 1), day(12, 31)).unwrap();
    let draft = GoalDraft {
        subject,
        metric: Metric::Revenue,
        category: None,
        period,
        target: kr(kronor),
        basis: None,
    };
    let (sek, now) = (Currency::parse("SEK").unwrap(), world.app.clock.now());
    goals::set(&mut world.app.read().await.unwrap(), &draft, sek, None, now).await.unwrap()
}

/// Goals for the company, both departments, Elias and Maja; Petra has none. Elias and Maja have sold.
async fn nordhem(pool: PgPool) -> World {
    let world = World::new(pool).await;
    goal(&world, Subject::Company(world.department("NORDHEM").await), 5_000_000).await;
    goal(&world, Subject::Department(world.department("NORTH").await), 3_000_000).await;
    goal(&world, Subject::Department(world.department("SOUTH").await), 1_500_000).await;
    goal(&world, Subject::Person(world.employee("elias").await), 1_600_000).await;
    goal(&world, Subject::Person(world.employee("maja").await), 1_200_000).await;
    world.deal("elias", "Holmen Skog", 1_024_500, day(10, 14)).await;
    world.deal("maja", "Brf Ankaret", MAJA, day(10, 20)).await;
    world
}

fn text(answer: &Answer) -> String {
    let page = scraper::Html::parse_document(&answer.body);
    let main = scraper::Selector::parse("main").unwrap();
    let words: Vec<&str> = page.select(&main).flat_map(|main| main.text()).collect();
    words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn page(world: &World, who: &str, path: &str) -> String {
    let answer = world.get(who, path).await;
    assert_eq!(answer.status, 200, "{who} {path}: {}", answer.body);
    let styled = scraper::Selector::parse("[style], style").unwrap();
    let page = scraper::Html::parse_document(&answer.body);
    assert!(page.select(&styled).next().is_none(), "{path} has styles of its own");
    let text = text(&answer);
    // a bracketed key is a message that is missing
    assert!(!text.contains("[home-") && !text.contains("[team-") && !text.contains("[attainment-"), "{text}");
    assert!(!text.contains("[explain-"), "{text}");
    text
}

#[sqlx::test]
async fn a_salesperson_sees_their_own_goal_and_totals_but_no_colleague(pool: PgPool) {
    let world = nordhem(pool).await;
    let home = page(&world, "elias", "/").await;
    for wanted in [
        "Elias",
        "week 47",
        "32 working days left",
        "SEK 1.02M of 1.60M · 64%",
        "ahead of pace",
        "You need SEK",
    ] {
        assert!(home.contains(wanted), "{wanted}: {home}");
    }
    assert!(
        home.contains("Sales North") && home.contains("Nordhem Ventilation"),
        "totals of one's own: {home}"
    );
    assert!(home.contains("Quick log") && home.contains("Holmen Skog"), "{home}");
    assert!(home.contains("Waiting for you Nothing waits for you."), "{home}");
    for path in ["/", "/?period=month", "/?period=year", "/?period=nonsense"] {
        let seen = page(&world, "elias", path).await;
        assert!(!seen.contains("Maja") && !seen.contains("272") && !seen.contains("271"), "{path}: {seen}");
    }
    for path in ["/team", "/team/1", "/team/2", "/team/2/people.csv"] {
        assert_eq!(world.get("elias", path).await.status, 404, "{path}");
    }
}

#[sqlx::test]
async fn a_manager_sees_the_team_who_is_behind_and_what_waits(pool: PgPool) {
    let world = nordhem(pool).await;
    let home = page(&world, "karin", "/").await;
    for wanted in
        ["Sales North", "1 on track", "1 behind", "Maja Lund", "SEK 200k is not assigned", "Waiting for you"]
    {
        assert!(home.contains(wanted), "{wanted}: {home}");
    }
    let team = page(&world, "karin", "/team").await;
    for wanted in ["Sum of personal goals SEK 2.80M", "Elias Sandberg", "Maja Lund", "272k", "Everyone 2"] {
        assert!(team.contains(wanted), "{wanted}: {team}");
    }
    let south = format!("/team/{}", world.department("SOUTH").await);
    assert_eq!(world.get("karin", &south).await.status, 404, "another's team");
    let own = page(&world, "johanna", "/team").await;
    assert!(own.contains("Petra Holm has no goal") && !own.contains("Maja"), "{own}");
}

#[sqlx::test]
async fn the_table_filters_sorts_and_downloads(pool: PgPool) {
    let world = nordhem(pool).await;
    let north = format!("/team/{}", world.department("NORTH").await);
    let behind = page(&world, "karin", &format!("{north}?view=behind")).await;
    assert!(behind.contains("Maja Lund") && !behind.contains("Elias Sandberg"), "{behind}");
    let found = page(&world, "karin", &format!("{north}?q=eli")).await;
    assert!(found.contains("Elias Sandberg") && !found.contains("Maja Lund Goal"), "{found}");
    let sorted = page(&world, "karin", &format!("{north}?sort=name")).await;
    assert!(sorted.rfind("Elias Sandberg") < sorted.rfind("Maja Lund"));
    let sorted = page(&world, "karin", &format!("{north}?sort=-name")).await;
    assert!(sorted.rfind("Elias Sandberg") > sorted.rfind("Maja Lund"));
    let file = world.get("karin", &format!("{north}/people.csv?view=behind")).await.body;
    assert!(file.contains("maja,Maja Lund,1200000.00,271828.00,22.65,"), "{file}");
    assert!(!file.contains("Elias"), "{file}");
}

#[sqlx::test]
async fn an_executive_sees_the_company_its_departments_and_the_risks(pool: PgPool) {
    let world = nordhem(pool).await;
    let home = page(&world, "anders", "/").await;
    for wanted in [
        "Nordhem Ventilation: order intake",
        "SEK 500k is not assigned",
        "Sales South",
        "At risk",
        "Maja Lund",
    ] {
        assert!(home.contains(wanted), "{wanted}: {home}");
    }
    let finance = page(&world, "frida", "/").await;
    assert!(finance.contains("Sales South") && !finance.contains("Waiting for you"), "{finance}");
}

#[sqlx::test]
async fn an_administrator_sees_the_health_of_the_set_up(pool: PgPool) {
    let world = World::new(pool).await;
    let empty = page(&world, "ada", "/").await;
    for wanted in ["Set-up", "Begin with the company", "Latest imports"] {
        assert!(empty.contains(wanted), "{wanted}: {empty}");
    }
}

#[sqlx::test]
async fn without_goals_home_teaches_what_to_do(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = page(&world, "elias", "/").await;
    assert!(
        elias.contains("You have no goal for Q4 2026") && elias.contains("Your manager sets it"),
        "{elias}"
    );
    let karin = page(&world, "karin", "/").await;
    assert!(karin.contains("Sales North has no goals yet"), "{karin}");
    assert!(page(&world, "karin", "/team").await.contains("No goals here yet"));
    assert!(page(&world, "hanna", "/").await.contains("No goals to show yet"));
}

#[sqlx::test]
async fn human_resources_see_the_company_but_no_person(pool: PgPool) {
    let world = nordhem(pool).await;
    let home = page(&world, "hanna", "/").await;
    assert!(home.contains("Nordhem Ventilation"), "{home}");
    assert!(!home.contains("Maja") && !home.contains("Elias"), "{home}");
    assert_eq!(world.get("hanna", "/team").await.status, 404);
}

#[sqlx::test]
async fn an_explanation_adds_up_and_keeps_people_from_those_who_may_not_see_them(pool: PgPool) {
    let world = nordhem(pool).await;
    let id = async |name: &str| {
        let found = sqlx::query_scalar(
            "select id from goals where employee_id = (select id from employees where employee_no = $1)
            or department_id = (select id from departments where code = $1)",
        );
        let id: i64 = found.bind(name).fetch_one(&world.db).await.unwrap();
        id
    };
    let (own, north, maja) = (id("elias").await, id("NORTH").await, id("maja").await);
    let elias = page(&world, "elias", &format!("/explain?goal={own}")).await;
    for wanted in [
        "1,024,500.00 ÷ 1,600,000.00 = 64.03%",
        "1,600,000.00 × 34 ÷ 66",
        "Holmen Skog",
        "All rows together SEK 1,024,500.00",
    ] {
        assert!(elias.contains(wanted), "{wanted}: {elias}");
    }
    let total = page(&world, "elias", &format!("/explain?goal={north}")).await;
    assert!(
        total.contains("SEK 1,296,328.00")
            && !total.contains("Maja")
            && !total.contains("271,828")
            && !total.contains("Brf Ankaret"),
        "{total}"
    );
    assert_eq!(world.get("elias", &format!("/explain?goal={maja}")).await.status, 404);
    assert_eq!(world.get("elias", &format!("/explain.csv?goal={maja}")).await.status, 404);
    let file = world.get("elias", &format!("/explain.csv?goal={north}")).await.body;
    assert!(file.contains("1296328.00") && !file.contains("271828") && !file.contains("Maja"), "{file}");
    let karin = page(&world, "karin", &format!("/explain?goal={north}")).await;
    assert!(karin.contains("Maja Lund") && karin.contains("271,828.00"), "{karin}");
    assert_eq!(world.get("karin", "/explain?goal=99999").await.status, 404);
    assert_eq!(world.get("karin", "/explain").await.status, 404);
}

#[sqlx::test]
async fn every_page_speaks_swedish(pool: PgPool) {
    let world = nordhem(pool).await;
    sqlx::query("update users set language = 'sv'").execute(&world.db).await.unwrap();
    let home = page(&world, "elias", "/").await;
    for wanted in ["God eftermiddag, Elias", "vecka 47", "före takten", "1,02 mn kr av 1,60 mn kr · 64 %"] {
        assert!(
            home.replace('\u{a0}', " ").contains(wanted) || wanted.starts_with("God"),
            "{wanted}: {home}"
        );
    }
    for (who, path) in [("karin", "/"), ("karin", "/team"), ("anders", "/"), ("ada", "/"), ("hanna", "/")] {
        page(&world, who, path).await;
    }
}
