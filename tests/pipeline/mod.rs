//! Open deals: their way through the stages, what is measured of it, how they end, and who sees them.

mod importing;
mod pages;
mod properties;
mod stages;

use axum::http::StatusCode;
use chrono::NaiveDate;
use pacemark::attainment::service::{self, Span};
use pacemark::goals::Subject;
use pacemark::kernel::basis::Basis;
use pacemark::kernel::id::OpportunityId;
use pacemark::kernel::period::Period;
use pacemark::pipeline::{self, Scope, Stages, stages as known};
use sqlx::PgPool;

use crate::support::world::{World, day, kr, text};

/// The stages that are there from the start.
const CONTACT: &str = "1";
const NEED: &str = "2";
const OFFER: &str = "3";

/// Opens a deal of one line as somebody; its path.
async fn open(world: &World, who: &str, customer: &str, kronor: &str) -> String {
    open_with(world, who, customer, kronor, &[]).await
}

async fn open_with(world: &World, who: &str, customer: &str, kronor: &str, more: &[(&str, &str)]) -> String {
    let product = world.product("Ventus 12").await.to_string();
    let mut form =
        vec![("customer", customer), ("origin", "inbound"), ("product", &*product), ("amount", kronor)];
    form.extend(more);
    let answer = world.post(who, "/pipeline", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", text(&answer));
    answer.location().to_owned()
}

fn id_of(path: &str) -> OpportunityId {
    path.trim_start_matches("/pipeline/").parse().unwrap()
}

async fn post(world: &World, who: &str, path: &str, form: &[(&str, &str)]) -> StatusCode {
    world.post(who, path, form).await.status
}

async fn move_to(world: &World, path: &str, version: &str, stage: &str) -> StatusCode {
    post(world, "elias", &format!("{path}/move"), &[("version", version), ("stage", stage)]).await
}

async fn stages_of(world: &World) -> Stages {
    known::all(&mut world.app.read().await.unwrap()).await.unwrap()
}

async fn revenue(world: &World, who: &str) -> i64 {
    let subject = Subject::Person(world.employee(who).await);
    let period = Period::from_inclusive(day(1, 1), day(12, 31)).unwrap();
    let span = Span { subject, category: None, basis: Basis::Booked, period };
    service::totals(&mut world.app.read().await.unwrap(), &[span]).await.unwrap()[0].revenue
}

/// Its way: stage, state and day.
async fn way(world: &World, path: &str) -> Vec<(i64, &'static str, NaiveDate)> {
    let moves = pipeline::moves(&mut world.app.read().await.unwrap(), id_of(path)).await.unwrap();
    moves.iter().map(|one| (one.stage.0, one.state.code(), one.day)).collect()
}

#[sqlx::test]
async fn it_goes_through_the_stages_and_its_way_is_kept_with_the_days(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(11, 2));
    let path = open(&world, "elias", "Holmen Skog", "168 000").await;
    world.travel(day(11, 9));
    assert_eq!(move_to(&world, &path, "1", NEED).await, StatusCode::SEE_OTHER);
    world.travel(day(11, 18));
    assert_eq!(move_to(&world, &path, "2", OFFER).await, StatusCode::SEE_OTHER);
    let wanted = [(1, "open", day(11, 2)), (2, "open", day(11, 9)), (3, "open", day(11, 18))];
    assert_eq!(way(&world, &path).await, wanted);
    let page = text(&world.get("elias", &path).await);
    assert!(page.contains("First contact 2 November 2026 · Elias Sandberg 7 days"), "{page}");
    assert!(page.contains("Need known 9 November 2026 · Elias Sandberg 9 days"), "{page}");
    assert!(page.contains("Expected: SEK 84,000. 50% likely"), "half of it at this stage: {page}");
    assert_eq!(move_to(&world, &path, "2", CONTACT).await, StatusCode::CONFLICT, "somebody else was first");
    assert_eq!(move_to(&world, &path, "3", "99").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(way(&world, &path).await, wanted, "nothing changed");
}

#[sqlx::test]
async fn winning_books_the_order_once_and_links_both(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "168000").await;
    let form = [("version", "1"), ("won_on", "2026-11-18")];
    let won = world.post("elias", &format!("{path}/win"), &form).await;
    assert_eq!(won.status, StatusCode::SEE_OTHER, "{}", text(&won));
    assert_eq!(revenue(&world, "elias").await, kr(168_000));
    for version in ["1", "2"] {
        let again = [("version", version), ("won_on", "2026-11-18")];
        assert_eq!(post(&world, "elias", &format!("{path}/win"), &again).await, StatusCode::CONFLICT);
    }
    assert_eq!(revenue(&world, "elias").await, kr(168_000), "once");
    let page = world.get("elias", &path).await;
    let deal: i64 =
        sqlx::query_scalar("select deal_id from opportunities").fetch_one(&world.db).await.unwrap();
    assert!(page.body.contains(&format!("href=\"/deals/{deal}\"")), "{}", text(&page));
    assert!(world.get("elias", &format!("/deals/{deal}")).await.body.contains(&format!("href=\"{path}\"")));
    let kept: (Option<i64>, i64) = sqlx::query_as("select employee_id, customer_id from deals where id = $1")
        .bind(deal)
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert_eq!(kept, (Some(world.employee("elias").await.0), world.customer("Holmen Skog").await.0));
}

