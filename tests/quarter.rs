//! One quarter in a company of 25, from planning to closing: planned as a scenario, discussed (one agrees, one counters, one
//! is imposed), revised because of a competitor, with a hire, a transfer, a leave and a return, forecast, measured for
//! support, and closed. Every figure is worked out by hand.
//!
//! The fourth quarter of 2026 has 22 + 21 + 23 = 66 working days here.

use axum::http::StatusCode;
use pacemark::attainment::verify;
use sqlx::PgPool;

use crate::support::api::Client;
use crate::support::world::{Answer, World, day, text};

const Q4: &str = "2026-10-01..2026-12-31";

/// Besides those of the world: ten sellers, of whom one has an account, and customer service.
const COLLEAGUES: &str = "
    insert into departments (code, name, kind, parent_id)
        select 'SERVICE', 'Customer service', 'service', id from departments where kind = 'company';
    with new as (
        insert into employees (employee_no, name, hired_on)
        select c || n, case c when 'n' then 'Norr ' when 's' then 'Syd ' else 'Vakt ' end || n, '2024-01-01'
        from (values ('n', 5), ('s', 5), ('v', 6)) v (c, last), generate_series(1, last) n
        returning id, employee_no
    )
    insert into memberships (employee_id, department_id, lead, during)
    select new.id, d.id, new.employee_no = 'v1', daterange('2024-01-01', null) from new
    join departments d on d.code = case left(new.employee_no, 1) when 'n' then 'NORTH' when 's' then 'SOUTH' else 'SERVICE' end;
    insert into users (employee_id, email, name, role, language, created_at)
        select id, 'n1@nordhem.example', name, 'salesperson', 'en', '2026-01-01' from employees where employee_no = 'n1'";

async fn says(world: &World, who: &str, path: &str, all: &[&str]) {
    let page = text(&world.get(who, path).await);
    for words in all {
        assert!(page.contains(words), "{who} at {path} does not read {words}: {page}");
    }
}

