//! Planning a whole period: scenarios divided by every method, changed, taken back, compared, read from files and published,
//! against figures worked out by hand. The first quarter of 2027 has 21 + 20 + 23 = 64 working days here.

mod publishing;

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::{Answer, World, day, text};

const Q1: &str = "2027-01-01..2027-03-31";

/// A year before: Elias 300k, Maja 100k, Petra 600k. The quarter before: 650k, 150k, 400k.
async fn nordhem(pool: PgPool) -> World {
    let world = World::new(pool).await;
    for (who, kronor, on) in [
        ("elias", 300_000, day(2, 10)),
        ("maja", 100_000, day(2, 11)),
        ("petra", 600_000, day(3, 3)),
        ("elias", 650_000, day(11, 3)),
        ("maja", 150_000, day(11, 10)),
        ("petra", 400_000, day(11, 12)),
    ] {
        world.deal(who, "Holmen Skog", kronor, on).await;
    }
    world
}

/// Begins a scenario of 10 % more, in whole thousands; answers its address.
async fn begin(
    world: &World,
    by: &str,
    department: &str,
    (name, start, whole): (&str, &str, &str),
) -> String {
    let department = world.department(department).await.to_string();
    let form = [
        ("name", name),
        ("department", &*department),
        ("metric", "revenue"),
        ("period", Q1),
        ("start", start),
        ("whole", whole),
        ("percent", "10"),
        ("step", "1000"),
    ];
    let begun = world.post(by, "/plans/new", &form).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    begun.location().to_owned()
}

fn id(path: &str) -> i64 {
    path.trim_start_matches("/plans/").parse().unwrap()
}

/// Targets in kronor by employee number or department code, in alphabetical order.
async fn targets(world: &World, path: &str) -> Vec<(String, i64)> {
    let sql = "select coalesce(e.employee_no, d.code), t.target / 100 from scenario_targets t
        left join employees e on e.id = t.employee_id left join departments d on d.id = t.department_id
        where t.scenario_id = $1 order by coalesce(e.employee_no, d.code) collate \"C\"";
    sqlx::query_as(sql).bind(id(path)).fetch_all(&world.db).await.unwrap()
}

fn named(targets: &[(&str, i64)]) -> Vec<(String, i64)> {
    targets.iter().map(|(name, target)| ((*name).to_owned(), *target)).collect()
}

async fn version(world: &World, path: &str) -> String {
    let sql = "select version::text from scenarios where id = $1";
    sqlx::query_scalar(sql).bind(id(path)).fetch_one(&world.db).await.unwrap()
}

/// Sends the table with these fields, in the present version unless another is among them.
async fn send(world: &World, by: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let version = version(world, path).await;
    let mut form = vec![("method", "last_year"), ("percent", "10"), ("step", "1000")];
    if !fields.iter().any(|(name, _)| *name == "version") {
        form.push(("version", &version));
    }
    form.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
    form.extend(fields);
    world.post(by, path, &form).await
}

async fn step(world: &World, by: &str, path: &str, which: &str) -> StatusCode {
    let version = version(world, path).await;
    world.post(by, &format!("{path}/{which}"), &[("version", &version)]).await.status
}

/// Goals as `subject target versions`, by employee number or department code.
async fn goals(world: &World) -> Vec<String> {
    let sql = "select coalesce(e.employee_no, d.code) || ' ' || (max(v.target) filter (where v.number = l.last)) / 100
            || ' ' || l.last
        from goals g join goal_versions v on v.goal_id = g.id
        join (select goal_id, max(number) as last from goal_versions group by goal_id) l on l.goal_id = g.id
        left join employees e on e.id = g.employee_id left join departments d on d.id = g.department_id
        where g.removed_at is null group by e.employee_no, d.code, l.last
        order by coalesce(e.employee_no, d.code) collate \"C\"";
    sqlx::query_scalar(sql).fetch_all(&world.db).await.unwrap()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap()
}

