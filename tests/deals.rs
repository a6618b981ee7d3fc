//! Deals through the real router: what people may log, see and change, and that nothing they typed is lost.

use std::sync::Arc;

use axum::http::StatusCode;
use pacemark::attainment::Metric;
use pacemark::attainment::service::{Span, totals};
use pacemark::goals::{Subject, Viewer};
use pacemark::kernel::basis::Basis;
use pacemark::kernel::id::DealId;
use pacemark::kernel::period::Period;
use pacemark::sales;
use pacemark::web::list::ListQuery;
use sqlx::PgPool;

use crate::support::world::{Answer, World, day, kr};

/// What the quick form sends.
async fn quick(world: &World, key: &str, customer: &str, amount: &str) -> Vec<(&'static str, String)> {
    let product = world.product("Ventus 12").await.to_string();
    let fields = [("form_key", key), ("customer", customer), ("amount", amount)];
    let fields = fields.map(|(name, value)| (name, value.to_owned())).into_iter();
    fields.chain([("product", product)]).collect()
}

fn pairs<'a>(form: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap()
}

/// Sends many forms at the same moment.
async fn together(world: World, forms: Vec<Vec<(&'static str, String)>>) -> (Arc<World>, Vec<Answer>) {
    let world = Arc::new(world);
    let send = |form: Vec<(&'static str, String)>| {
        let world = Arc::clone(&world);
        tokio::spawn(async move { world.post("elias", "/deals", &pairs(&form)).await })
    };
    let tasks: Vec<_> = forms.into_iter().map(send).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    (world, answers)
}

const KEY: &str = "01935f3e-0000-7000-8000-000000000001";

fn id_of(answer: &Answer) -> DealId {
    answer.location().split('/').nth(2).unwrap().parse().unwrap()
}

fn with(
    mut form: Vec<(&'static str, String)>,
    name: &'static str,
    value: &str,
) -> Vec<(&'static str, String)> {
    form.retain(|(known, _)| *known != name);
    form.push((name, value.to_owned()));
    form
}

#[sqlx::test]
async fn three_fields_make_a_deal_that_counts_at_once(pool: PgPool) {
    let world = World::new(pool).await;
    let form = quick(&world, KEY, "Vännäs Bygg", "168 tkr").await;
    let answer = world.post("elias", "/deals", &pairs(&form)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let saved = world.get("elias", answer.location()).await;
    assert!(saved.body.contains("Vännäs Bygg") && saved.body.contains("168,000"), "{}", saved.body);
    assert!(saved.body.contains("new customer"));
    let row: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select revenue, margin, orders, new_customers, units from credit_days where category_id = 0 and not overlay",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(row, (kr(168_000), kr(70_000), 1, 1, 1), "the cost of a unit is taken from the product");
}

#[sqlx::test]
async fn the_same_form_sent_by_sixteen_at_once_makes_one_deal(pool: PgPool) {
    let world = World::new(pool).await;
    let form = quick(&world, KEY, "Vännäs Bygg", "168000").await;
    let (world, answers) = together(world, vec![form; 16]).await;
    let places: Vec<&str> = answers.iter().map(Answer::location).collect();
    assert!(places.iter().all(|place| *place == places[0] && place.ends_with("/saved")), "{places:?}");
    assert_eq!(count(&world, "select count(*) from deals").await, 1);
    assert_eq!(count(&world, "select count(*) from customers where name = 'Vännäs Bygg'").await, 1);
    assert_eq!(count(&world, "select count(*) from audit_log where action = 'deal.logged'").await, 1);
    assert_eq!(count(&world, "select sum(revenue)::bigint from credit_entries").await, kr(168_000));
}

#[sqlx::test]
async fn many_first_deals_of_one_customer_make_one_new_customer(pool: PgPool) {
    let world = World::new(pool).await;
    let mut forms = Vec::new();
    for n in 0..16 {
        let key = format!("01935f3e-0000-7000-8000-0000000000{n:02}");
        forms.push(with(quick(&world, "", "Vännäs Bygg", "1000").await, "form_key", &key));
    }
    let (world, answers) = together(world, forms).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::SEE_OTHER));
    assert_eq!(count(&world, "select sum(new_customers)::bigint from credit_entries").await, 1);
    let first = count(&world, "select first_deal_id from customers where name = 'Vännäs Bygg'").await;
    assert_eq!(
        first,
        count(&world, "select id from deals order by ordered_on, source, order_no limit 1").await
    );
}

#[sqlx::test]
async fn a_form_with_faults_keeps_what_was_typed(pool: PgPool) {
    let world = World::new(pool).await;
    let form = [("form_key", KEY), ("customer", "Holmen <Skog>"), ("amount", "about 170")];
    let answer = world.post("elias", "/deals", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("<title>Error: Log deal"));
    assert_eq!(
        [answer.field("customer"), answer.field("amount"), answer.field("form_key")],
        ["Holmen <Skog>", "about 170", KEY]
    );
    for id in ["amount-0", "product-0"] {
        assert!(
            answer.body.contains(&format!("href=\"#{id}\"")) && answer.body.contains(&format!("id=\"{id}\""))
        );
    }
    assert_eq!(count(&world, "select count(*) from deals").await, 0);
}

#[sqlx::test]
async fn nobody_logs_deals_for_those_they_do_not_lead(pool: PgPool) {
    let world = World::new(pool).await;
    let maja = world.employee("maja").await.to_string();
    let form = with(quick(&world, KEY, "Obbola Livs", "1000").await, "owner", &maja);
    for (who, status) in [
        ("elias", StatusCode::UNPROCESSABLE_ENTITY),
        ("johanna", StatusCode::UNPROCESSABLE_ENTITY),
        ("frida", StatusCode::FORBIDDEN),
        ("hanna", StatusCode::FORBIDDEN),
        ("karin", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(world.post(who, "/deals", &pairs(&form)).await.status, status, "{who}");
    }
    let house = with(quick(&world, "", "Obbola Livs", "500").await, "owner", "house");
    assert_eq!(world.post("karin", "/deals", &pairs(&house)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.post("anders", "/deals", &pairs(&house)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&world, "select revenue from credit_entries where kind = 'house'").await, kr(500));
}

#[sqlx::test]
async fn a_deal_exists_for_those_who_may_see_it_and_for_nobody_else(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await;
    for who in ["elias", "karin", "anders", "ada", "frida"] {
        assert_eq!(world.get(who, &format!("/deals/{deal}")).await.status, StatusCode::OK, "{who}");
        assert!(world.get(who, "/deals").await.body.contains("Holmen Skog"), "{who}");
    }
    for who in ["maja", "petra", "johanna", "hanna"] {
        for path in [format!("/deals/{deal}"), format!("/deals/{deal}/saved")] {
            assert_eq!(world.get(who, &path).await.status, StatusCode::NOT_FOUND, "{who} {path}");
        }
        for path in ["/deals", "/deals.csv", "/deals?q=holmen&period=all"] {
            assert!(!world.get(who, path).await.body.contains("Holmen Skog"), "{who} {path}");
        }
    }
    assert_eq!(world.get("maja", &format!("/deals/{deal}/edit")).await.status, StatusCode::NOT_FOUND);
    let undo = world.post("maja", &format!("/deals/{deal}/undo"), &[("version", "1")]).await;
    assert_eq!(undo.status, StatusCode::NOT_FOUND);
    let reader = world.post("frida", &format!("/deals/{deal}/undo"), &[("version", "1")]).await;
    assert_eq!(reader.status, StatusCode::FORBIDDEN);
}

#[sqlx::test]
async fn undo_takes_a_deal_back_and_redo_brings_it_again(pool: PgPool) {
    let world = World::new(pool).await;
    let form = quick(&world, KEY, "Holmen Skog", "168000").await;
    let deal = id_of(&world.post("elias", "/deals", &pairs(&form)).await);
    let undo = format!("/deals/{deal}/undo");
    assert_eq!(world.post("elias", &undo, &[("version", "1")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&world, "select sum(revenue)::bigint from credit_entries").await, 0);
    assert!(!world.get("elias", "/deals").await.body.contains(">Holmen Skog<"));
    assert_eq!(world.post("elias", &undo, &[("version", "1")]).await.status, StatusCode::CONFLICT, "twice");
    let redo = world.post("elias", &format!("/deals/{deal}/redo"), &[("version", "2")]).await;
    assert_eq!(redo.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&world, "select sum(revenue)::bigint from credit_entries").await, kr(168_000));
    assert_eq!(count(&world, "select sum(new_customers)::bigint from credit_entries").await, 1);
}

#[sqlx::test]
async fn an_edit_that_comes_too_late_shows_both_and_keeps_what_was_typed(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await;
    let path = format!("/deals/{deal}/edit");
    let page = world.get("elias", &path).await;
    assert_eq!(page.field("amount"), "168000.00");
    let mut form = quick(&world, "", "Holmen Skog", "150 000").await;
    for name in ["version", "line_no", "ordered_on"] {
        form = with(form, name, &page.field(name));
    }
    assert_eq!(
        world
            .post(
                "karin",
                &path,
                &pairs(&with(form.clone(), "owner", &world.employee("elias").await.to_string()))
            )
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    let late = with(form, "amount", "120 000");
    let answer = world.post("elias", &path, &pairs(&late)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!((answer.field("amount"), answer.field("version")), ("120 000".to_owned(), "2".to_owned()));
    assert!(answer.body.contains("Ventus 12 × 1: 150000.00"), "{}", answer.body);
    assert_eq!(count(&world, "select sum(revenue)::bigint from credit_entries").await, kr(150_000));
    let again = with(late, "version", "2");
    assert_eq!(world.post("elias", &path, &pairs(&again)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&world, "select sum(revenue)::bigint from credit_entries").await, kr(120_000));
    let history = world.get("elias", &format!("/deals/{deal}")).await.body;
    assert!(history.contains("Reversed -SEK") || history.contains("Reversed −SEK"), "{history}");
}

#[sqlx::test]
async fn lines_and_shares_are_added_without_script(pool: PgPool) {
    let world = World::new(pool).await;
    let form = with(quick(&world, KEY, "Holmen Skog", "1000").await, "more", "line");
    let more = world.post("elias", "/deals", &pairs(&form)).await;
    assert_eq!(more.status, StatusCode::OK);
    assert!(more.body.contains("id=\"amount-1\"") && more.field("customer") == "Holmen Skog");
    let (elias, maja) = (world.employee("elias").await.to_string(), world.employee("maja").await.to_string());
    let mut form = with(quick(&world, KEY, "Holmen Skog", "100.01").await, "full", "1");
    for (person, pct) in [(&elias, "66,67"), (&maja, "33.33")] {
        form.push(("share_person", person.clone()));
        form.push(("share_kind", "direct".to_owned()));
        form.push(("share_pct", pct.to_owned()));
    }
    let short = form
        .iter()
        .map(|(n, v)| (*n, if v == "33.33" { "33".to_owned() } else { v.clone() }))
        .collect::<Vec<_>>();
    let refused = world.post("elias", "/deals", &pairs(&short)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("99.67"));
    assert_eq!(world.post("elias", "/deals", &pairs(&form)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&world, "select sum(revenue)::bigint from credit_entries").await, 10_001);
    let both: Vec<i64> = sqlx::query_scalar("select revenue from credit_entries order by id")
        .fetch_all(&world.db)
        .await
        .unwrap();
    assert_eq!(both.iter().max(), Some(&6668));
}

#[sqlx::test]
async fn the_list_adds_up_to_what_goals_count(pool: PgPool) {
    let world = World::new(pool).await;
    for (who, amount, on) in [
        ("elias", 1000, day(10, 3)),
        ("elias", 500, day(7, 1)),
        ("maja", 300, day(11, 4)),
        ("petra", 70, day(11, 5)),
    ] {
        world.deal(who, "Brf Ankaret", amount, on).await;
    }
    let sold = world.deal("elias", "Obbola Livs", 200, day(9, 30)).await;
    let form = [("version", "1"), ("on", "2026-10-02"), ("reason", "Wrong size")];
    assert_eq!(
        world.post("elias", &format!("/deals/{sold}/cancel"), &form).await.status,
        StatusCode::SEE_OTHER
    );
    let quarter = Period::new(day(10, 1), day(12, 31).succ_opt().unwrap()).unwrap();
    let (elias, north) = (world.employee("elias").await, world.department("NORTH").await);
    let root = world.department("NORDHEM").await;
    let subjects = [Subject::Person(elias), Subject::Department(north), Subject::Company(root)];
    let mut conn = world.app.read().await.unwrap();
    let viewer = Viewer::system(day(11, 18));
    for (subject, expected) in subjects.into_iter().zip([800, 1100, 1170]) {
        let span = Span { subject, category: None, period: quarter, basis: Basis::Booked };
        let whole = totals(&mut conn, &[span]).await.unwrap()[0];
        assert_eq!(whole.revenue, kr(expected));
        let page = sales::contributions(&mut conn, viewer, &span, Metric::Revenue, &ListQuery::default())
            .await
            .unwrap();
        assert_eq!(page.rows.iter().map(|row| row.amount).sum::<i64>(), whole.revenue);
    }
    let body = world.get("karin", "/deals").await.body;
    let foot = body.split("<tfoot>").nth(1).unwrap();
    assert!(foot.contains("1,100"), "{foot}");
    let own = world.get("maja", &format!("/deals?person={elias}")).await.body;
    assert!(!own.contains("<tfoot>"), "somebody else's deals are no row and no sum");
}

#[sqlx::test]
async fn a_download_holds_no_formulas(pool: PgPool) {
    let world = World::new(pool).await;
    let form = quick(&world, KEY, "=HYPERLINK(\"http://x\")", "1000").await;
    world.post("elias", "/deals", &pairs(&form)).await;
    let csv = world.get("elias", "/deals.csv").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.body.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{}", csv.body);
    assert!(csv.body.contains("1000.00"));
}

#[sqlx::test]
async fn the_bar_previews_the_goal_before_anything_is_saved(pool: PgPool) {
    let world = World::new(pool).await;
    sqlx::raw_sql(
        "with g as (insert into goals (subject_kind, employee_id, metric, period, currency, created_at)
            select 'person', id, 'revenue', '[2026-10-01,2027-01-01)', 'SEK', now() from employees where employee_no = 'elias'
            returning id)
        insert into goal_versions (goal_id, number, target, effective_on, recorded_at)
        select id, 1, 100000000, '2026-10-01', now() from g",
    )
    .execute(&world.db)
    .await
    .unwrap();
    world.deal("elias", "Holmen Skog", 500_000, day(10, 5)).await;
    let product = world.product("Ventus 12").await;
    let preview = world
        .get("elias", &format!("/deals/preview?form_key=&customer=Nya+AB&amount=250k&product={product}"))
        .await;
    assert!(preview.body.contains("50%") && preview.body.contains("75% after this deal"), "{}", preview.body);
    assert!(preview.body.contains("New customer"));
    let page = world.get("elias", "/deals/new?amount=100000").await;
    assert!(page.body.contains("60% after this deal"), "without script the page itself shows it");
    assert_eq!(count(&world, "select count(*) from deals").await, 1);
    let deal = world.get("elias", "/deals/1").await;
    assert!(deal.body.contains("0%") && deal.body.contains("50%") && deal.body.contains("Elias Sandberg"));
}