#[sqlx::test]
async fn a_won_one_is_reopened_only_when_its_order_is_gone(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "1000").await;
    post(&world, "elias", &format!("{path}/win"), &[("version", "1")]).await;
    let reopen = format!("{path}/reopen");
    assert_eq!(post(&world, "elias", &reopen, &[("version", "2")]).await, StatusCode::CONFLICT);
    let deal: i64 =
        sqlx::query_scalar("select deal_id from opportunities").fetch_one(&world.db).await.unwrap();
    let cancel = [("version", "1"), ("on", "2026-11-18"), ("reason", "Changed their mind")];
    assert_eq!(post(&world, "elias", &format!("/deals/{deal}/cancel"), &cancel).await, StatusCode::SEE_OTHER);
    assert_eq!(post(&world, "elias", &reopen, &[("version", "2")]).await, StatusCode::SEE_OTHER);
    // won again, and taken back at once: order and opportunity together
    assert_eq!(
        post(&world, "elias", &format!("{path}/win"), &[("version", "3")]).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(revenue(&world, "elias").await, kr(1000));
    let back = [("version", "4"), ("order_version", "1")];
    assert_eq!(post(&world, "elias", &format!("{path}/take-back"), &back).await, StatusCode::SEE_OTHER);
    assert_eq!(revenue(&world, "elias").await, 0);
    let states: Vec<&str> = way(&world, &path).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["open", "won", "open", "won", "open"]);
}