/// Publishes what the page shows, with a reason.
async fn publish(world: &World, by: &str, path: &str) -> Answer {
    let page = world.get(by, &format!("{path}/publish")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let (version, seen) = (page.field("version"), page.field("seen"));
    let form = [("class", "organisation"), ("reason", "New year"), ("version", &*version), ("seen", &*seen)];
    world.post(by, &format!("{path}/publish"), &form).await
}

#[sqlx::test]
async fn the_whole_is_divided_down_to_the_people_by_every_method(pool: PgPool) {
    let world = nordhem(pool).await;
    sqlx::query("update employees set hired_on = '2027-02-15' where employee_no = 'maja'")
        .execute(&world.db)
        .await
        .unwrap();
    for (method, expected) in [
        // 1M and 10 %, 4 : 6, and 3 : 1 in the North
        ("last_year", [1_100_000, 440_000, 660_000, 330_000, 110_000, 660_000]),
        // 1.2M and 10 %, 8 : 4, and 65 : 15
        ("last_period", [1_320_000, 880_000, 440_000, 715_000, 165_000, 440_000]),
        // two people in the North and one in the South; of 733,333 : 366,667 and of 366,500 twice
        ("equal", [1_100_000, 733_000, 367_000, 367_000, 366_000, 367_000]),
        // days: Elias 64, Maja 33 from 15 February on, Petra 64; 97 : 64 is 662,733 : 437,267, and 64 : 33 is 437,443 : 225,557
        ("capacity", [1_100_000, 663_000, 437_000, 437_000, 226_000, 437_000]),
    ] {
        let path = begin(&world, "anders", "NORDHEM", (method, method, "")).await;
        let names = ["NORDHEM", "NORTH", "SOUTH", "elias", "maja", "petra"];
        let pairs: Vec<(&str, i64)> = names.into_iter().zip(expected).collect();
        assert_eq!(targets(&world, &path).await, named(&pairs), "{method}");
        let page = text(&world.get("anders", &path).await);
        assert!(page.contains("Not assigned SEK 0") && page.contains("exact"), "{page}");
    }
    let by_hand = begin(&world, "anders", "NORDHEM", ("By hand", "by_hand", "")).await;
    assert_eq!(targets(&world, &by_hand).await, named(&[]));
    let page = text(&world.get("anders", &by_hand).await);
    assert!(page.contains("Without a target 6"), "the company, two departments, three sellers: {page}");
    let typed = begin(&world, "karin", "NORTH", ("Typed", "equal", "1,5 mn")).await;
    let expected = [("NORTH", 1_500_000), ("elias", 750_000), ("maja", 750_000)];
    assert_eq!(targets(&world, &typed).await, named(&expected), "Karin leads and does not sell");
}

#[sqlx::test]
async fn a_node_is_assigned_shared_and_lowered_and_every_step_is_taken_back(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "anders", "NORDHEM", ("First", "last_year", "")).await;
    let (north, elias, maja) =
        (world.department("NORTH").await, world.employee("elias").await, world.employee("maja").await);
    let (t_elias, t_maja) = (format!("t-person-{elias}"), format!("t-person-{maja}"));
    let begun = targets(&world, &path).await;

    let typed = send(&world, "anders", &path, &[(&*t_elias, "200 tkr"), (&*t_maja, "")]).await;
    assert_eq!(typed.status, StatusCode::SEE_OTHER, "{}", typed.body);
    let page = text(&world.get("anders", &path).await);
    assert!(page.contains("240k not assigned") && page.contains("No target"), "{page}");
    let assign = format!("assign:department-{north}");
    send(&world, "anders", &path, &[("act", &*assign)]).await;
    let with = |elias: i64, maja: i64| {
        let all = [1_100_000, 440_000, 660_000, elias, maja, 660_000];
        let names = ["NORDHEM", "NORTH", "SOUTH", "elias", "maja", "petra"];
        named(&names.into_iter().zip(all).collect::<Vec<_>>())
    };
    assert_eq!(targets(&world, &path).await, with(380_000, 60_000), "240k is 3 : 1");
    let share = format!("share:department-{north}");
    send(&world, "anders", &path, &[("act", &*share), ("method", "equal")]).await;
    assert_eq!(targets(&world, &path).await, with(220_000, 220_000));
    let lower = format!("lower:department-{north}");
    send(&world, "anders", &path, &[("act", &*lower), (&*t_elias, "300k")]).await;
    assert_eq!(targets(&world, &path).await[1], ("NORTH".into(), 520_000), "what is typed counts first");

    for expected in [with(300_000, 220_000), with(220_000, 220_000), with(380_000, 60_000)] {
        assert_eq!(step(&world, "anders", &path, "undo").await, StatusCode::SEE_OTHER);
        assert_eq!(targets(&world, &path).await, expected);
    }
    assert_eq!(step(&world, "anders", &path, "redo").await, StatusCode::SEE_OTHER);
    assert_eq!(targets(&world, &path).await, with(220_000, 220_000));
    for _ in 0..3 {
        step(&world, "anders", &path, "undo").await;
    }
    assert_eq!(targets(&world, &path).await, begun);
    send(&world, "anders", &path, &[(&*t_elias, "1k")]).await;
    assert_eq!(step(&world, "anders", &path, "redo").await, StatusCode::CONFLICT, "another way was taken");
    let nothing = send(&world, "anders", &path, &[("act", &*format!("share:person-{elias}"))]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("nobody below"), "{}", nothing.body);
}

