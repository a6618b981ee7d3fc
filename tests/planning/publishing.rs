//! Publishing scenarios: all goals at once or none, whose goals one may set, who may know of a scenario, and two hundred people.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{Q1, begin, count, goals, id, named, nordhem, publish, send, step, targets};
use crate::support::world::{kr, text};

#[sqlx::test]
async fn publishing_sets_and_revises_all_goals_at_once_and_tells_whom_they_are_for(pool: PgPool) {
    let world = nordhem(pool).await;
    let goal = |subject: &'static str, target: &'static str| {
        [("subject", subject), ("metric", "revenue"), ("period", Q1), ("target", target)]
    };
    assert_eq!(world.post("karin", "/goals/new", &goal("elias", "300k")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        world.post("anders", "/goals/new", &goal("petra", "660k")).await.status,
        StatusCode::SEE_OTHER
    );
    sqlx::raw_sql(
        "delete from notices; update employees set hired_on = '2027-02-15' where employee_no = 'maja'",
    )
    .execute(&world.db)
    .await
    .unwrap();
    let path = begin(&world, "anders", "NORDHEM", ("Careful", "last_year", "")).await;
    let page = text(&world.get("anders", &format!("{path}/publish")).await);
    for words in
        ["New goals 4", "Revised goals 1", "Unchanged goals 1", "Not assigned SEK 0", "Publish 5 goals"]
    {
        assert!(page.contains(words), "{words} is missing: {page}");
    }
    let done = publish(&world, "anders", &path).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    // of Maja, 33 of 64 days are asked: 110,000 of 213,333.33
    let expected = [
        "NORDHEM 1100000 1",
        "NORTH 440000 1",
        "SOUTH 660000 1",
        "elias 330000 2",
        "maja 213333 1",
        "petra 660000 1",
    ];
    assert_eq!(goals(&world).await, expected);
    let tree = text(&world.get("anders", done.location()).await);
    assert!(tree.contains("1.10M of 1.10M · exact") && tree.contains("440k of 440k · exact"), "{tree}");
    let told = "select count(*) from notices n join users u on u.id = n.user_id where u.email like 'elias%'
        and n.message = 'notice-goal-revised' and n.quote = 'New year'";
    assert_eq!(count(&world, told).await, 1);
    let told = "select count(*) from notices n join users u on u.id = n.user_id where u.email like 'petra%'
        and n.message = 'notice-goal-set'";
    assert_eq!(count(&world, told).await, 2, "of the company and of the South; her own did not change");
    assert_eq!(count(&world, "select count(*) from audit_log where action = 'plan.published'").await, 1);

    let page = world.get("anders", &path).await;
    assert!(text(&page).contains("Published") && !page.body.contains("name=\"t-person"), "read-only");
    for (path, form) in [
        (path.clone(), vec![("version", "3"), ("method", "equal"), ("percent", "1"), ("step", "1")]),
        (format!("{path}/undo"), vec![("version", "3")]),
        (format!("{path}/remove"), vec![("version", "3")]),
        (format!("{path}/publish"), vec![("version", "3"), ("class", "economy"), ("seen", "")]),
    ] {
        assert_eq!(world.post("anders", &path, &form).await.status, StatusCode::CONFLICT, "{path}");
    }
}

#[sqlx::test]
async fn publishing_is_all_or_nothing(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "anders", "NORDHEM", ("Careful", "last_year", "")).await;
    let page = world.get("anders", &format!("{path}/publish")).await;
    let (version, seen) = (page.field("version"), page.field("seen"));
    let form = [("class", "organisation"), ("reason", "New year"), ("version", &*version), ("seen", &*seen)];
    let other = [("subject", "maja"), ("metric", "revenue"), ("period", Q1), ("target", "90k")];
    assert_eq!(world.post("karin", "/goals/new", &other).await.status, StatusCode::SEE_OTHER);
    let stale = world.post("anders", &format!("{path}/publish"), &form).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(text(&stale).contains("Revised goals 1"), "what would change now: {}", text(&stale));
    assert_eq!(goals(&world).await, ["maja 90000 1"], "nothing was published");

    // one goal in the middle is refused by the database
    sqlx::raw_sql(
        "create function no_petra() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
        create trigger no_petra before insert on goals for each row
            when (new.subject_kind = 'person') execute function no_petra()",
    )
    .execute(&world.db)
    .await
    .unwrap();
    assert_eq!(publish(&world, "anders", &path).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(goals(&world).await, ["maja 90000 1"]);
    assert_eq!(count(&world, "select count(*) from scenarios where published_at is not null").await, 0);
    assert_eq!(count(&world, "select count(*) from notices where message = 'notice-goal-revised'").await, 0);
    sqlx::raw_sql("drop trigger no_petra on goals").execute(&world.db).await.unwrap();
    let reason = world
        .post(
            "anders",
            &format!("{path}/publish"),
            &[("class", "economy"), ("version", &version), ("seen", &stale.field("seen"))],
        )
        .await;
    assert_eq!(reason.status, StatusCode::UNPROCESSABLE_ENTITY, "a revision needs a reason");
    assert_eq!(publish(&world, "anders", &path).await.status, StatusCode::SEE_OTHER);
    assert_eq!(goals(&world).await.len(), 6);
}

#[sqlx::test]
async fn ones_own_goal_is_shown_kept_and_left_out(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "anders", "NORTH", ("North", "equal", "900k")).await;
    let karin = world.employee("karin").await;
    let csv = "subject_kind,subject,target\nperson,karin,100000\n";
    assert_eq!(
        world.upload("anders", &format!("{path}/import"), "file", csv).await.status,
        StatusCode::SEE_OTHER
    );
    let page = world.get("karin", &path).await;
    assert!(text(&page).contains("Karin Lindqvist Set by somebody else") && text(&page).contains("100,000"));
    assert!(!page.body.contains(&format!("name=\"t-person-{karin}\"")));
    assert_eq!(step(&world, "karin", &path, "undo").await, StatusCode::CONFLICT, "not hers to take back");
    let own = format!("t-person-{karin}");
    send(
        &world,
        "karin",
        &path,
        &[
            (&*own, "1"),
            ("act", &*format!("share:department-{}", world.department("NORTH").await)),
            ("method", "equal"),
        ],
    )
    .await;
    let expected = [("NORTH", 900_000), ("elias", 400_000), ("karin", 100_000), ("maja", 400_000)];
    assert_eq!(targets(&world, &path).await, named(&expected), "hers stays, and is taken off before sharing");
    let own = "subject_kind,subject,target\nperson,karin,1\n";
    let refused = world.upload("karin", &format!("{path}/import"), "file", own).await;
    assert!(refused.body.contains("set by somebody else"), "{}", refused.body);
    let page = text(&world.get("karin", &format!("{path}/publish")).await);
    assert!(page.contains("One target is left out") && page.contains("Karin Lindqvist"), "{page}");
    assert_eq!(publish(&world, "karin", &path).await.status, StatusCode::SEE_OTHER);
    assert_eq!(goals(&world).await, ["NORTH 900000 1", "elias 400000 1", "maja 400000 1"]);
}

