//! Goals as agreements: proposed, countered, agreed or imposed, on their pages, and who sees and hears of it.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::{Answer, World, day, text};

const NEXT: &str = "2027-01-01..2027-03-31";

async fn propose(world: &World, by: &str, subject: &str, target: &str, further: &[(&str, &str)]) -> Answer {
    let form = [("subject", subject), ("metric", "revenue"), ("period", NEXT), ("target", target)];
    world.post(by, "/agreements/new", &[&form[..], further].concat()).await
}

/// Takes a step with what the page shows; answers where it leads.
async fn step(world: &World, by: &str, at: &str, step: &str, form: &[(&str, &str)]) -> Answer {
    let version = world.get(by, at).await.field("version");
    world.post(by, &format!("{at}/steps/{step}"), &[&[("version", version.as_str())], form].concat()).await
}

async fn goals(world: &World) -> Vec<(i64, String)> {
    let sql = "select v.target, v.reason from goals g join goal_versions v on v.goal_id = g.id order by g.id, v.number";
    sqlx::query_as(sql).fetch_all(&world.db).await.unwrap()
}

async fn inbox(world: &World, user: &str) -> String {
    text(&world.get(user, "/inbox").await)
}

#[sqlx::test]
async fn a_goal_is_proposed_countered_and_agreed_and_counts_only_then(pool: PgPool) {
    let world = World::new(pool).await;
    let proposed =
        propose(&world, "karin", "Elias Sandberg", "1.6M", &[("reason", "Plus 5% for FTX 600")]).await;
    assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.body);
    let at = proposed.location().to_owned();
    assert_eq!(goals(&world).await, [], "a proposal is no goal");
    let home = text(&world.get("elias", "/").await);
    assert!(home.contains("SEK 1.60M is proposed to you"), "{home}");
    let told = inbox(&world, "elias").await;
    assert!(
        told.contains("Karin Lindqvist proposes SEK 1.60M: order intake Q1 2027, Elias Sandberg")
            && told.contains("“Plus 5% for FTX 600”"),
        "{told}"
    );
    let refused = step(&world, "elias", &at, "counter", &[("target", "1.45M"), ("reason", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.field("target"), "1.45M", "what was typed stays");
    assert!(refused.body.contains("Say why."));
    let countered =
        step(&world, "elias", &at, "counter", &[("target", "1.45M"), ("reason", "Leave in March")]).await;
    assert_eq!(countered.location(), at);
    let home = text(&world.get("karin", "/").await);
    assert!(home.contains("Elias Sandberg: SEK 1.45M is the answer"), "{home}");
    assert!(!text(&world.get("elias", "/").await).contains("is proposed to you"));
    world.travel(day(11, 19));
    let agreed = step(&world, "karin", &at, "accept", &[]).await;
    assert!(agreed.location().starts_with("/goals/"), "{}", agreed.body);
    assert_eq!(goals(&world).await, [(145_000_000, String::new())]);
    let goal = text(&world.get("elias", agreed.location()).await);
    for words in [
        "Acknowledged by both",
        "Elias Sandberg 18 Nov 2026 11:00",
        "Karin Lindqvist 19 Nov 2026 13:00",
        "Proposed by Elias Sandberg, agreed by Karin Lindqvist",
        "Karin Lindqvist proposed SEK 1.60M: “Plus 5% for FTX 600”",
        "Elias Sandberg countered with SEK 1.45M: “Leave in March”",
        "Karin Lindqvist accepted SEK 1.45M",
    ] {
        assert!(goal.contains(words), "{words} is missing: {goal}");
    }
    assert_eq!(world.get("karin", &at).await.location(), agreed.location(), "what is settled is the goal's");
    let sql = "select count(*) from audit_log where action = 'agreement.step'";
    let steps: i64 = sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap();
    assert_eq!(steps, 3, "every step is on record");
}

#[sqlx::test]
async fn an_imposed_goal_says_so_and_waits_to_be_acknowledged(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "elias", "Elias Sandberg", "1.2M", &[]).await.location().to_owned();
    assert!(text(&world.get("karin", "/").await).contains("Elias Sandberg proposes SEK 1.20M"));
    let form = [("target", "1.5M"), ("reason", "The area took over Holmen Skog")];
    let imposed = step(&world, "karin", &at, "impose", &form).await;
    assert_eq!(goals(&world).await, [(150_000_000, "The area took over Holmen Skog".to_owned())]);
    let path = imposed.location().to_owned();
    let seen = text(&world.get("elias", &path).await);
    for words in [
        "Imposed by Karin Lindqvist, without agreement",
        "1 of 2 have acknowledged",
        "Not yet: Elias Sandberg",
    ] {
        assert!(seen.contains(words), "{words} is missing: {seen}");
    }
    let home = text(&world.get("elias", "/").await);
    assert!(home.contains("A goal of SEK 1.50M was set: acknowledge it"), "{home}");
    world.post("elias", &format!("{path}/acknowledge"), &[]).await;
    assert!(text(&world.get("karin", &path).await).contains("Acknowledged by both"));
    assert!(!text(&world.get("elias", "/").await).contains("acknowledge it"));
}