#[sqlx::test]
async fn faults_stand_at_their_fields_and_a_stale_form_loses_nothing(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "karin", "NORTH", ("First", "last_year", "")).await;
    let (elias, maja) = (world.employee("elias").await, world.employee("maja").await);
    let (t_elias, t_maja) = (format!("t-person-{elias}"), format!("t-person-{maja}"));
    let faulty =
        send(&world, "karin", &path, &[(&*t_elias, "plenty"), (&*t_maja, "1M"), ("percent", "much")]).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        faulty.body.contains(&format!("href=\"#{t_elias}\"")) && faulty.body.contains("href=\"#percent\"")
    );
    assert_eq!((faulty.field(&t_elias), faulty.field(&t_maja)), ("plenty".into(), "1M".into()));
    let before = targets(&world, &path).await;

    let seen = version(&world, &path).await;
    send(&world, "anders", &path, &[(&*t_elias, "400k")]).await;
    let stale =
        send(&world, "karin", &path, &[("version", &*seen), (&*t_elias, "500k"), (&*t_maja, "90k")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!((stale.field(&t_elias), stale.field(&t_maja)), ("500k".into(), "90k".into()));
    let page = text(&stale);
    assert!(
        page.contains("Anders Nilsson changed the scenario") && page.contains("Stored now: 400,000"),
        "{page}"
    );
    assert_ne!(targets(&world, &path).await, before, "what Anders saved stands");
    let decided = [("version", stale.field("version")), (&*t_elias, "500k".into())];
    let decided: Vec<(&str, &str)> = decided.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(send(&world, "karin", &path, &decided).await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test]
async fn sums_follow_while_somebody_types(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "karin", "NORTH", ("First", "last_year", "")).await;
    let (north, elias) = (world.department("NORTH").await, world.employee("elias").await);
    let form = [(format!("t-person-{elias}"), "300k"), ("version".into(), "1")];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let sum = world.post("karin", &format!("{path}/sum"), &form).await;
    assert!(sum.body.contains("410k of 440k") && sum.body.contains("hx-swap-oob"), "{}", sum.body);
    assert!(sum.body.contains(&format!("id=\"s-department-{north}\"")), "{}", sum.body);
    assert_eq!(targets(&world, &path).await[1], ("elias".into(), 330_000), "nothing is stored");
}

#[sqlx::test]
async fn scenarios_stand_side_by_side(pool: PgPool) {
    let world = nordhem(pool).await;
    let first = begin(&world, "anders", "NORDHEM", ("Careful", "last_year", "")).await;
    let second = begin(&world, "anders", "NORDHEM", ("Bold", "equal", "2M")).await;
    let copy = world.get("anders", &format!("/plans/new?copy={}", id(&first))).await;
    let copied = world
        .post("anders", "/plans/new", &[("name", &copy.field("name")), ("copy", &id(&first).to_string())])
        .await;
    assert_eq!(copied.status, StatusCode::SEE_OTHER, "{}", copied.body);
    assert_eq!(targets(&world, copied.location()).await, targets(&world, &first).await);
    let list = text(&world.get("anders", "/plans?sort=-target").await);
    for words in
        ["1–3 of 3", "Bold", "Careful, copy", "Copy of Careful", "SEK 2.00M", "SEK 1.10M", "Anders Nilsson"]
    {
        assert!(list.contains(words), "{words} is missing: {list}");
    }
    assert!(text(&world.get("anders", "/plans?q=bold").await).contains("1–1 of 1"));
    assert!(text(&world.get("anders", "/plans?state=published").await).contains("No scenario fits"));
    let csv = world.get("anders", "/plans.csv?sort=name").await.body;
    assert!(
        csv.contains("Bold,Nordhem Ventilation,Order intake,2027-01-01,2027-03-31,2000000,2000000,"),
        "{csv}"
    );
    let path = format!("/plans/compare?ids={}&ids={}", id(&first), id(&second));
    let page = text(&world.get("anders", &path).await);
    // the company 1.1M and 2M, Elias 330k and 667k of two thirds, Petra 660k and 667k
    for words in ["Careful", "Bold", "1.10M 2.00M +900k", "330k 667k +337k", "660k 667k +7k"] {
        assert!(page.contains(words), "{words} is missing: {page}");
    }
    assert!(text(&world.get("anders", "/plans/compare").await).contains("Choose at least two"));
    assert_eq!(goals(&world).await, Vec::<String>::new(), "a scenario counts nowhere");
}

#[sqlx::test]
async fn a_file_comes_in_whole_or_not_at_all_and_changes_nothing_twice(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "anders", "NORDHEM", ("First", "last_year", "")).await;
    let import = format!("{path}/import");
    let before = targets(&world, &path).await;
    let out = world.get("anders", &format!("{path}/targets.csv")).await.body;
    assert!(
        out.contains("subject_kind,subject,name,target")
            && out.contains("person,elias,Elias Sandberg,330000")
    );
    let same = world.upload("anders", &import, "file", &out).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER, "{}", same.body);
    assert_eq!(version(&world, &path).await, "2", "nothing changed");

    let bad = "subject_kind,subject,name,target\nperson,elias,,400k\nperson,nobody,,1\nteam,NORTH,,1\n\
        person,maja,,plenty\nperson,elias,,5\nperson,petra\n";
    let refused = world.upload("anders", &import, "file", bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for cells in [
        ">3</td><td>subject</td><td>nobody</td>",
        ">4</td><td>subject_kind</td><td>team</td>",
        ">5</td><td>target</td><td>plenty</td>",
        ">6</td><td>subject</td><td>elias</td><td>The same one stands in the file twice.",
        ">7</td>",
    ] {
        assert!(refused.body.contains(cells), "{cells} is missing: {}", refused.body);
    }
    let header = world.upload("anders", &import, "file", "subject_kind,subject,amount\n").await;
    assert!(
        header.body.contains("<td>amount</td><td></td><td>No such column.")
            && header.body.contains("<td>target</td>")
    );
    assert_eq!(targets(&world, &path).await, before);

    let good = "subject;target;subject_kind\nelias;400 000;person\nNORTH;;department\n";
    for version_after in ["3", "3"] {
        assert_eq!(world.upload("anders", &import, "file", good).await.status, StatusCode::SEE_OTHER);
        assert_eq!(version(&world, &path).await, version_after);
    }
    let expected = [
        ("NORDHEM", 1_100_000),
        ("SOUTH", 660_000),
        ("elias", 400_000),
        ("maja", 110_000),
        ("petra", 660_000),
    ];
    assert_eq!(targets(&world, &path).await, named(&expected));
    step(&world, "anders", &path, "undo").await;
    assert_eq!(targets(&world, &path).await, before);
}

