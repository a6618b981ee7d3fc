//! Agreements from a file, all of them or none; and those whose goal's period is closed.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::{World, day, text};

const HEADER: &str = "subject,metric,from,last,target,message\n";

async fn count(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn proposals_come_from_a_file_once(pool: PgPool) {
    let world = World::new(pool).await;
    let file = format!(
        "{HEADER}elias,revenue,2027-01-01,2027-03-31,1.6M,Plus 5 percent\nmaja,orders,2027-01-01,2027-03-31,40,\n"
    );
    let taken = world.upload("karin", "/agreements/import", "file", &file).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("select state, metric, target from agreements order by id")
            .fetch_all(&world.db)
            .await
            .unwrap();
    let row = |metric: &str, target| ("proposed".to_owned(), metric.to_owned(), target);
    assert_eq!(rows, [row("revenue", 160_000_000), row("orders", 40)]);
    let inbox = text(&world.get("elias", "/inbox").await);
    assert!(
        inbox.contains("Karin Lindqvist proposes SEK 1.60M: order intake Q1 2027, Elias Sandberg")
            && inbox.contains("“Plus 5 percent”"),
        "{inbox}"
    );
    // again, after one of them went on: nothing changes
    let at = "select '/agreements/' || id from agreements where metric = 'orders'";
    let at: String = sqlx::query_scalar(at).fetch_one(&world.db).await.unwrap();
    world.post("maja", &format!("{at}/steps/accept"), &[("version", "1")]).await;
    let again = world.upload("karin", "/agreements/import", "file", &file).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(count(&world, "select count(*) from agreements").await, 2);
    assert_eq!(count(&world, "select count(*) from agreement_steps").await, 3);
    assert_eq!(count(&world, "select count(*) from audit_log where action = 'agreement.imported'").await, 2);
    // somebody's own goal goes to their lead
    let own = format!("{HEADER}elias,units,2027-01-01,2027-03-31,30,My wish\n");
    world.upload("elias", "/agreements/import", "file", &own).await;
    assert!(text(&world.get("karin", "/").await).contains("Elias Sandberg proposes 30"));
}

#[sqlx::test]
async fn a_file_with_a_fault_changes_nothing_and_every_fault_is_named(pool: PgPool) {
    let world = World::new(pool).await;
    let first = format!("{HEADER}elias,revenue,2027-01-01,2027-03-31,1600000,\n");
    world.upload("karin", "/agreements/import", "file", &first).await;
    let file = format!(
        "{HEADER}maja,revenue,2027-01-01,2027-03-31,1500000,Fine\n\
        petra,revenue,2027-01-01,2027-03-31,1500000,Of the South\n\
        elias,luck,2027-03-31,2027-01-01,plenty,\n\
        karin,revenue,2027-01-01,,1,\n"
    );
    let refused = world.upload("karin", "/agreements/import", "file", &file).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(&refused);
    for words in ["3 subject petra", "4 metric luck", "4 last 2027-01-01", "4 target plenty Enter", "5 last"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    // what only shows when it is written is found for every line, too
    let file = format!(
        "{HEADER}maja,revenue,2027-01-01,2027-03-31,1500000,Fine\n\
        elias,revenue,2027-01-01,2027-03-31,1700000,Other amount\n\
        NORDHEM,revenue,2027-01-01,2027-03-31,9000000,\n"
    );
    let refused = world.upload("anders", "/agreements/import", "file", &file).await;
    let page = text(&refused);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    for words in [
        "3 from 2027-01-01 This goal is being agreed on already.",
        "4 subject NORDHEM Nobody on the other side has an account to answer with.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let peer = world.upload("maja", "/agreements/import", "file", &first).await;
    assert!(text(&peer).contains("2 subject elias"), "{}", text(&peer));
    assert_eq!(count(&world, "select count(*) from agreements").await, 1);
}

#[sqlx::test]
async fn an_agreement_whose_period_is_closed_says_so(pool: PgPool) {
    let world = World::new(pool).await;
    world.travel(day(7, 1));
    for (metric, target) in [("revenue", "1M"), ("orders", "12")] {
        let form = [
            ("subject", "elias"),
            ("metric", metric),
            ("period", "2026-07-01..2026-09-30"),
            ("target", target),
        ];
        let at = world.post("karin", "/agreements/new", &form).await.location().to_owned();
        if metric == "revenue" {
            world.post("elias", &format!("{at}/steps/accept"), &[("version", "1")]).await;
        }
    }
    let agreed = text(&world.get("elias", "/agreements?state=agreed").await);
    assert!(agreed.contains("SEK 1.00M") && !agreed.contains("Closed on"), "{agreed}");
    world.travel(day(10, 5));
    let closing = world.post("frida", "/closing", &[("period", "2026-07-01..2026-09-30")]).await;
    let closed = world.post("frida", &format!("{}/close", closing.location()), &[("version", "1")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.body);
    for who in ["elias", "karin"] {
        let all = text(&world.get(who, "/agreements?show=all").await);
        assert!(all.contains("Closed Closed on 5 October 2026 by Frida Dahl"), "{who}: {all}");
        let only = text(&world.get(who, "/agreements?state=closed").await);
        assert!(only.contains("SEK 1.00M") && !only.contains("Orders Q3"), "{who}: {only}");
        let agreed = text(&world.get(who, "/agreements?state=agreed").await);
        assert!(!agreed.contains("SEK 1.00M"), "{who}: {agreed}");
    }
    let csv = world.get("karin", "/agreements.csv?state=closed").await.body.replace(';', ",");
    assert!(csv.contains(",Closed,2026-07-01,2026-10-05,Frida Dahl"), "{csv}");
    assert!(!world.get("maja", "/agreements.csv?show=all").await.body.contains("Elias"));
    let at: String =
        sqlx::query_scalar("select '/agreements/' || id from agreements where metric = 'revenue'")
            .fetch_one(&world.db)
            .await
            .unwrap();
    let page = text(&world.get("elias", world.get("elias", &at).await.location()).await);
    assert!(page.contains("Closed on 5 October 2026 by Frida Dahl"), "{page}");
    let program = crate::support::api::Client::of(&world.app, world.user("elias").await).await;
    let item = program.get("/api/v1/agreements?state=closed").await.json()["items"][0].clone();
    assert_eq!((&item["state"], &item["closed"]["by"]), (&"closed".into(), &"Frida Dahl".into()));
}