#[sqlx::test]
async fn only_the_two_sides_and_who_reads_everything_know_of_an_agreement(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "karin", "Elias Sandberg", "1.6M", &[]).await.location().to_owned();
    for (user, status) in [
        ("elias", StatusCode::OK),
        ("karin", StatusCode::OK),
        ("anders", StatusCode::OK),
        ("frida", StatusCode::OK),
        ("maja", StatusCode::NOT_FOUND),
        ("petra", StatusCode::NOT_FOUND),
        ("johanna", StatusCode::NOT_FOUND),
        ("hanna", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(world.get(user, &at).await.status, status, "{user}");
        let listed = world.get(user, "/agreements?show=all").await.body.contains("Elias Sandberg");
        let exported = world.get(user, "/agreements.csv?show=all").await.body.contains("Elias Sandberg");
        assert_eq!((listed, exported), (status == StatusCode::OK, status == StatusCode::OK), "{user}");
        if user != "elias" {
            let accepted = world.post(user, &format!("{at}/steps/accept"), &[("version", "1")]).await;
            let expected = if status == StatusCode::OK { StatusCode::FORBIDDEN } else { status };
            assert_eq!(accepted.status, expected, "{user} cannot answer for Elias");
        }
    }
    assert_eq!(goals(&world).await, []);
    let own = propose(&world, "petra", "Elias Sandberg", "1", &[]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "Petra proposes for nobody but herself");
}

#[sqlx::test]
async fn a_draft_is_for_those_who_prepare_it(pool: PgPool) {
    let world = World::new(pool).await;
    let at =
        propose(&world, "karin", "Elias Sandberg", "1.6M", &[("as", "draft")]).await.location().to_owned();
    assert_eq!(world.get("elias", &at).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("frida", &at).await.status, StatusCode::NOT_FOUND);
    assert!(!inbox(&world, "elias").await.contains("Karin"));
    let twice = propose(&world, "karin", "Elias Sandberg", "1.7M", &[]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("being agreed on already"));
    step(&world, "karin", &at, "propose", &[("target", "1.7M")]).await;
    assert!(text(&world.get("elias", &at).await).contains("SEK 1.70M"));
    let withdrawn = step(&world, "karin", &at, "withdraw", &[]).await;
    assert_eq!(withdrawn.location(), at);
    assert!(inbox(&world, "elias").await.contains("Karin Lindqvist withdraws SEK 1.70M"));
    assert!(!text(&world.get("elias", "/").await).contains("is proposed to you"));
}

#[sqlx::test]
async fn a_stale_answer_changes_nothing_and_keeps_what_was_typed(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "karin", "Elias Sandberg", "1.6M", &[]).await.location().to_owned();
    let form = [("version", "1"), ("target", "1.65M")];
    world.post("karin", &format!("{at}/steps/change"), &form).await;
    let late = world.post("elias", &format!("{at}/steps/accept"), &[("version", "1")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "nobody accepts what they have not seen");
    assert!(late.body.contains("Somebody else was first") && text(&late).contains("SEK 1.65M"));
    assert_eq!(goals(&world).await, []);
}

#[sqlx::test]
async fn a_department_agrees_with_the_lead_above_and_everybody_in_it_is_asked(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "anders", "Sales North", "4M", &[]).await.location().to_owned();
    assert_eq!(world.get("maja", &at).await.status, StatusCode::NOT_FOUND, "not before it is settled");
    assert!(text(&world.get("karin", "/").await).contains("SEK 4.00M is proposed to you"));
    let goal = step(&world, "anders", &at, "impose", &[("target", "4.2M"), ("reason", "Board")]).await;
    let asked = text(&world.get("anders", goal.location()).await);
    assert!(asked.contains("1 of 4 have acknowledged"), "Karin, Elias and Maja are asked: {asked}");
    let company = propose(&world, "anders", "Nordhem Ventilation", "9M", &[]).await;
    assert_eq!(company.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody agrees for the company");
}

#[sqlx::test]
async fn a_revision_is_told_to_those_it_concerns_who_acknowledge_it(pool: PgPool) {
    let world = World::new(pool).await;
    let set = [
        ("subject", "Elias Sandberg"),
        ("metric", "revenue"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "1.5M"),
    ];
    let path = world.post("karin", "/goals/new", &set).await.location().to_owned();
    world.post("elias", &format!("{path}/acknowledge"), &[]).await;
    let revision = [
        ("target", "1.3M"),
        ("class", "competition"),
        ("reason", "Ventus lowered its prices"),
        ("effective_on", "2026-11-18"),
        ("version", "1"),
    ];
    world.post("karin", &format!("{path}/revise"), &revision).await;
    let told = inbox(&world, "elias").await;
    assert!(
        told.contains("changes the goal from SEK 1.50M to SEK 1.30M")
            && told.contains("“Ventus lowered its prices”"),
        "{told}"
    );
    assert!(text(&world.get("elias", "/").await).contains("The goal is now SEK 1.30M: acknowledge it"));
    assert!(text(&world.get("karin", &path).await).contains("Not yet: Elias Sandberg"));
    world.post("elias", &format!("{path}/acknowledge"), &[]).await;
    assert!(text(&world.get("karin", &path).await).contains("Acknowledged by both"));
}