#[sqlx::test]
async fn scenarios_speak_swedish(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "anders", "NORDHEM", ("Ett", "last_year", "")).await;
    sqlx::query("update users set language = 'sv'").execute(&world.db).await.unwrap();
    for (page, words) in [
        ("/plans".to_owned(), "Fördelat på personer"),
        ("/plans/new".to_owned(), "Fördela efter"),
        (path.clone(), "går jämnt ut"),
        (format!("{path}/publish"), "Publicera 6 mål"),
        (format!("{path}/import"), "läses in i sin helhet"),
        (format!("/plans/compare?ids={}", id(&path)), "minst två"),
    ] {
        let answer = world.get("anders", &page).await;
        assert!(text(&answer).contains(words), "{page}: {}", text(&answer));
        assert!(!answer.body.contains("[plans-"), "a message is missing on {page}");
    }
}

#[sqlx::test]
async fn a_scenario_is_renamed_and_the_name_is_taken_back(pool: PgPool) {
    let world = nordhem(pool).await;
    let path = begin(&world, "karin", "NORTH", ("Careful", "equal", "3M")).await;
    let rename = async |by: &str, name: &str| {
        let version = version(&world, &path).await;
        world.post(by, &format!("{path}/rename"), &[("version", &*version), ("name", name)]).await
    };
    assert_eq!(rename("karin", "Bold").await.status, StatusCode::SEE_OTHER);
    let page = text(&world.get("karin", &path).await);
    assert!(page.contains("Renamed “Careful” to “Bold”"), "{page}");
    assert!(text(&world.get("karin", "/plans").await).contains("Bold"));
    let empty = rename("karin", "  ").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rename("johanna", "Mine").await.status, StatusCode::NOT_FOUND);
    assert_eq!(rename("elias", "Mine").await.status, StatusCode::FORBIDDEN);
    let stale = world.post("karin", &format!("{path}/rename"), &[("version", "1"), ("name", "Late")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let turn = async |step: &str| {
        let version = version(&world, &path).await;
        let done = world.post("karin", &format!("{path}/{step}"), &[("version", &*version)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {}", done.body);
        let sql = "select name from scenarios where id = $1";
        sqlx::query_scalar::<_, String>(sql).bind(id(&path)).fetch_one(&world.db).await.unwrap()
    };
    let before = targets(&world, &path).await;
    assert_eq!(turn("undo").await, "Careful");
    assert_eq!(targets(&world, &path).await, before, "only the name was changed");
    assert_eq!(turn("redo").await, "Bold");
    assert_eq!(turn("undo").await, "Careful");
    assert_eq!(turn("undo").await, "Careful", "then what it began with goes");
    assert_eq!(targets(&world, &path).await, []);
}
