//! What customers say by a link: nothing leaks, it works once and for sixty days, and a low score is answered.

use axum::http::{Method, StatusCode};
use chrono::Days;
use sqlx::PgPool;

use super::{deliver, fact, facts, world};
use crate::support::api::{Client, Reply};
use crate::support::world::{World, day, text};

/// A link about an order of Elias, from his follow-up: its path.
async fn link(world: &World) -> String {
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 2)).await;
    deliver(world, deal, day(11, 11)).await;
    let made = world.post("elias", "/follow-ups/1/link", &[("lang", "sv")]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    path_in(&made.body)
}

fn path_in(page: &str) -> String {
    let at = page.find("/f/").unwrap();
    page[at..].split('"').next().unwrap().to_owned()
}

async fn answer(world: &World, path: &str, form: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    Client::stranger(&world.app).send(Method::POST, path, &headers, &body).await
}

async fn look(world: &World, path: &str) -> Reply {
    Client::stranger(&world.app).get(path).await
}

#[sqlx::test]
async fn the_customer_s_page_says_nothing_that_the_customer_does_not_know(pool: PgPool) {
    let world = world(pool).await;
    let path = link(&world).await;
    let page = look(&world, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Nordhem Ventilation", "Ventus 12", "Hur gick det?", "Order 10001"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    for secret in [
        "Elias",
        "168 000",
        "168,000",
        "Karin",
        "Holmen",
        "Ankaret",
        "/deals",
        "/follow-ups",
        "Sales North",
        "/inbox",
    ] {
        assert!(!page.text.contains(secret), "{secret}: {}", page.text);
    }
    assert!(page.text.contains(r#"<meta name="robots" content="noindex, nofollow">"#));
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert!(page.headers.get("set-cookie").is_none(), "it needs no cookies");
    let english = look(&world, &format!("{path}?lang=en")).await;
    assert!(english.text.contains("How did we do?") && english.text.contains(r#"lang="en""#));
    let kept: Vec<Vec<u8>> =
        sqlx::query_scalar("select token_hash from feedback_links").fetch_all(&world.db).await.unwrap();
    let token = path.trim_start_matches("/f/");
    assert!(kept[0].len() == 32 && kept[0] != token.as_bytes(), "only the hash is kept");
}

#[sqlx::test]
async fn an_answer_counts_once_can_be_changed_for_a_day_and_then_the_link_is_gone(pool: PgPool) {
    let world = world(pool).await;
    let path = link(&world).await;
    let faulty = answer(&world, &path, &[("score", "11"), ("words", "Bra"), ("lang", "sv")]).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("Bra") && faulty.text.contains("Välj ett betyg från 0 till 10."));
    let form = [
        ("score", "9"),
        ("good", "product"),
        ("good", "delivery"),
        ("words", "Tyst och bra"),
        ("lang", "sv"),
    ];
    assert_eq!(answer(&world, &path, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(facts(&world, "score-deal-1").await, fact("customer_score", "elias", "2026-11-18", 900));
    let thanks = look(&world, &path).await.text;
    assert!(
        thanks.contains("Tack. Du kan ändra ditt svar till") && thanks.contains("Tyst och bra"),
        "{thanks}"
    );
    assert_eq!(answer(&world, &path, &[("score", "8")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(facts(&world, "score-deal-1").await, fact("customer_score", "elias", "2026-11-18", 800));
    let answers: i64 =
        sqlx::query_scalar("select count(*) from feedback").fetch_one(&world.db).await.unwrap();
    assert_eq!(answers, 1);

    world.travel(day(11, 20));
    let (used, wrong) =
        (look(&world, &path).await, look(&world, "/f/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await);
    assert_eq!((used.status, wrong.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(answer(&world, &path, &[("score", "0")]).await.status, StatusCode::NOT_FOUND);
    let plain = |reply: &Reply| reply.text.split("<main").nth(1).map(str::to_owned);
    assert_eq!(plain(&used), plain(&wrong), "they look alike");
    assert_eq!(facts(&world, "score-deal-1").await, fact("customer_score", "elias", "2026-11-18", 800));
}

#[sqlx::test]
async fn links_expire_are_replaced_and_do_not_open_by_guessing(pool: PgPool) {
    let world = world(pool).await;
    let first = link(&world).await;
    let second = path_in(&world.post("elias", "/follow-ups/1/link", &[("lang", "en")]).await.body);
    assert_eq!(look(&world, &first).await.status, StatusCode::NOT_FOUND, "a new one ends the one before");
    let tampered = format!("{}x", &second[..second.len() - 1]);
    assert_eq!(look(&world, &tampered).await.status, StatusCode::NOT_FOUND);
    let cross = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    let forged = Client::stranger(&world.app).send(Method::POST, &second, &cross, "score=0").await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST, "from another site's page");
    world.travel(day(11, 18) + Days::new(59));
    assert_eq!(look(&world, &second).await.status, StatusCode::OK);
    world.travel(day(11, 18) + Days::new(61));
    assert_eq!(look(&world, &second).await.status, StatusCode::NOT_FOUND, "sixty days");
    for _ in 0..40 {
        look(&world, "/f/guess").await;
    }
    let blocked = look(&world, "/f/guess").await;
    assert_eq!(blocked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!blocked.text.contains("Elias"));
}

#[sqlx::test]
async fn a_low_score_is_a_case_for_those_who_answer_customers(pool: PgPool) {
    let world = world(pool).await;
    let path = link(&world).await;
    let form = [
        ("score", "3"),
        ("bad", "delivery"),
        ("words", "Two weeks late"),
        ("may_call", "on"),
        ("lang", "en"),
    ];
    answer(&world, &path, &form).await;
    answer(&world, &path, &[("score", "4"), ("bad", "delivery"), ("words", "Two weeks late")]).await;
    let cases: Vec<(String, String, String, String)> = sqlx::query_as(
        "select c.title, c.category, c.severity, d.code from cases c join departments d on d.id = c.department_id",
    )
    .fetch_all(&world.db)
    .await
    .unwrap();
    let case = ("Low score: 3 of 10".into(), "delivery".into(), "high".into(), "SERVICE".into());
    assert_eq!(cases, [case], "one, however often the answer is changed");
    let page = text(&world.get("siv", "/cases/1").await);
    assert!(page.contains("Two weeks late") && page.contains("The customer may be called."), "{page}");
}

#[sqlx::test]
async fn everybody_reads_what_customers_say_but_not_of_whom_they_do_not_see(pool: PgPool) {
    let world = world(pool).await;
    let path = link(&world).await;
    answer(
        &world,
        &path,
        &[("score", "9"), ("good", "product"), ("words", "Quiet and good"), ("lang", "en")],
    )
    .await;
    let product = world.product("FTX 400").await.to_string();
    let open =
        [("customer", "Brf Ankaret"), ("origin", "inbound"), ("product", &*product), ("amount", "50000")];
    let at = world.post("petra", "/pipeline", &open).await.location().to_owned();
    world.post("petra", &format!("{at}/lose"), &[("version", "1"), ("reason", "price")]).await;
    let button = format!("{at}/feedback-link");
    assert!(text(&world.get("petra", &at).await).contains("Ask why they did not buy"));
    assert_eq!(world.post("elias", &button, &[("lang", "en")]).await.status, StatusCode::NOT_FOUND);
    let made = world.post("petra", &button, &[("lang", "en")]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let asked = look(&world, &path_in(&made.body)).await.text;
    assert!(asked.contains("FTX 400") && !asked.contains("50,000") && !asked.contains("Petra"), "{asked}");
    let lost = [("score", "2"), ("bad", "price"), ("words", "Too dear"), ("lang", "en")];
    assert_eq!(answer(&world, &path_in(&made.body), &lost).await.status, StatusCode::SEE_OTHER);
    let kept: (i64, i64) = sqlx::query_as(
        "select (select count(*) from cases), (select count(*) from facts where fact_no like 'score-%')",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(
        kept,
        (0, 1),
        "whoever did not buy complains of nothing delivered, and scores nobody's service"
    );

    let own = text(&world.get("elias", "/feedback").await);
    for words in [
        "5.5 on average, of 2 answers",
        "Quiet and good",
        "Holmen Skog",
        "Elias Sandberg",
        "Too dear",
        "After a lost deal",
    ] {
        assert!(own.contains(words), "{words}: {own}");
    }
    assert!(!own.contains("Petra") && !own.contains("Ankaret"), "{own}");
    for who in ["hanna", "maja"] {
        let seen = text(&world.get(who, "/feedback").await);
        assert!(
            seen.contains("Quiet and good") && !seen.contains("Elias") && !seen.contains("Holmen"),
            "{seen}"
        );
        let csv = world.get(who, "/feedback.csv").await.body;
        assert!(csv.contains("Quiet and good") && !csv.contains("Elias") && !csv.contains("Holmen"), "{csv}");
    }
    for (filter, there, gone) in [
        ("area=price", "Too dear", "Quiet"),
        ("score=high", "Quiet", "Too dear"),
        ("from=2026-11-19", "Nothing fits", "Quiet"),
    ] {
        let page = text(&world.get("anders", &format!("/feedback?{filter}")).await);
        assert!(page.contains(there) && !page.contains(gone), "{filter}: {page}");
    }
    let api = Client::of(&world.app, world.user("maja").await).await.get("/api/v1/feedback").await.json();
    assert_eq!((api["items"][0]["score"].as_i64(), api["items"][0]["customer"].as_str()), (Some(9), None));
}

/// A deal that Petra has lost, and a link by which Brf Ankaret is asked why.
async fn asked_why(world: &World, lang: &str) -> (String, String) {
    let product = world.product("FTX 400").await.to_string();
    let open =
        [("customer", "Brf Ankaret"), ("origin", "inbound"), ("product", &*product), ("amount", "50000")];
    let deal = world.post("petra", "/pipeline", &open).await.location().to_owned();
    world.post("petra", &format!("{deal}/lose"), &[("version", "1"), ("reason", "price")]).await;
    let made = world.post("petra", &format!("{deal}/feedback-link"), &[("lang", lang)]).await;
    (deal, path_in(&made.body))
}

#[sqlx::test]
async fn who_did_not_buy_is_asked_why_and_the_seller_hears_of_it(pool: PgPool) {
    let world = world(pool).await;
    let (deal, path) = asked_why(&world, "sv").await;
    assert!(look(&world, &path).await.text.contains("Varför valde ni något annat?"));
    // another language keeps what was typed, and an answer is remembered in the one it was given in
    let typed = [("score", "4"), ("words", "Too dear"), ("lang", "sv")];
    let english = answer(&world, &format!("{path}/language?lang=en"), &typed).await;
    assert_eq!(english.status, StatusCode::OK, "{}", english.text);
    for kept in ["Why did you decide otherwise?", "Too dear", "value=\"4\" checked"] {
        assert!(english.text.contains(kept), "{kept}: {}", english.text);
    }
    let none = answer(&world, &path, &[("score", ""), ("lang", "en")]).await;
    assert!(none.text.contains("Choose a score from 0 to 10"), "{}", none.text);
    let said = [("score", "4"), ("words", "Too dear"), ("lang", "en")];
    assert_eq!(answer(&world, &path, &said).await.status, StatusCode::SEE_OTHER);
    assert!(
        look(&world, &path).await.text.contains("Why did you decide otherwise?"),
        "in English from now on"
    );

    let inbox = text(&world.get("petra", "/inbox?show=all").await);
    assert!(inbox.contains("Brf Ankaret says why they did not buy, and gives 4 of 10"), "{inbox}");
    assert!(!text(&world.get("elias", "/inbox?show=all").await).contains("Ankaret"));
    let lower = [("score", "2"), ("words", "Too dear"), ("may_call", "on"), ("lang", "en")];
    assert_eq!(answer(&world, &path, &lower).await.status, StatusCode::SEE_OTHER);
    let inbox = text(&world.get("petra", "/inbox?show=all").await);
    assert!(inbox.contains("gives 2 of 10, and may be called"), "{inbox}");
    let page = world.get("petra", &deal).await.body;
    let answers = format!("/feedback?opportunity={}", deal.trim_start_matches("/pipeline/"));
    assert!(page.contains(&answers), "{page}");
    let list = world.get("petra", &answers).await;
    assert!(
        list.body.contains(&format!("href=\"{deal}\"")) && text(&list).contains("Too dear"),
        "{}",
        list.body
    );
}