#[sqlx::test]
async fn people_talk_at_the_goal_and_bring_in_only_those_who_see_it(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "karin", "Elias Sandberg", "1.6M", &[]).await.location().to_owned();
    let write = async |user: &str, path: &str, body: &str| {
        world.post(user, &format!("{path}/comments"), &[("body", body)]).await
    };
    let refused = write("elias", &at, "@Petra Holm, would you?").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("“@Petra” is nobody who can read this") && refused.body.contains("would you?")
    );
    assert_eq!(write("maja", &at, "Hello").await.status, StatusCode::NOT_FOUND);
    write("elias", &at, "@Anders, is Holmen mine?\n<b>Really</b>").await;
    assert!(inbox(&world, "anders").await.contains("Elias Sandberg mentions you"));
    assert!(inbox(&world, "karin").await.contains("Elias Sandberg writes"));
    let goal = step(&world, "elias", &at, "accept", &[]).await.location().to_owned();
    let page = world.get("karin", &goal).await;
    assert!(text(&page).contains("is Holmen mine? <b>Really</b>"), "the talk stays with the goal, as text");
    write("karin", &goal, "Yes.").await;
    let post: i64 =
        sqlx::query_scalar("select max(id) from thread_posts").fetch_one(&world.db).await.unwrap();
    let path = format!("{goal}/comments/{post}");
    assert_eq!(
        world.post("elias", &format!("{path}/remove"), &[]).await.status,
        StatusCode::NOT_FOUND,
        "not his"
    );
    world.post("karin", &format!("{path}/remove"), &[]).await;
    assert!(!text(&world.get("elias", &goal).await).contains("Yes."));
    world.post("karin", &format!("{path}/restore"), &[]).await;
    assert!(text(&world.get("elias", &goal).await).contains("Yes."));
}

#[sqlx::test]
async fn who_took_part_and_has_moved_away_hears_no_more_of_it(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "karin", "Elias Sandberg", "1.6M", &[]).await.location().to_owned();
    sqlx::raw_sql(
        "update memberships set during = daterange(lower(during), '2026-11-18') where employee_id in
            (select id from employees where employee_no in ('karin', 'johanna'));
        insert into memberships (employee_id, department_id, lead, during)
            select e.id, d.id, true, daterange('2026-11-18', null) from employees e join departments d
            on (e.employee_no, d.code) in (('karin', 'SOUTH'), ('johanna', 'NORTH'))",
    )
    .execute(&world.db)
    .await
    .unwrap();
    assert_eq!(world.get("karin", &at).await.status, StatusCode::NOT_FOUND);
    step(&world, "elias", &at, "counter", &[("target", "1.4M"), ("reason", "Leave")]).await;
    assert!(inbox(&world, "johanna").await.contains("Elias Sandberg answers with SEK 1.40M"));
    assert!(!inbox(&world, "karin").await.contains("1.40M"), "she leads another department now");
    assert!(text(&world.get("johanna", "/").await).contains("Elias Sandberg: SEK 1.40M is the answer"));
}

#[sqlx::test]
async fn a_goal_set_directly_keeps_its_reason_and_what_is_undone_is_not_told(pool: PgPool) {
    let world = World::new(pool).await;
    let set = [
        ("subject", "Elias Sandberg"),
        ("metric", "revenue"),
        ("period", NEXT),
        ("target", "1.5M"),
        ("reason", "The board wants it"),
    ];
    let path = world.post("karin", "/goals/new", &set).await.location().to_owned();
    assert_eq!(goals(&world).await, [(150_000_000, "The board wants it".to_owned())]);
    assert!(inbox(&world, "elias").await.contains("“The board wants it”"));
    world.post("karin", &format!("{path}/remove"), &[("version", "1")]).await;
    assert!(!inbox(&world, "elias").await.contains("SEK 1.50M"), "it was taken back before he read it");
    assert!(!text(&world.get("elias", "/").await).contains("acknowledge it"));
    world.post("karin", &format!("{path}/restore"), &[("version", "2")]).await;
    assert!(text(&world.get("elias", "/").await).contains("A goal of SEK 1.50M was set: acknowledge it"));
}

#[sqlx::test]
async fn a_page_that_tells_of_something_does_not_count_it_as_unread(pool: PgPool) {
    let world = World::new(pool).await;
    let at = propose(&world, "karin", "Elias Sandberg", "1.6M", &[]).await.location().to_owned();
    let unread = |answer: &Answer| answer.body.contains("count--hot\">1<span class=\"vh\"> ");
    assert!(unread(&world.get("elias", "/deals").await));
    assert!(!unread(&world.get("elias", &at).await));
    assert!(!unread(&world.get("elias", "/deals").await));
}