async fn done(world: &World, who: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    let answer = world.post(who, path, form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{who} at {path}: {}", text(&answer));
    answer
}

async fn goal_of(world: &World, reference: &str, metric: &str) -> i64 {
    let sql = "select g.id from goals g left join employees e on e.id = g.employee_id
        left join departments d on d.id = g.department_id
        where coalesce(e.employee_no, d.code) = $1 and g.metric = $2 and g.removed_at is null";
    sqlx::query_scalar(sql).bind(reference).bind(metric).fetch_one(&world.db).await.unwrap()
}

/// Full target, what is asked for, actual, what is expected today, attainment, status.
async fn figures(world: &World, reference: &str) -> [String; 6] {
    let api = Client::of(&world.app, world.user("anders").await).await;
    let body = api.get(&format!("/api/v1/goals?subject={reference}&metric=revenue")).await.json();
    let item = &body["items"][0];
    let amount = |key: &str| item[key]["amount"].as_str().unwrap_or("none").to_owned();
    let text = |key: &str| item[key].as_str().unwrap_or("none").to_owned();
    [
        amount("target"),
        amount("effective_target"),
        amount("actual"),
        amount("expected"),
        text("attainment_pct"),
        text("status"),
    ]
}

/// The scenario: departments, and every seller whose goal is not going to be discussed.
async fn plan(world: &World) {
    let company = world.department("NORDHEM").await.0;
    let department = company.to_string();
    let begun = [
        ("name", "Q4"),
        ("department", &*department),
        ("metric", "revenue"),
        ("period", Q4),
        ("start", "by_hand"),
        ("whole", ""),
        ("percent", "0"),
        ("step", "1000"),
    ];
    let path = done(world, "anders", "/plans/new", &begun).await.location().to_owned();
    let mut typed = vec![
        (format!("t-department-{company}"), "13.2M"),
        (format!("t-department-{}", world.department("NORTH").await), "6.6M"),
        (format!("t-department-{}", world.department("SOUTH").await), "5.28M"),
    ];
    for seller in ["n2", "n3", "n4", "n5"] {
        typed.push((format!("t-person-{}", world.employee(seller).await), "660k"));
    }
    for seller in ["petra", "s1", "s2", "s3", "s4", "s5"] {
        typed.push((format!("t-person-{}", world.employee(seller).await), "880k"));
    }
    let version = world.get("anders", &path).await.field("version");
    let mut fields = vec![("method", "equal"), ("percent", "0"), ("step", "1000"), ("version", &*version)];
    fields.extend(typed.iter().map(|(name, value)| (name.as_str(), *value)));
    done(world, "anders", &path, &fields).await;
    // 13.2 − 6.6 − 5.28, and 6.6 − 4 × 0.66
    says(world, "anders", &path, &["1.32M not assigned", "3.96M not assigned", "exact"]).await;
    let page = world.get("anders", &format!("{path}/publish")).await;
    let (version, seen) = (page.field("version"), page.field("seen"));
    let form = [("class", "organisation"), ("reason", "Q4"), ("version", &*version), ("seen", &*seen)];
    done(world, "anders", &format!("{path}/publish"), &form).await;
    let goals: i64 = sqlx::query_scalar("select count(*) from goals").fetch_one(&world.db).await.unwrap();
    assert_eq!(goals, 13, "the company, two departments, ten sellers");
}

async fn step(world: &World, by: &str, at: &str, step: &str, form: &[(&str, &str)]) -> Answer {
    let version = world.get(by, at).await.field("version");
    done(world, by, &format!("{at}/steps/{step}"), &[&[("version", version.as_str())], form].concat()).await
}

/// One agrees, one counters, one is imposed.
async fn discuss(world: &World) {
    let propose = async |subject: &str, target: &str| {
        let form = [("subject", subject), ("metric", "revenue"), ("period", Q4), ("target", target)];
        done(world, "karin", "/agreements/new", &form).await.location().to_owned()
    };
    let at = propose("elias", "1.32M").await;
    says(world, "elias", "/", &["SEK 1.32M is proposed to you"]).await;
    step(world, "elias", &at, "accept", &[]).await;
    let at = propose("maja", "1.32M").await;
    step(world, "maja", &at, "counter", &[("target", "990k"), ("reason", "Two large customers left")]).await;
    says(world, "karin", "/", &["Maja Lund: SEK 990k is the answer"]).await;
    step(world, "karin", &at, "accept", &[]).await;
    let at = propose("n1", "660k").await;
    step(world, "karin", &at, "impose", &[("target", "660k"), ("reason", "No answer")]).await;
    // 4 × 660 + 1,320 + 990 + 660 of 6,600
    let north = format!("/goals/{}", goal_of(world, "NORTH", "revenue").await);
    says(world, "karin", &north, &["5.61M of 6.60M · 990k not assigned"]).await;
}

/// A competitor lowers its prices: Elias's goal is revised with the note as evidence.
async fn revise(world: &World) {
    world.travel(day(11, 2));
    let note = [
        ("kind", "competitor"),
        ("date", "2026-10-30"),
        ("title", "Ventus lowers its prices"),
        ("about", "Ventus"),
        ("value", ""),
        ("unit", ""),
        ("text", ""),
        ("source", ""),
        ("version", "0"),
    ];
    done(world, "elias", "/market", &note).await;
    let note: i64 = sqlx::query_scalar("select id from market_notes").fetch_one(&world.db).await.unwrap();
    let elias = goal_of(world, "elias", "revenue").await;
    let revision = [
        ("target", "990k"),
        ("class", "competition"),
        ("reason", "Ventus is 8 % cheaper"),
        ("effective_on", "2026-11-02"),
        ("version", "1"),
        ("evidence", &*note.to_string()),
    ];
    done(world, "karin", &format!("/goals/{elias}/revise"), &revision).await;
    says(
        world,
        "elias",
        &format!("/goals/{elias}"),
        &["Ventus lowers its prices", "Ventus is 8 % cheaper", "Acknowledge"],
    )
    .await;
    done(world, "elias", &format!("/goals/{elias}/acknowledge"), &[]).await;
    // 22 days to 1.32M leave 440,000; from there to 990,000 in 44 days
    assert_eq!(figures(world, "elias").await[3], "440000.00");
}

/// A hire with a ramp, a transfer with a target for the days after it, and a leave.
async fn change_the_people(world: &World) {
    let north = world.department("NORTH").await.to_string();
    let new = [
        ("employee_no", "n6"),
        ("name", "Norr 6"),
        ("email", ""),
        ("job_title", "Seller"),
        ("hired_on", "2026-11-02"),
        ("department", &*north),
    ];
    done(world, "ada", "/admin/people", &new).await;
    let goal = [("subject", "n6"), ("metric", "revenue"), ("period", Q4), ("target", "660k")];
    done(world, "karin", "/goals/new", &goal).await;
    let person = world.employee("n6").await;
    done(world, "karin", &format!("/people/{person}/ramp"), &[("starts_on", "2026-11-02"), ("steps", "50")])
        .await;
    // 44 days of 66, of which 22 at half: 33 of 66
    assert_eq!(figures(world, "n6").await[..2], ["660000.00", "330000.00"]);

    world.travel(day(11, 16));
    let (maja, south) = (world.employee("maja").await, world.department("SOUTH").await.to_string());
    let transfer = [("department", &*south), ("from", "2026-11-16")];
    done(world, "ada", &format!("/admin/people/{maja}/transfer"), &transfer).await;
    let revision = [
        ("target", "1.32M"),
        ("class", "organisation"),
        ("reason", "Moves to the South"),
        ("effective_on", "2026-11-16"),
        ("from_here", "true"),
        ("version", "1"),
    ];
    let goal = goal_of(world, "maja", "revenue").await;
    done(world, "johanna", &format!("/goals/{goal}/revise"), &revision).await;
    // 32 days of 990,000 ÷ 66 and 34 of 1,320,000 ÷ 66; today is not over
    assert_eq!(figures(world, "maja").await[..4], ["1320000.00", "1160000.00", "150000.00", "480000.00"]);

    let petra = world.employee("petra").await;
    let leave =
        [("from", "2026-12-07"), ("last", "2026-12-11"), ("kind", "leave"), ("pct", "100"), ("reason", "")];
    done(world, "petra", &format!("/people/{petra}/relief"), &leave).await;
    let answer = [("answer", "approve"), ("version", "1")];
    done(world, "johanna", &format!("/people/{petra}/relief/1"), &answer).await;
    // 880,000 × 61 ÷ 66
    assert_eq!(figures(world, "petra").await[1], "813333.33");
    let goal = goal_of(world, "petra", "revenue").await;
    says(
        world,
        "petra",
        &format!("/goals/{goal}"),
        &["Full target SEK 880k", "Approved leave −66.7k", "Asked for SEK 813k"],
    )
    .await;
}

async fn measure_support(world: &World) {
    let goal = [("subject", "SERVICE"), ("metric", "first_reply_time"), ("period", Q4), ("target", "120")];
    done(world, "anders", "/goals/new", &goal).await;
    for (who, minutes, replies) in [("v2", "1200", "20"), ("v3", "12000", "80")] {
        let fact = [
            ("subject", who),
            ("metric", "first_reply_time"),
            ("day", "2026-11-12"),
            ("value", minutes),
            ("count", replies),
            ("note", ""),
        ];
        done(world, "anders", "/facts/new", &fact).await;
    }
    // 13,200 ÷ 100 = 132 minutes; 2 − 132 ÷ 120 = 90 %. The mean of 60 and 150 would be 105
    let goal = goal_of(world, "SERVICE", "first_reply_time").await;
    says(world, "anders", &format!("/goals/{goal}"), &["2 h 12 min 90%", "Measured on 100 so far."]).await;
}

/// Two pieces, one of which comes back.
async fn sell_and_take_back(world: &World) {
    let mut draft = world.draft("petra", "Obbola Livs", 440_000, day(10, 21)).await;
    draft.lines[0].quantity = 2;
    let deal = world.book(&draft).await;
    world.travel(day(12, 1));
    let line: i64 = sqlx::query_scalar("select id from deal_lines where deal_id = $1")
        .bind(deal.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    let back = [
        ("version", "1"),
        ("line", &*line.to_string()),
        ("quantity", "1"),
        ("amount", "220000"),
        ("on", "2026-12-01"),
        ("reason", "Wrong size"),
    ];
    done(world, "johanna", &format!("/deals/{deal}/returns"), &back).await;
    assert_eq!(figures(world, "petra").await[2], "220000.00");
}

/// What people see on the last day of November, 42 working days in.
async fn look_ahead(world: &World) {
    world.travel(day(11, 30));
    // 440,000 and 20 of 44 days to 990,000
    assert_eq!(
        figures(world, "elias").await,
        ["990000.00", "990000.00", "420000.00", "690000.00", "42.42", "behind"]
    );
    let elias = format!("/goals/{}", goal_of(world, "elias", "revenue").await);
    // nothing is known of earlier quarters: plain run rate, 420,000 ÷ 42 × 66; 570,000 in 24 days are 23,750 a day
    says(
        world,
        "elias",
        &elias,
        &[
            "SEK 420k of 990k · 42%",
            "SEK 270k behind pace",
            "Likely to land on 660k",
            "You need SEK 23,800 per working day from here.",
            "Of the original goal 32% of 1.32M",
        ],
    )
    .await;
    let explained = elias.replace("/goals/", "/explain?goal=");
    says(world, "elias", &explained, &["420,000.00 ÷ 42 working days × 66 = 660,000.00"]).await;
    says(world, "karin", "/team?metric=revenue", &["Elias Sandberg", "42%", "−270k"]).await;
    sqlx::query("update users set language = 'sv' where email like 'elias%'")
        .execute(&world.db)
        .await
        .unwrap();
    says(
        world,
        "elias",
        &elias,
        &["420 tkr av 990 tkr · 42 %", "270 tkr efter takten", "Du behöver 23 800 kr per arbetsdag"],
    )
    .await;
    sqlx::query("update users set language = 'en'").execute(&world.db).await.unwrap();
}

async fn close(world: &World) {
    world.travel(chrono::NaiveDate::from_ymd_opt(2027, 1, 4).unwrap());
    let at = done(world, "frida", "/closing", &[("period", Q4)]).await.location().to_owned();
    let version = world.get("frida", &at).await.field("version");
    done(world, "frida", &format!("{at}/close"), &[("version", &version)]).await;
    let csv = world.get("anders", &format!("{at}/goals.csv")).await.body;
    for (reference, asked, actual, attainment, state) in [
        ("elias", "990000.00", "1020000.00", "103.03", "Met"),
        ("maja", "1160000.00", "250000.00", "21.55", "Missed"),
        // 440 − 220 + 700 of 813,333.33
        ("petra", "813333.33", "920000.00", "113.11", "Exceeded"),
        ("n6", "330000.00", "165000.00", "50.00", "Missed"),
        ("n3", "660000.00", "0.00", "0.00", "Missed"),
        // Elias, Maja until she moved, n2 and n6: 1,020 + 150 + 66 + 165
        ("NORTH", "6600000.00", "1401000.00", "21.23", "Missed"),
        // Maja since she moved, and Petra
        ("SOUTH", "5280000.00", "1020000.00", "19.32", "Missed"),
        ("NORDHEM", "13200000.00", "2421000.00", "18.34", "Missed"),
        ("SERVICE", "120", "132", "90.00", "Missed"),
    ] {
        let line = csv
            .lines()
            .find(|line| line.split(',').nth(1) == Some(reference))
            .unwrap_or_else(|| panic!("{reference}: {csv}"));
        let cells: Vec<&str> = line.split(',').collect();
        let (target, rest) = (cells[7], &cells[10..]);
        assert_eq!((target, rest), (asked, &[actual, attainment, state][..]), "{line}");
    }
    let elias = format!("/goals/{}", goal_of(world, "elias", "revenue").await);
    says(
        world,
        "elias",
        &elias,
        &["Closed on 4 January 2027 by Frida Dahl", "SEK 30k above the goal", "Ended at SEK 1.02M of 990k."],
    )
    .await;
    let found = verify::run(&mut world.db.acquire().await.unwrap()).await.unwrap();
    assert_eq!(found, [], "every total, and the snapshot");
}

#[sqlx::test]
async fn a_quarter_is_planned_discussed_revised_forecast_and_closed(pool: PgPool) {
    let world = World::new(pool).await;
    sqlx::raw_sql(COLLEAGUES).execute(&world.db).await.unwrap();
    let people: i64 =
        sqlx::query_scalar("select count(*) from employees").fetch_one(&world.db).await.unwrap();
    assert_eq!(people, 25);
    world.travel(day(9, 15));
    plan(&world).await;
    discuss(&world).await;

    world.travel(day(10, 30));
    world.deal("elias", "Holmen Skog", 220_000, day(10, 12)).await;
    world.deal("maja", "Brf Ankaret", 150_000, day(10, 20)).await;
    world.deal("n2", "Obbola Livs", 66_000, day(10, 15)).await;
    // 21 of 66 days to 1.32M; 45 days are left for 1.1M
    assert_eq!(
        figures(&world, "elias").await,
        ["1320000.00", "1320000.00", "220000.00", "420000.00", "16.67", "behind"]
    );
    let elias = format!("/goals/{}", goal_of(&world, "elias", "revenue").await);
    says(&world, "elias", &elias, &["SEK 200k behind pace", "You need SEK 24,500 per working day"]).await;
    says(&world, "anders", "/", &["436k"]).await;

    revise(&world).await;
    change_the_people(&world).await;
    measure_support(&world).await;
    world.deal("elias", "Brf Ankaret", 200_000, day(11, 10)).await;
    look_ahead(&world).await;
    sell_and_take_back(&world).await;
    world.travel(day(12, 18));
    for (who, kronor, on) in [
        ("maja", 100_000, day(11, 20)),
        ("petra", 700_000, day(12, 3)),
        ("elias", 600_000, day(12, 15)),
        ("n6", 165_000, day(12, 16)),
    ] {
        world.deal(who, "Holmen Skog", kronor, on).await;
    }
    close(&world).await;
}
