//! The process in figures: worked out by hand, leading to its rows, and to each reader no more than they see.

use axum::http::StatusCode;
use pacemark::kernel::id::DealId;
use pacemark::sales::LineDraft;
use scraper::{Html, Selector};
use sqlx::PgPool;

use crate::orders::{act, ok, world};
use crate::support::world::{World, day, text};

const DAYS: &str = "from=2026-10-01&last=2026-11-30";

/// Opens a deal of a product as somebody; its path.
async fn open(world: &World, who: &str, customer: &str, product: &str) -> String {
    let product = world.product(product).await.to_string();
    let form = [("customer", customer), ("origin", "inbound"), ("product", &*product), ("amount", "1000")];
    let answer = world.post(who, "/pipeline", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", text(&answer));
    answer.location().to_owned()
}

async fn win(world: &World, who: &str, path: &str, version: &str, on: &str) -> DealId {
    ok(&world.post(who, &format!("{path}/win"), &[("version", version), ("won_on", on)]).await);
    let id = path.trim_start_matches("/pipeline/").parse::<i64>().unwrap();
    let deal = sqlx::query_scalar("select deal_id from opportunities where id = $1").bind(id);
    DealId(deal.fetch_one(&world.db).await.unwrap())
}

/// Promised for a day and delivered on another.
async fn deliver(world: &World, id: DealId, promised: &str, on: &str) {
    ok(&act(world, "per", id, "promises", &[("on", promised)]).await);
    let line: i64 = sqlx::query_scalar("select id from deal_lines where deal_id = $1")
        .bind(id.0)
        .fetch_one(&world.db)
        .await
        .unwrap();
    ok(&act(world, "dag", id, "deliveries", &[("delivered_on", on), (&format!("quantity-{line}"), "1")])
        .await);
}

/// Elias opens three: one is won and comes in time, one is lost, one waits. Petra's comes a day late. Two customers answer.
async fn autumn(pool: PgPool) -> World {
    let world = world(pool).await;
    sqlx::query("update customers set segment = 'Industry' where name = 'Holmen Skog'")
        .execute(&world.db)
        .await
        .unwrap();
    world.travel(day(10, 18));
    let won = open(&world, "elias", "Holmen Skog", "Ventus 12").await;
    world.travel(day(10, 25));
    ok(&world.post("elias", &format!("{won}/move"), &[("version", "1"), ("stage", "3")]).await);
    world.travel(day(11, 1));
    let lost = open(&world, "elias", "Brf Ankaret", "FTX 400").await;
    world.travel(day(11, 2));
    let of_elias = win(&world, "elias", &won, "2", "2026-11-02").await;
    world.travel(day(11, 3));
    let of_petra = open(&world, "petra", "Obbola Livs", "Ventus 12").await;
    world.travel(day(11, 5));
    open(&world, "elias", "Brf Ankaret", "FTX 400").await;
    world.travel(day(11, 10));
    ok(&world.post("elias", &format!("{lost}/lose"), &[("version", "1"), ("reason", "price")]).await);
    let of_petra = win(&world, "petra", &of_petra, "1", "2026-11-10").await;
    world.travel(day(11, 12));
    deliver(&world, of_elias, "2026-11-12", "2026-11-11").await;
    deliver(&world, of_petra, "2026-11-11", "2026-11-12").await;
    world.travel(day(11, 18));
    for (call, who, score) in [(1, "elias", "9"), (2, "petra", "6")] {
        let reach = [("version", "1"), ("score", score)];
        ok(&world.post(who, &format!("/follow-ups/{call}/steps/reach"), &reach).await);
    }
    world
}

async fn csv(world: &World, who: &str, by: &str) -> Vec<String> {
    let file = world.get(who, &format!("/process.csv?by={by}&{DAYS}&sort=name")).await.body;
    file.lines().skip(1).map(str::to_owned).collect()
}

#[sqlx::test]
async fn every_group_is_worked_out_by_hand(pool: PgPool) {
    let world = autumn(pool).await;
    // opened, won, lost, win rate, cycle; delivered, with a date, on time, share, lead time; answers, score
    let (elias, petra) = ("3,1,1,50.00,15,1,1,1,100.00,9,1,9.00", "1,1,0,100.00,7,1,1,0,0.00,2,1,6.00");
    let both = "4,2,1,66.67,7,2,2,1,50.00,2,2,7.50";
    assert_eq!(
        csv(&world, "anders", "person").await,
        [format!("Elias Sandberg,{elias}"), format!("Petra Holm,{petra}")]
    );
    assert_eq!(
        csv(&world, "anders", "department").await,
        [
            format!("Nordhem Ventilation,{both}"),
            format!("Sales North,{elias}"),
            format!("Sales South,{petra}")
        ]
    );
    assert_eq!(
        csv(&world, "anders", "product").await,
        [
            "FTX 400,2,0,1,0.00,,0,0,0,,,0,".to_owned(),
            "Ventus 12,2,2,0,100.00,7,2,2,1,50.00,2,2,7.50".to_owned()
        ]
    );
    assert_eq!(
        csv(&world, "anders", "segment").await,
        [
            "Industry,1,1,0,100.00,15,1,1,1,100.00,9,1,9.00".to_owned(),
            "Without a segment,3,1,1,50.00,7,1,1,0,0.00,2,1,6.00".to_owned()
        ]
    );
    assert_eq!(
        csv(&world, "anders", "month").await,
        [
            "October 2026,1,0,0,,,0,0,0,,,0,".to_owned(),
            "November 2026,3,2,1,66.67,7,2,2,1,50.00,2,2,7.50".to_owned()
        ]
    );
    let page = text(&world.get("anders", &format!("/process?{DAYS}")).await);
    for said in [
        "Win rate: 2 won ÷ 3 decided",
        "On time: 1 kept their date ÷ 2 that had one, of 2 delivered",
        "Score: 15 points ÷ 2 answers",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[sqlx::test]
async fn the_funnel_counts_how_far_they_came(pool: PgPool) {
    let world = autumn(pool).await;
    let page = world.get("anders", &format!("/process?{DAYS}")).await;
    let page = Html::parse_document(&page.body);
    let rows = Selector::parse("section[aria-labelledby=h-funnel] tbody tr").unwrap();
    let cell = Selector::parse("td.num").unwrap();
    let said = |cell: scraper::ElementRef| cell.text().collect::<Vec<_>>().join(" ").replace('\u{a0}', " ");
    let counts: Vec<String> = page.select(&rows).flat_map(|row| row.select(&cell).map(said)).collect();
    let counts: Vec<&str> = counts.iter().map(String::as_str).collect();
    // four began; what was won has passed every stage, whether it stood there or not
    assert_eq!(counts.first(), Some(&"4"));
    assert_eq!((counts[1], counts[2]), ("2 50.00% went on", "2 100.00% went on"));
    assert!(counts[3..].iter().all(|count| *count == "2 100.00% went on"), "{counts:?}");
}

#[sqlx::test]
async fn every_count_leads_to_as_many_rows(pool: PgPool) {
    let world = autumn(pool).await;
    let (link, row) = (Selector::parse("td a").unwrap(), Selector::parse("tbody th[scope=row]").unwrap());
    let mut followed = 0;
    for by in ["month", "person", "department", "product", "segment"] {
        let page = world.get("anders", &format!("/process?by={by}&{DAYS}")).await;
        let links: Vec<(String, usize)> = Html::parse_document(&page.body)
            .select(&link)
            .filter_map(|link| {
                Some((link.attr("href")?.to_owned(), link.text().collect::<String>().parse().ok()?))
            })
            .collect();
        for (href, count) in links {
            let rows = world.get("anders", &href).await;
            assert_eq!(rows.status, StatusCode::OK, "{href}");
            assert_eq!(Html::parse_document(&rows.body).select(&row).count(), count, "{by}: {href}");
            followed += 1;
        }
    }
    assert!(followed > 25, "{followed}");
}

#[sqlx::test]
async fn nobody_sees_more_than_in_the_lists(pool: PgPool) {
    let world = autumn(pool).await;
    let elias = "Elias Sandberg,3,1,1,50.00,15,1,1,1,100.00,9,1,9.00";
    assert_eq!(csv(&world, "karin", "person").await, [elias]);
    assert_eq!(csv(&world, "elias", "person").await, [elias]);
    assert_eq!(csv(&world, "karin", "department").await.len(), 1, "her own alone");
    assert!(csv(&world, "elias", "department").await.is_empty(), "part of a department is no figure of it");
    assert!(csv(&world, "maja", "product").await.is_empty());
    // those who deliver see how all orders went, and nothing of how deals are won
    assert_eq!(
        csv(&world, "dag", "person").await,
        ["Elias Sandberg,0,0,0,,,1,1,1,100.00,9,1,9.00", "Petra Holm,0,0,0,,,1,1,0,0.00,2,1,6.00"]
    );
    let page = text(&world.get("dag", &format!("/process?{DAYS}")).await);
    assert!(!page.contains("How far they have come") && !page.contains("Win rate 66"), "{page}");
    let swedish = world.get_with("anders", &format!("/process?{DAYS}"), &[("accept-language", "sv")]).await;
    assert_eq!(swedish.status, StatusCode::OK);
}

#[sqlx::test]
async fn what_was_won_counts_while_its_order_stands(pool: PgPool) {
    let world = autumn(pool).await;
    let deal: i64 =
        sqlx::query_scalar("select deal_id from opportunities where deal_id is not null order by id limit 1")
            .fetch_one(&world.db)
            .await
            .unwrap();
    let version: i64 = sqlx::query_scalar("select version from deals where id = $1")
        .bind(deal)
        .fetch_one(&world.db)
        .await
        .unwrap();
    let cancel = [("version", &*version.to_string()), ("on", "2026-11-18"), ("reason", "Moved")];
    ok(&world.post("karin", &format!("/deals/{deal}/cancel"), &cancel).await);
    assert_eq!(csv(&world, "anders", "person").await[0], "Elias Sandberg,3,0,1,0.00,,0,0,0,,,1,9.00");
}

#[sqlx::test]
async fn a_product_that_was_cancelled_was_not_delivered(pool: PgPool) {
    let world = world(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 1_000, day(11, 2)).await;
    let (unit, agreement) = (draft.lines[0].product, world.product("FTX 400").await);
    draft.lines.push(LineDraft { line_no: 2, product: agreement, ..draft.lines[0].clone() });
    let id = world.book(&draft).await;
    let lines: Vec<i64> = sqlx::query_scalar("select id from deal_lines where deal_id = $1 order by line_no")
        .bind(id.0)
        .fetch_all(&world.db)
        .await
        .unwrap();
    let cancel = [
        ("kind", "cancellation"),
        ("return_line", &*lines[1].to_string()),
        ("return_quantity", "1"),
        ("return_on", "2026-11-18"),
        ("return_cause", "no_need"),
    ];
    ok(&act(&world, "karin", id, "returns", &cancel).await);
    let quantity = format!("quantity-{}", lines[0]);
    ok(&act(&world, "dag", id, "deliveries", &[("delivered_on", "2026-11-18"), (&quantity, "1")]).await);
    assert_eq!(csv(&world, "anders", "product").await, ["Ventus 12,0,0,0,,,1,0,0,,16,0,"]);
    let row = Selector::parse("tbody th[scope=row]").unwrap();
    for (product, rows) in [(unit, 1), (agreement, 0)] {
        let list = world.get("anders", &format!("/orders?view=done&{DAYS}&product={product}")).await;
        assert_eq!(Html::parse_document(&list.body).select(&row).count(), rows, "{}", text(&list));
    }
}

/// Where the score of a row of the page leads to: its address, and its text.
fn score_links(page: &str) -> Vec<(String, String)> {
    let link = Selector::parse("td a").unwrap();
    let page = Html::parse_document(page);
    let links = page.select(&link).map(|link| (link.attr("href").unwrap(), link.text().collect::<String>()));
    let scores = links.filter(|(href, _)| href.starts_with("/scores?"));
    scores.map(|(href, text)| (href.to_owned(), text)).collect()
}

#[sqlx::test]
async fn every_score_leads_to_what_it_is_the_average_of(pool: PgPool) {
    let world = autumn(pool).await;
    let mut followed = 0;
    for by in ["month", "person", "department", "product", "segment"] {
        let page = world.get("anders", &format!("/process?by={by}&{DAYS}")).await;
        for (href, score) in score_links(&page.body) {
            let list = text(&world.get("anders", &href).await);
            assert!(list.contains(&format!("{score} on average = ")), "{by} {href}: {list}");
            followed += 1;
        }
    }
    assert_eq!(followed, 8, "one for the month and each person, three departments, one product, one segment");
    let file = world.get("anders", &format!("/scores.csv?{DAYS}&sort=score")).await.body;
    let rows: Vec<&str> = file.lines().skip(1).map(|row| row.trim_end_matches(',')).collect();
    assert_eq!(
        rows,
        [
            "2026-11-18,6,Heard in a follow-up,,Obbola Livs,10002,Petra Holm",
            "2026-11-18,9,Heard in a follow-up,,Holmen Skog,10001,Elias Sandberg"
        ]
    );
    // each reader has those of the sales that they see
    let seen =
        async |who: &str| world.get(who, &format!("/scores.csv?{DAYS}")).await.body.lines().skip(1).count();
    for (who, rows) in [("elias", 1), ("karin", 1), ("petra", 1), ("dag", 2), ("maja", 0)] {
        assert_eq!(seen(who).await, rows, "{who}");
    }
    let others = format!("/scores.csv?{DAYS}&person={}", world.employee("petra").await);
    assert_eq!(world.get("elias", &others).await.body.lines().count(), 1, "only the heading");
    let named = text(&world.get("elias", &others.replace(".csv", "")).await);
    assert!(!named.contains("Petra"), "nor their name: {named}");
}

/// The rows of a list.
async fn rows(world: &World, who: &str, path: &str) -> usize {
    let row = Selector::parse("tbody th[scope=row]").unwrap();
    let list = world.get(who, path).await;
    assert_eq!(list.status, StatusCode::OK, "{path}: {}", list.body);
    Html::parse_document(&list.body).select(&row).count()
}

#[sqlx::test]
async fn house_sales_are_the_companys_and_the_parts_make_up_the_whole(pool: PgPool) {
    let world = autumn(pool).await;
    let mut draft = world.draft("elias", "Holmen Skog", 1_000, day(11, 3)).await;
    draft.owner = None;
    let house = world.book(&draft).await;
    deliver(&world, house, "2026-11-18", "2026-11-18").await;
    let departments = csv(&world, "anders", "department").await;
    assert_eq!(departments[0], "Nordhem Ventilation,4,2,1,66.67,7,3,3,2,66.67,9,2,7.50", "{departments:?}");
    let page = world.get("anders", &format!("/process?by=department&{DAYS}")).await.body;
    let link = page.split("href=\"").filter_map(|rest| rest.split('"').next());
    let delivered = link
        .map(|href| href.replace("&amp;", "&"))
        .find(|href| href.contains("view=done") && href.contains("department"));
    assert_eq!(rows(&world, "anders", &delivered.unwrap()).await, 3, "the house sale is among them");
}

#[sqlx::test]
async fn the_funnel_and_the_rate_lead_to_their_deals_for_each_reader(pool: PgPool) {
    let world = autumn(pool).await;
    let link = Selector::parse("section[aria-labelledby=h-funnel] td.num > a").unwrap();
    for (who, began, decided, delivered) in [("anders", 4, 3, 2), ("karin", 3, 2, 1)] {
        let page = world.get(who, &format!("/process?{DAYS}")).await.body;
        let funnel: Vec<(String, usize)> = Html::parse_document(&page)
            .select(&link)
            .map(|link| {
                (link.attr("href").unwrap().to_owned(), link.text().collect::<String>().parse().unwrap())
            })
            .collect();
        assert_eq!(funnel[0].1, began, "{who}");
        for (href, count) in &funnel {
            assert_eq!(rows(&world, who, href).await, *count, "{who}: {href}");
        }
        let hrefs: Vec<String> = Html::parse_document(&page)
            .select(&Selector::parse("dl.facts a").unwrap())
            .map(|link| link.attr("href").unwrap().to_owned())
            .collect();
        assert_eq!(rows(&world, who, &hrefs[1]).await, decided, "{who}: {}", hrefs[1]);
        assert_eq!(rows(&world, who, &hrefs[3]).await, delivered, "{who}: {}", hrefs[3]);
    }
    let turned = text(&world.get("anders", "/process?from=2026-11-30&last=2026-11-01").await);
    assert!(turned.contains("This is before the first day"), "{turned}");
}