#[sqlx::test]
async fn who_bought_must_be_known_to_win(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open_with(&world, "elias", "", "1000", &[("opened_on", "2026-11-10")]).await;
    let refused =
        world.post("elias", &format!("{path}/win"), &[("version", "1"), ("won_on", "2026-11-17")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("Enter who bought"));
    assert_eq!(refused.field("won_on"), "2026-11-17", "what was typed stays");
    let before = [("version", "1"), ("won_on", "2026-11-01"), ("customer", "Obbola Livs")];
    assert_eq!(
        post(&world, "elias", &format!("{path}/win"), &before).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(revenue(&world, "elias").await, 0, "nothing is booked half-way");
    let named = [("version", "1"), ("won_on", "2026-11-18"), ("customer", "Obbola Livs")];
    assert_eq!(post(&world, "elias", &format!("{path}/win"), &named).await, StatusCode::SEE_OTHER);
    assert_eq!(revenue(&world, "elias").await, kr(1000));
}

#[sqlx::test]
async fn losing_needs_a_reason_and_can_be_taken_back(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "1000").await;
    let lose = format!("{path}/lose");
    assert_eq!(post(&world, "elias", &lose, &[("version", "1")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    let silent = [("version", "1"), ("reason", "other")];
    let refused = world.post("elias", &lose, &silent).await;
    assert!(text(&refused).contains("Say in words why it was lost"));
    let why = [("version", "1"), ("reason", "price"), ("lost_to", "Ventus AB"), ("lost_price", "900")];
    assert_eq!(post(&world, "elias", &lose, &why).await, StatusCode::SEE_OTHER);
    let mut conn = world.app.read().await.unwrap();
    let everybody = pipeline::Scope::Everybody;
    let loss = pipeline::find(&mut conn, &everybody, id_of(&path)).await.unwrap().loss.unwrap();
    assert_eq!((loss.reason.code(), loss.to.as_str(), loss.price), ("price", "Ventus AB", Some(kr(900))));
    assert_eq!(move_to(&world, &path, "2", NEED).await, StatusCode::CONFLICT, "it is decided");
    let next = world.get("elias", &open(&world, "elias", "Brf Ankaret", "5").await).await;
    assert!(next.body.contains("<option value=\"Ventus AB\">"), "named before");
    assert_eq!(
        post(&world, "elias", &format!("{path}/reopen"), &[("version", "2")]).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(pipeline::find(&mut conn, &everybody, id_of(&path)).await.unwrap().loss, None);
}

#[sqlx::test]
async fn what_has_come_to_a_stand_is_found(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(10, 18));
    let long = open(&world, "elias", "Holmen Skog", "1000").await;
    world.travel(day(11, 17));
    let late = [("next_step", "Call"), ("next_on", "2026-11-17")];
    let overdue = open_with(&world, "elias", "Brf Ankaret", "2000", &late).await;
    let passed = open_with(&world, "elias", "Obbola Livs", "3000", &[("expected_on", "2026-11-17")]).await;
    world.travel(day(11, 18));
    let fine = [("next_step", "Call"), ("next_on", "2026-11-18"), ("expected_on", "2026-11-18")];
    let going = open_with(&world, "elias", "Holmen Skog", "4000", &fine).await;
    let page = world.get("elias", "/pipeline/list?stuck=yes").await.body;
    for (path, stuck) in [(&long, true), (&overdue, true), (&passed, true), (&going, false)] {
        assert_eq!(page.contains(&format!("href=\"{path}\"")), stuck, "{path}");
    }
    for words in ["Long in its stage", "Next step overdue", "Expected close passed"] {
        assert!(page.contains(words), "{words}: 31 days, a day late, a day past");
    }
    world
        .post(
            "elias",
            &format!("{overdue}/next"),
            &[("version", "1"), ("done", "yes"), ("next_step", "Offer")],
        )
        .await;
    let page = text(&world.get("elias", &overdue).await);
    assert!(page.contains("Offer") && page.contains("Done Call 18 November 2026 · Elias Sandberg"), "{page}");
    assert!(
        !world.get("elias", "/pipeline/list?stuck=yes").await.body.contains(&format!("href=\"{overdue}\""))
    );
}

#[sqlx::test]
async fn each_sees_what_they_may_and_nothing_else(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "168000").await;
    let nobody = open_with(&world, "ada", "Brf Ankaret", "50000", &[("owner", "nobody")]).await;
    for (who, sees, sees_nobodys) in [
        ("elias", true, false),
        ("karin", true, false),
        ("anders", true, true),
        ("ada", true, true),
        ("frida", true, true),
        ("maja", false, false),
        ("johanna", false, false),
        ("hanna", false, false),
    ] {
        let shown = |seen| if seen { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(world.get(who, &path).await.status, shown(sees), "{who}");
        assert_eq!(world.get(who, &nobody).await.status, shown(sees_nobodys), "{who}");
        for list in ["/pipeline", "/pipeline/list", "/pipeline.csv"] {
            let page = world.get(who, list).await.body;
            assert_eq!(page.contains("Holmen Skog"), sees, "{who} {list}");
            assert_eq!(page.contains("Brf Ankaret"), sees_nobodys, "{who} {list}");
        }
        let customer = format!("/customers/{}", world.customer("Holmen Skog").await);
        assert_eq!(world.get(who, &customer).await.body.contains(&format!("href=\"{path}\"")), sees, "{who}");
    }
    for (who, status) in
        [("maja", StatusCode::NOT_FOUND), ("frida", StatusCode::FORBIDDEN), ("karin", StatusCode::SEE_OTHER)]
    {
        let form = [("version", "1"), ("stage", NEED)];
        assert_eq!(post(&world, who, &format!("{path}/move"), &form).await, status, "{who}");
    }
    let product = world.product("Ventus 12").await.to_string();
    let maja = world.employee("maja").await.to_string();
    let form = [("owner", &*maja), ("origin", "inbound"), ("product", &*product), ("amount", "1")];
    assert_eq!(
        post(&world, "elias", "/pipeline", &form).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "another's"
    );
}

#[sqlx::test]
async fn whoever_comes_second_sees_both(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "1000").await;
    let edit = format!("{path}/edit");
    let product = world.product("Ventus 12").await.to_string();
    let form = |note: &'static str| {
        [
            ("version", "1"),
            ("customer", "Holmen Skog"),
            ("origin", "inbound"),
            ("product", product.as_str()),
            ("amount", "2000"),
            ("note", note),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    };
    let send = async |who: &str, note: &'static str| {
        let form = form(note);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let owner = world.employee("elias").await.to_string();
        world.post(who, &edit, &[&form[..], &[("owner", owner.as_str())]].concat()).await
    };
    assert_eq!(send("karin", "Wants it in May").await.status, StatusCode::SEE_OTHER);
    let late = send("elias", "Wants it in June").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("<td>Wants it in May</td><td>Wants it in June</td>"), "{}", text(&late));
    assert_eq!(late.field("version"), "2");
}

#[sqlx::test]
async fn what_is_open_feeds_the_outlook_of_its_owner_department_and_company(pool: PgPool) {
    let world = World::new(pool).await;
    let expected = [("expected_on", "2026-12-10"), ("stage", OFFER)];
    open_with(&world, "elias", "Holmen Skog", "100000", &expected).await;
    open_with(&world, "elias", "Holmen Skog", "100000", &[("expected_on", "2027-02-01")]).await;
    open_with(&world, "petra", "Obbola Livs", "50000", &expected).await;
    open_with(&world, "ada", "Obbola Livs", "7000", &[("owner", "nobody"), ("expected_on", "2026-12-10")])
        .await;
    let rest = Period::from_inclusive(day(11, 18), day(12, 31)).unwrap();
    let root = world.department("NORDHEM").await;
    let span = |subject| Span { subject, category: None, basis: Basis::Booked, period: rest };
    let spans = [
        span(Subject::Person(world.employee("elias").await)),
        span(Subject::Department(world.department("NORTH").await)),
        span(Subject::Department(world.department("SOUTH").await)),
        span(Subject::Company(root)),
    ];
    let found =
        pipeline::open_deals(&mut world.app.read().await.unwrap(), day(11, 18), &spans).await.unwrap();
    let figures: Vec<Vec<(i64, i64)>> =
        found.iter().map(|deals| deals.iter().map(|deal| (deal.revenue, deal.bp)).collect()).collect();
    let offer = |kronor| (kr(kronor), 5_000);
    assert_eq!(figures[0], [offer(100_000)], "the one in February is not of this year");
    assert_eq!(figures[1], figures[0]);
    assert_eq!(figures[2], [offer(50_000)]);
    assert_eq!(figures[3], [offer(100_000), offer(50_000), (kr(7_000), 1_000)], "nobody's are the company's");
    let ventus = found[0][0];
    assert_eq!((ventus.margin, ventus.units), (kr(100_000 - 98_000), 1), "a Ventus 12 costs 98,000");
}

#[sqlx::test]
async fn next_steps_are_what_their_owner_should_do(pool: PgPool) {
    let world = World::new(pool).await;
    let step = [("next_step", "Call about the drawings"), ("next_on", "2026-11-20")];
    let path = open_with(&world, "elias", "Holmen Skog", "168000", &step).await;
    open(&world, "elias", "Brf Ankaret", "1000").await;
    let shown = text(&world.get("elias", "/pipeline").await);
    assert!(shown.contains("Call about the drawings"), "{shown}");
    let mut conn = world.app.read().await.unwrap();
    let one = pipeline::find(&mut conn, &Scope::Everybody, id_of(&path)).await.unwrap();
    assert_eq!(
        (one.draft.next.what.as_str(), one.draft.next.on),
        ("Call about the drawings", Some(day(11, 20)))
    );
}
