//! The proof: the sample company's 179 goals come out as computed independently, to the cent, however its files
//! arrive, and however often.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use pacemark::attainment::service::{self, Span};
use pacemark::goals::{self, Goal, GoalFilter, Subject, Viewer};
use pacemark::imports::{Input, Kind};
use pacemark::kernel::basis::Basis;
use pacemark::kernel::money::{Money, parse_decimal};
use pacemark::kernel::ratio::Pct;
use pacemark::org::company;
use sqlx::{PgConnection, PgPool};

use crate::support::imports::{adventureworks, moment, order, run, sample, samples, tally};

/// One line of `expected/attainment.csv`, by its column names.
type Expected = HashMap<String, String>;

fn expected() -> Vec<Expected> {
    let mut file = csv::Reader::from_path(adventureworks().join("expected/attainment.csv")).unwrap();
    file.deserialize().map(Result::unwrap).collect()
}

/// Number of a person or code of a department, as the files call them.
async fn subject_refs(conn: &mut PgConnection) -> HashMap<(&'static str, i64), String> {
    let people: Vec<(i64, String)> =
        sqlx::query_as("select id, employee_no from employees").fetch_all(&mut *conn).await.unwrap();
    let departments: Vec<(i64, String)> =
        sqlx::query_as("select id, code from departments").fetch_all(conn).await.unwrap();
    let people = people.into_iter().map(|(id, no)| (("person", id), no));
    people.chain(departments.into_iter().map(|(id, code)| (("department", id), code))).collect()
}

fn key_of(goal: &Goal, refs: &HashMap<(&'static str, i64), String>) -> (String, String, String, String) {
    let subject = match goal.subject {
        Subject::Person(id) => &refs[&("person", id.0)],
        Subject::Department(id) | Subject::Company(id) => &refs[&("department", id.0)],
    };
    let (from, to) = (goal.period.start.to_string(), goal.period.last_day().to_string());
    (goal.subject.kind().to_owned(), subject.clone(), from, to)
}

/// Compares every goal with what it must come out at.
async fn assert_attainment(db: &PgPool) {
    let mut conn = db.acquire().await.unwrap();
    let company = company::find(&mut conn).await.unwrap();
    let currency = company.currency;
    assert_eq!(currency.code(), "USD", "the currency of the files is adopted");
    let viewer = Viewer::system(company.day_of(moment()));
    let goals = goals::list(&mut conn, viewer, &GoalFilter::default()).await.unwrap();
    let refs = subject_refs(&mut conn).await;
    let goals: HashMap<_, _> = goals.iter().map(|goal| (key_of(goal, &refs), goal)).collect();
    let expected = expected();
    assert_eq!((expected.len(), goals.len()), (179, 179));
    let money = |minor| Money::new(minor, currency).to_decimal_string();
    for row in expected {
        let field = |name: &str| row[name].clone();
        let key = (field("subject_kind"), field("subject"), field("from"), field("to"));
        let goal = goals[&key];
        let span = Span { subject: goal.subject, category: None, period: goal.period, basis: Basis::Booked };
        let totals = service::totals(&mut conn, &[span]).await.unwrap()[0];
        let pct = Pct::of(totals.revenue, goal.target()).map_or("n/a".to_owned(), Pct::to_string_2);
        let found = [
            money(goal.target()),
            money(totals.revenue),
            pct,
            totals.units.to_string(),
            money(totals.margin),
            totals.orders.to_string(),
        ];
        let wanted = ["target", "actual", "attainment_pct", "units", "margin", "orders"].map(field);
        assert_eq!(found, wanted, "{key:?}");
    }
}

/// The rollup is what the ledger says.
async fn assert_rollup(db: &PgPool) {
    let different: i64 = sqlx::query_scalar(
        "select count(*) from (
            select coalesce(employee_id, 0) as employee_id, credit_date as day, basis, sum(revenue) as revenue,
                sum(margin) as margin, sum(units) as units, sum(orders) as orders, sum(new_customers) as new_customers
            from credit_entries group by 1, 2, 3
        ) l full join (select * from credit_days where category_id = 0) d using (employee_id, day, basis)
        where (l.revenue, l.margin, l.units, l.orders, l.new_customers)
            is distinct from (d.revenue, d.margin, d.units, d.orders, d.new_customers)",
    )
    .fetch_one(db)
    .await
    .unwrap();
    assert_eq!(different, 0);
}