#[sqlx::test]
async fn scenarios_exist_for_those_who_plan_the_department(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "karin", "NORTH", ("Mine", "equal", "900k")).await;
    for (user, status) in [
        ("karin", StatusCode::OK),
        ("anders", StatusCode::OK),
        ("ada", StatusCode::OK),
        ("johanna", StatusCode::NOT_FOUND),
        ("elias", StatusCode::FORBIDDEN),
        ("hanna", StatusCode::FORBIDDEN),
    ] {
        let compare = format!("/plans/compare?ids={}", id(&path));
        for page in [
            path.clone(),
            format!("{path}/publish"),
            format!("{path}/targets.csv"),
            format!("{path}/import"),
            compare,
        ] {
            assert_eq!(world.get(user, &page).await.status, status, "{user} {page}");
        }
        if user == "johanna" {
            assert!(!world.get(user, "/plans").await.body.contains("Mine"));
            assert!(!world.get(user, "/plans.csv").await.body.contains("Mine"));
            assert_eq!(send(&world, user, &path, &[]).await.status, status);
            assert_eq!(step(&world, user, &path, "undo").await, status);
            assert_eq!(world.get(user, &format!("/plans/new?copy={}", id(&path))).await.status, status);
            assert_eq!(
                world.post(user, &format!("{path}/publish"), &[("version", "2")]).await.status,
                status
            );
        }
    }
    let north = world.department("NORTH").await.to_string();
    let form = [
        ("name", "x"),
        ("department", &*north),
        ("metric", "revenue"),
        ("period", Q1),
        ("start", "by_hand"),
        ("step", "1"),
    ];
    assert_eq!(world.post("johanna", "/plans/new", &form).await.status, StatusCode::NOT_FOUND);
    let root = world.department("NORDHEM").await.to_string();
    let form = [
        ("name", "x"),
        ("department", &*root),
        ("metric", "revenue"),
        ("period", Q1),
        ("start", "by_hand"),
        ("step", "1"),
    ];
    assert_eq!(
        world.post("karin", "/plans/new", &form).await.status,
        StatusCode::FORBIDDEN,
        "she knows the company"
    );
    assert_eq!(step(&world, "karin", &path, "remove").await, StatusCode::SEE_OTHER);
    assert_eq!(world.get("karin", &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(step(&world, "karin", &path, "restore").await, StatusCode::SEE_OTHER);
    assert_eq!(world.get("karin", &path).await.status, StatusCode::OK);
}

#[sqlx::test]
async fn two_hundred_people_are_planned_and_published_together(pool: PgPool) {
    let world = nordhem(pool).await;
    sqlx::raw_sql(
        "insert into departments (code, name, kind, parent_id)
            select 'T' || n, 'Team ' || n, 'sales', d.id from generate_series(1, 10) n, departments d where d.code = 'NORTH';
        with people as (
            insert into employees (employee_no, name, hired_on)
            select 'p' || lpad(n::text, 3, '0'), 'Person ' || n, '2024-01-01' from generate_series(1, 200) n
            returning id, employee_no
        ), members as (
            insert into memberships (employee_id, department_id, lead, during)
            select p.id, d.id, false, daterange('2024-01-01', null) from people p
            join departments d on d.code = 'T' || (substr(p.employee_no, 2)::int % 10 + 1) returning employee_id
        )
        insert into users (employee_id, email, name, role, language, created_at)
        select p.id, p.employee_no || '@nordhem.example', p.employee_no, 'salesperson', 'en', '2026-01-01' from people p",
    )
    .execute(&world.db)
    .await
    .unwrap();
    let started = std::time::Instant::now();
    let path = begin(&world, "anders", "NORDHEM", ("All", "capacity", "203M")).await;
    let sum = "select sum(target)::bigint from scenario_targets where employee_id is not null";
    assert_eq!(count(&world, sum).await, kr(203_000_000), "the parts are the whole");
    // 203 sellers with the same days: a million each
    assert_eq!(
        count(
            &world,
            "select count(*) from scenario_targets where target = 100000000 and employee_id is not null"
        )
        .await,
        203
    );
    let page = world.get("anders", &path).await;
    assert_eq!(page.body.matches("name=\"t-person-").count(), 203);
    let sent = send(
        &world,
        "anders",
        &path,
        &[
            ("act", &*format!("share_down:department-{}", world.department("NORDHEM").await)),
            ("method", "capacity"),
        ],
    )
    .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let (planned, published) = (started.elapsed(), std::time::Instant::now());
    assert_eq!(publish(&world, "anders", &path).await.status, StatusCode::SEE_OTHER);
    println!("planned in {planned:?}, published in {:?}", published.elapsed());
    let kinds = "select string_agg(kind, ' ') from (select subject_kind || count(*) as kind from goals
        group by subject_kind order by 1) k";
    let kinds: String = sqlx::query_scalar(kinds).fetch_one(&world.db).await.unwrap();
    assert_eq!(kinds, "company1 department12 person203");
    assert!(planned.as_secs() < 20, "{planned:?}");
}
