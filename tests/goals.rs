//! Goals on their pages: who sees and sets them, whether the parts add up, and that nothing is half saved.

use axum::http::StatusCode;
use chrono::NaiveDate;
use pacemark::attainment::Metric;
use pacemark::goals::{self, GoalDraft, Subject, Viewer};
use pacemark::kernel::id::GoalId;
use pacemark::kernel::period::Period;
use sqlx::PgPool;

use crate::support::world::{World, day, kr, text};

const Q4: &str = "2026-10-01..2026-12-31";

struct Goals {
    company: GoalId,
    north: GoalId,
    elias: GoalId,
    petra: GoalId,
}

fn q4() -> Period {
    Period::from_inclusive(day(10, 1), day(12, 31)).unwrap()
}

async fn set(world: &World, subject: Subject, kronor: i64, period: Period) -> GoalId {
    let company = world.company().await;
    let draft = GoalDraft {
        subject,
        metric: Metric::Revenue,
        category: None,
        period,
        target: kr(kronor),
        basis: None,
    };
    let mut tx = world.app.begin().await.unwrap();
    let id = goals::set(&mut tx, &draft, company.currency, None, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Q4: the company 10M; North 4M with Elias 1.6M, Maja without a goal; South 5M with Petra 5.2M.
async fn nordhem(pool: PgPool) -> (World, Goals) {
    let world = World::new(pool).await;
    let department = async |code| world.department(code).await;
    let person = async |name| Subject::Person(world.employee(name).await);
    let goals = Goals {
        company: set(&world, Subject::Company(department("NORDHEM").await), 10_000_000, q4()).await,
        north: set(&world, Subject::Department(department("NORTH").await), 4_000_000, q4()).await,
        elias: set(&world, person("elias").await, 1_600_000, q4()).await,
        petra: set(&world, person("petra").await, 5_200_000, q4()).await,
    };
    set(&world, Subject::Department(department("SOUTH").await), 5_000_000, q4()).await;
    world.deal("elias", "Holmen Skog", 400_000, day(11, 3)).await;
    world.deal("elias", "Brf Ankaret", 250_000, day(11, 10)).await;
    world.deal("petra", "Obbola Livs", 900_000, day(11, 12)).await;
    (world, goals)
}

async fn status(world: &World, user: &str, path: &str) -> StatusCode {
    world.get(user, path).await.status
}

async fn versions(world: &World, id: GoalId) -> Vec<i64> {
    let sql = "select target from goal_versions where goal_id = $1 order by number";
    sqlx::query_scalar(sql).bind(id.0).fetch_all(&world.db).await.unwrap()
}

async fn audited(world: &World, action: &str) -> i64 {
    let sql = "select count(*) from audit_log where action = $1";
    sqlx::query_scalar(sql).bind(action).fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn a_goal_is_seen_by_its_owner_and_those_above_and_by_nobody_else(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    let path = format!("/goals/{}", goals.elias);
    for user in ["elias", "karin", "anders", "ada", "frida"] {
        assert_eq!(status(&world, user, &path).await, StatusCode::OK, "{user}");
    }
    for user in ["maja", "petra", "johanna", "hanna"] {
        assert_eq!(status(&world, user, &path).await, StatusCode::NOT_FOUND, "{user}");
        assert_eq!(status(&world, user, &format!("{path}/deals.csv")).await, StatusCode::NOT_FOUND, "{user}");
        for page in ["/goals?period=all", "/goals.csv?period=all", "/goals/tree"] {
            let seen = world.get(user, page).await.body;
            assert!(!seen.contains("Elias"), "{user} reads of Elias on {page}");
        }
    }
    let department = format!("/goals/{}", goals.north);
    assert_eq!(
        status(&world, "maja", &department).await,
        StatusCode::OK,
        "the total of one's own department"
    );
    assert_eq!(status(&world, "petra", &department).await, StatusCode::NOT_FOUND, "not that of another");
    assert_eq!(status(&world, "petra", &format!("/goals/{}", goals.company)).await, StatusCode::OK);
}

#[sqlx::test]
async fn the_tree_says_whether_the_parts_add_up_to_those_who_see_them_all(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    let north = world.department("NORTH").await;
    let root = world.department("NORDHEM").await;
    let path = format!("/goals/tree?metric=revenue&period={Q4}&open={root},{north}");
    let tree = text(&world.get("anders", &path).await);
    for words in [
        "9.00M of 10.0M · 1.00M not assigned",
        "1.60M of 4.00M · 2.40M not assigned",
        "5.20M of 5.00M · buffer 200k",
        "Sales North is short by SEK 2.40M.",
        "Nordhem Ventilation is short by SEK 1.00M.",
        "One person in Sales North has no goal.",
        "Sales South carries a buffer of SEK 200k.",
        "SEK 1.55M of 10.0M · 16%",
        "No owner",
    ] {
        assert!(tree.contains(words), "{words} is missing: {tree}");
    }
    let karin = text(&world.get("karin", &path).await);
    assert!(karin.contains("1.60M of 4.00M · 2.40M not assigned") && !karin.contains("Petra"), "{karin}");
    assert!(!karin.contains("of 10.0M · 1.00M not assigned") && !karin.contains("Sales South"), "{karin}");
    let maja = text(&world.get("maja", &path).await);
    assert!(maja.contains("Sales North") && !maja.contains("not assigned"), "{maja}");
    let detail = text(&world.get("anders", &format!("/goals/{}", goals.elias)).await);
    assert!(detail.contains("Nordhem Ventilation 10.0M Sales North 4.00M Elias Sandberg 1.60M"), "{detail}");
}

#[sqlx::test]
async fn a_transfer_counts_where_the_person_is_in_the_period(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    sqlx::raw_sql(
        "update memberships set during = daterange(lower(during), '2026-11-01')
            where employee_id = (select id from employees where employee_no = 'elias');
        insert into memberships (employee_id, department_id, during) select e.id, d.id, daterange('2026-11-01', null)
            from employees e, departments d where e.employee_no = 'elias' and d.code = 'SOUTH'",
    )
    .execute(&world.db)
    .await
    .unwrap();
    let south = world.department("SOUTH").await;
    let tree = text(&world.get("anders", &format!("/goals/tree?period={Q4}&at={south}")).await);
    assert!(tree.contains("6.80M of 5.00M · buffer 1.80M"), "{tree}");
    assert_eq!(status(&world, "johanna", &format!("/goals/{}", goals.elias)).await, StatusCode::OK);
    assert_eq!(status(&world, "karin", &format!("/goals/{}", goals.elias)).await, StatusCode::NOT_FOUND);
}

#[sqlx::test]
async fn a_goal_shows_its_figures_deals_and_the_way_to_explain_them(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    let answer = world.get("elias", &format!("/goals/{}", goals.elias)).await;
    let page = text(&answer);
    for words in [
        "Order intake Q4 2026, Elias Sandberg",
        "SEK 650k 41%",
        "Holmen Skog",
        "Deals that count 2",
        "Show as table",
    ] {
        assert!(page.contains(words), "{words} is missing: {page}");
    }
    assert!(answer.body.contains(&format!("/explain?goal={}&amp;figure=actual", goals.elias)));
    assert!(!answer.body.contains("/revise"), "a salesperson sets no goals");
    let csv = world.get("elias", &format!("/goals/{}/deals.csv", goals.elias)).await.body;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.contains("400000,SEK"), "{csv}");
    let list = world.get("karin", &format!("/goals.csv?period={Q4}&of=person&sort=-target")).await.body;
    assert!(
        list.contains("elias,Elias Sandberg,Order intake,,booked,2026-10-01,2026-12-31,1600000,650000,"),
        "{list}"
    );
}

#[sqlx::test]
async fn filters_narrow_the_list(pool: PgPool) {
    let (world, _) = nordhem(pool).await;
    let names = async |query: &str| text(&world.get("anders", &format!("/goals{query}")).await);
    assert!(names("").await.contains("1–5 of 5"));
    assert!(names("?q=elias").await.contains("1–1 of 1"));
    assert!(names("?of=department&sort=-target").await.contains("1–2 of 2"));
    assert!(names("?metric=margin").await.contains("No goal fits"));
    assert!(names("?status=off").await.contains("Behind"));
    assert!(names("?period=2026-01-01..2026-03-31").await.contains("No goal fits"));
}

#[sqlx::test]
async fn a_goal_is_set_with_faults_at_their_fields_and_taken_back(pool: PgPool) {
    let (world, _) = nordhem(pool).await;
    let form = |subject: &'static str, target: &'static str| {
        [("subject", subject), ("metric", "revenue"), ("period", Q4), ("target", target)]
    };
    let cases = [
        (form("Maja Lund · maja", "about 2M"), "target", "Enter a number"),
        (form("maja", "-5"), "target", "cannot be below zero"),
        (form("maja", "1.234"), "", ""),
        (form("Nobody", "2M"), "subject", "Nobody and no department"),
        (form("petra", "2M"), "subject", "Nobody and no department"),
        (form("karin", "2M"), "subject", "set by somebody else"),
        (form("elias", "2M"), "period", "There is a goal"),
    ];
    for (form, field, message) in cases.iter().filter(|(_, field, _)| !field.is_empty()) {
        let answer = world.post("karin", "/goals/new", form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(
            answer.body.contains(message) && answer.body.contains(&format!("href=\"#{field}\"")),
            "{form:?}"
        );
        assert_eq!(answer.field("target"), form[3].1, "what was typed stays");
    }
    let set = world.post("karin", "/goals/new", &form("Maja Lund", "1,25 mn")).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    let id = GoalId(set.location().trim_start_matches("/goals/").parse().unwrap());
    assert_eq!((versions(&world, id).await, audited(&world, "goal.set").await), (vec![kr(1_250_000)], 1));
    let removed = world.post("karin", &format!("/goals/{id}/remove"), &[("version", "1")]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&world, "karin", &format!("/goals/{id}")).await, StatusCode::NOT_FOUND);
    let stale = world.post("karin", &format!("/goals/{id}/restore"), &[("version", "1")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let back = world.post("karin", &format!("/goals/{id}/restore"), &[("version", "2")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&world, "maja", &format!("/goals/{id}")).await, StatusCode::OK);
    let asked = world.post("maja", "/goals/new", &form("maja", "2M")).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "salespeople set no goals");
}

#[sqlx::test]
async fn a_revision_adds_a_version_and_a_stale_one_shows_both_values(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    let path = format!("/goals/{}/revise", goals.elias);
    let effect = text(&world.get("karin", &format!("{path}?target=1.8M")).await);
    assert!(effect.contains("Goal SEK 1.60M SEK 1.80M"), "{effect}");
    let form = |target, version| {
        [
            ("target", target),
            ("class", "organisation"),
            ("reason", "Takes over Skellefteå"),
            ("effective_on", "2026-11-18"),
            ("version", version),
        ]
    };
    let faulty = world.post("karin", &path, &form("1.6M", "1")).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.body.contains("This is the goal already"));
    let saved = world.post("karin", &path, &form("1.8M", "1")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(versions(&world, goals.elias).await, [kr(1_600_000), kr(1_800_000)]);
    let stale = world.post("anders", &path, &form("1.7M", "1")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let page = text(&stale);
    assert!(
        page.contains("Karin Lindqvist set it to SEK 1.80M") && page.contains("You wrote SEK 1.70M"),
        "{page}"
    );
    assert_eq!((stale.field("version"), stale.field("target")), ("2".into(), "1.7M".into()));
    assert_eq!(versions(&world, goals.elias).await.len(), 2, "nothing was saved");
    assert_eq!(audited(&world, "goal.revised").await, 1);
    for (user, code) in [("johanna", StatusCode::NOT_FOUND), ("elias", StatusCode::FORBIDDEN)] {
        assert_eq!(world.post(user, &path, &form("9M", "2")).await.status, code, "{user}");
    }
    let rewritten = sqlx::query("update goal_versions set target = 0").execute(&world.db).await;
    assert!(rewritten.is_err(), "versions are never changed");
}

#[sqlx::test]
async fn a_plan_is_saved_whole_or_not_at_all(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    let (north, elias, maja) =
        (world.department("NORTH").await, world.employee("elias").await, world.employee("maja").await);
    let department = north.to_string();
    let (t_elias, v_elias) = (format!("t-person-{elias}"), format!("v-person-{elias}"));
    let (t_maja, v_maja) = (format!("t-person-{maja}"), format!("v-person-{maja}"));
    let form = |elias: &'static str, maja: &'static str, version: &'static str, reason: &'static str| {
        [
            ("department", department.as_str()),
            ("metric", "revenue"),
            ("period", Q4),
            (t_elias.as_str(), elias),
            (v_elias.as_str(), version),
            (t_maja.as_str(), maja),
            (v_maja.as_str(), ""),
            ("reason", reason),
        ]
    };
    let faulty = world.post("karin", "/goals/plan", &form("1.9M", "plenty", "1", "")).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.body.contains(&format!("href=\"#{t_maja}\"")) && faulty.body.contains("href=\"#reason\""));
    assert_eq!((faulty.field(&t_elias), faulty.field(&t_maja)), ("1.9M".into(), "plenty".into()));
    let stale = world.post("karin", "/goals/plan", &form("1.9M", "2.1M", "7", "More accounts")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(versions(&world, goals.elias).await.len(), 1, "nothing is half saved");
    assert_eq!(audited(&world, "goal.set").await + audited(&world, "goal.revised").await, 0);
    let sum = world.post("karin", "/goals/plan/sum", &form("1.9M", "2.1M", "1", "")).await;
    assert!(sum.body.contains("4.00M of 4.00M · exact"), "{}", sum.body);
    let saved = world.post("karin", "/goals/plan", &form("1.9M", "2.1M", "1", "More accounts")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(versions(&world, goals.elias).await, [kr(1_600_000), kr(1_900_000)]);
    assert_eq!((audited(&world, "goal.set").await, audited(&world, "goal.revised").await), (1, 1));
    let foreign =
        world.get("karin", &format!("/goals/plan?department={}", world.department("SOUTH").await)).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

#[sqlx::test]
async fn a_plan_proposes_the_last_actual_and_more(pool: PgPool) {
    let (world, _) = nordhem(pool).await;
    let elias = world.employee("elias").await;
    let page = world.get("karin", "/goals/plan?period=2027-01-01..2027-03-31&percent=10&step=1000").await;
    assert_eq!(page.field(&format!("t-person-{elias}")), "715,000", "650k and 10 %");
    let page = world
        .get("karin", "/goals/plan?period=2027-01-01..2027-03-31&base=target&percent=-2,5&step=10000")
        .await;
    assert_eq!(page.field(&format!("t-person-{elias}")), "1,560,000", "1.6M less 2.5 %");
}

#[sqlx::test]
async fn a_period_is_copied_for_everybody_below(pool: PgPool) {
    let (world, _) = nordhem(pool).await;
    let south = world.department("SOUTH").await.to_string();
    let next = "2027-01-01..2027-03-31";
    let form = [("department", south.as_str()), ("from", Q4), ("to", next), ("percent", "10")];
    let copied = world.post("johanna", "/goals/copy", &form).await;
    assert_eq!(copied.status, StatusCode::SEE_OTHER, "{}", copied.body);
    let viewer = Viewer::system(day(11, 18));
    let start = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let filter = goals::GoalFilter { on: Some(start), ..goals::GoalFilter::default() };
    let set = goals::list(&mut world.app.read().await.unwrap(), viewer, &filter).await.unwrap();
    let targets: Vec<(&str, i64)> =
        set.iter().map(|goal| (goal.subject_name.as_str(), goal.target())).collect();
    assert_eq!(targets, [("Sales South", kr(5_500_000)), ("Petra Holm", kr(5_720_000))]);
    assert_eq!(audited(&world, "goal.set").await, 2);
    let path = format!("/goals/copy?from={Q4}&to=2027-04-01..2027-06-30");
    let whole = text(&world.get("anders", &path).await);
    assert!(whole.contains("Set 5 goals"), "an executive starts from the company: {whole}");
    let again =
        text(&world.get("johanna", &format!("/goals/copy?department={south}&from={Q4}&to={next}")).await);
    assert!(again.contains("Nothing to copy"), "{again}");
}

#[sqlx::test]
async fn a_gap_is_shared_among_the_parts_as_it_was_shown(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    let path = format!("/goals/{}/assign", goals.company);
    let page = world.get("anders", &path).await;
    let north = page.field(&format!("target-{}", goals.north));
    assert_eq!(north, "4440000", "4 of 9 parts of 10M, in steps of ten thousand");
    let (target, version) = (format!("target-{}", goals.north), format!("version-{}", goals.north));
    let refused = world.post("anders", &path, &[(&target, &north), (&version, "1"), ("reason", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shared = world
        .post("anders", &path, &[(&target, &north), (&version, "1"), ("reason", "Board decision")])
        .await;
    assert_eq!(shared.status, StatusCode::SEE_OTHER, "{}", shared.body);
    assert_eq!(versions(&world, goals.north).await, [kr(4_000_000), kr(4_440_000)]);
    assert_eq!(
        status(&world, "karin", &path).await,
        StatusCode::FORBIDDEN,
        "the company's goal is not hers to share"
    );
    assert_eq!(
        status(&world, "anders", &format!("/goals/{}/assign", goals.petra)).await,
        StatusCode::NOT_FOUND
    );
}

#[sqlx::test]
async fn goals_speak_swedish(pool: PgPool) {
    let (world, goals) = nordhem(pool).await;
    sqlx::query("update users set language = 'sv'").execute(&world.db).await.unwrap();
    for (path, words) in [
        ("/goals".to_owned(), "Nytt mål"),
        (format!("/goals/tree?period={Q4}"), "9,00 mn av 10,0 mn · 1,00 mn ej fördelat"),
        (format!("/goals/{}", goals.elias), "Överenskommelse"),
        (format!("/goals/{}/revise", goals.elias), "Gäller från"),
        ("/goals/new".to_owned(), "anställningsnummer"),
        ("/goals/plan".to_owned(), "Planera en period"),
        ("/goals/copy".to_owned(), "Kopiera en period"),
        (format!("/goals/{}/assign", goals.company), "Få delarna att räcka"),
    ] {
        let answer = world.get("anders", &path).await;
        assert!(text(&answer).contains(words), "{path}: {}", text(&answer));
        assert!(!answer.body.contains("[goals-"), "a message is missing on {path}");
    }
}