#[sqlx::test]
async fn all_goals_come_out_to_the_cent(db: PgPool) {
    let report = run(&db, order(samples())).await;
    assert_eq!(tally(&report), "42716/0/0");
    assert_attainment(&db).await;
    assert_rollup(&db).await;
    let (orders, revenue): (i64, i64) = sqlx::query_as(
        "select count(distinct deal_id), sum(revenue)::bigint from credit_entries where basis = 0",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    let lines = fs::read_to_string(adventureworks().join("order_lines.csv")).unwrap();
    let usd = company::find(&mut db.acquire().await.unwrap()).await.unwrap().currency;
    let of_files: i64 =
        lines.lines().skip(1).map(|line| parse_decimal(line.split(',').nth(9).unwrap(), usd).unwrap()).sum();
    assert_eq!((orders, revenue), (7422, of_files));

    let again = run(&db, order(samples())).await;
    assert_eq!(tally(&again), "0/0/42716", "the same files again change nothing");
    let rows: i64 = sqlx::query_scalar("select count(*) from credit_entries").fetch_one(&db).await.unwrap();
    assert_eq!(rows, 2 * 35_557, "every line is delivered");
    assert_attainment(&db).await;
}

/// The lines after the header in another order, always the same one.
fn shuffled(kind: Kind) -> Input {
    let text = fs::read_to_string(adventureworks().join(kind.file_names()[0])).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    let mut state: u64 = 20_130_529;
    for i in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bound = u64::try_from(i + 1).unwrap();
        rows.swap(i, usize::try_from((state >> 33) % bound).unwrap());
    }
    Input::text(kind, format!("{header}\n{}\n", rows.join("\n")))
}

#[sqlx::test]
async fn the_order_of_rows_does_not_matter(db: PgPool) {
    let mut inputs: Vec<Input> = Kind::ALL.into_iter().map(shuffled).collect();
    inputs.reverse();
    assert_eq!(tally(&run(&db, order(inputs)).await), "42716/0/0");
    assert_attainment(&db).await;
    assert_rollup(&db).await;
    assert_eq!(tally(&run(&db, order(vec![sample(Kind::Sales)])).await), "0/0/35557");
}

#[sqlx::test]
async fn others_see_how_far_an_import_has_come(db: PgPool) {
    let import = tokio::spawn({
        let db = db.clone();
        async move { run(&db, order(vec![sample(Kind::Sales)])).await }
    });
    let mut seen = Vec::new();
    while !import.is_finished() {
        let row: Option<(String, i64, Option<i64>)> =
            sqlx::query_as("select status, rows_read, rows_total from imports")
                .fetch_optional(&db)
                .await
                .unwrap();
        seen.extend(row.filter(|(status, rows, _)| status == "running" && *rows > 0));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (_, rows, total) = seen.first().expect("the row should tell before the end");
    assert!(
        *rows <= 35_557 && total.is_some_and(|total| (30_000..45_000).contains(&total)),
        "{rows} of {total:?}"
    );
    assert_eq!(
        import.await.unwrap().faults.count,
        35_557 + 35_557 + 30_129,
        "customers, products and people"
    );
}

#[sqlx::test]
async fn the_outlook_is_off_less_than_plain_run_rate_on_the_sample(pool: PgPool) {
    run(&pool, order(samples())).await;
    let mut conn = pool.acquire().await.unwrap();
    let company = company::find(&mut conn).await.unwrap();
    let today = company.day_of(moment());
    let lines = pacemark::attainment::backtest::run(&mut conn, &company, today).await.unwrap();
    let all = lines.iter().find(|line| line.subjects.is_none()).unwrap();
    // measured 14.0 % against 29.3 %: half of it, and no less than that is claimed here
    assert!(all.tally.forecasts > 500, "{}", all.tally.forecasts);
    let ratio = all.tally.against_run_rate().unwrap();
    assert!(ratio < Pct(6_000), "{ratio} % of plain run rate's error");
    let held = all.tally.coverage().unwrap();
    assert!(held > Pct(8_000), "the range of 8 in 10 holds {held} %");
    for kind in ["person", "department"] {
        let of_kind = lines.iter().filter(|line| line.subjects == Some(kind));
        for line in of_kind {
            assert!(line.tally.against_run_rate().unwrap() < Pct(10_000), "{kind} from {:?} %", line.at_pct);
        }
    }
}
