//! Orders that are imported all at once are worth exactly what they are worth booked one by one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pacemark::attainment::rollup;
use pacemark::imports::{Input, Kind};
use pacemark::kernel::id::{CustomerId, EmployeeId, ProductId};
use pacemark::kernel::money::{Currency, parse_decimal};
use pacemark::org::company;
use pacemark::sales::booking::{self, Stamp};
use pacemark::sales::{DealDraft, LineDraft};
use sqlx::{PgConnection, PgPool};

use crate::support::imports::{adventureworks, load, moment, sample, tally};

/// How many orders of the sample data are booked one by one.
const ORDERS: usize = 300;

/// One order line by its column names.
type Row = BTreeMap<String, String>;

/// The first orders of the sample data, every third of them in euros or yen, and the whole file as CSV.
fn rows() -> (Vec<Row>, String) {
    let mut file = csv::Reader::from_path(adventureworks().join("order_lines.csv")).unwrap();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(file.headers().unwrap()).unwrap();
    let columns: Vec<String> = file.headers().unwrap().iter().map(str::to_owned).collect();
    let (mut rows, mut orders) = (Vec::new(), Vec::new());
    for record in file.deserialize() {
        let mut row: Row = record.unwrap();
        if orders.last() != Some(&row["order_no"]) {
            orders.push(row["order_no"].clone());
        }
        if orders.len() > ORDERS {
            break;
        }
        match orders.len() % 6 {
            0 => _ = row.insert("currency".into(), "EUR".into()),
            3 => {
                row.insert("currency".into(), "JPY".into());
                for amount in ["amount", "cost"] {
                    let whole = row[amount].split('.').next().unwrap().to_owned();
                    row.insert(amount.into(), whole);
                }
            }
            _ => {}
        }
        out.write_record(columns.iter().map(|column| &row[column])).unwrap();
        rows.push(row);
    }
    (rows, String::from_utf8(out.into_inner().unwrap()).unwrap())
}

async fn masters(conn: &mut PgConnection) {
    sqlx::raw_sql(
        "update settings set currency = 'USD', configured_at = now();
        insert into exchange_rates values ('EUR', '2000-01-01', 1.3125), ('EUR', '2011-06-15', 1.4005),
            ('JPY', '2000-01-01', 0.012345)",
    )
    .execute(&mut *conn)
    .await
    .unwrap();
    let kinds = [Kind::Departments, Kind::Employees, Kind::Products, Kind::Customers];
    tally(&load(conn, kinds.map(sample).to_vec()).await);
}

async fn ids(conn: &mut PgConnection, sql: &'static str) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(conn).await.unwrap();
    rows.into_iter().collect()
}

async fn book_one_by_one(conn: &mut PgConnection, rows: &[Row]) {
    let customers = ids(conn, "select customer_no, id from customers").await;
    let employees = ids(conn, "select employee_no, id from employees").await;
    let products = ids(conn, "select sku, id from products").await;
    let company = company::find(conn).await.unwrap();
    let date = |text: &str| text.parse::<NaiveDate>().ok();
    let mut orders: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        orders.entry(&row["order_no"]).or_default().push(row);
    }
    // latest first, so that every first order becomes another on the way
    for (order_no, lines) in orders.into_iter().rev() {
        let head = lines[0];
        let currency = Currency::parse(&head["currency"]).unwrap();
        let lines = lines.iter().map(|row| LineDraft {
            line_no: row["line_no"].parse().unwrap(),
            product: ProductId(products[&row["sku"]]),
            quantity: row["quantity"].parse().unwrap(),
            amount: parse_decimal(&row["amount"], currency).unwrap(),
            cost: parse_decimal(&row["cost"], currency).unwrap(),
            promised_on: date(&row["promised_on"]),
            delivered_on: date(&row["delivered_on"]),
        });
        let draft = DealDraft {
            source: "import".into(),
            order_no: Some(order_no.to_owned()),
            customer: CustomerId(customers[&head["customer_no"]]),
            owner: employees.get(&head["employee_no"]).copied().map(EmployeeId),
            ordered_on: date(&head["ordered_on"]).unwrap(),
            currency,
            channel: head["channel"].clone(),
            note: String::new(),
            lines: lines.collect(),
            shares: Vec::new(),
            form_key: None,
        };
        booking::book(conn, &company, &draft, Stamp { by: None, at: moment() }).await.unwrap();
    }
}

/// What stands in the ledger and in the rollup, by the names that the files use.
async fn standing(conn: &mut PgConnection) -> (Vec<String>, Vec<String>) {
    rollup::fold(conn).await.unwrap();
    let ledger = sqlx::query_scalar(
        "select concat_ws(' ', d.order_no, l.line_no, w.employee_no, c.kind, c.share_bp, c.basis, c.credit_date, c.category_id,
            c.currency, c.rate, sum(c.revenue), sum(c.margin), sum(c.units), sum(c.orders), sum(c.new_customers),
            sum(c.category_orders), sum(c.category_new_customers))
        from credit_entries c
        join deals d on d.id = c.deal_id
        join deal_lines l on l.id = c.line_id
        left join employees w on w.id = c.employee_id
        group by d.order_no, l.line_no, w.employee_no, c.kind, c.share_bp, c.basis, c.credit_date, c.category_id, c.currency,
            c.rate
        order by 1",
    );
    let ledger = ledger.fetch_all(&mut *conn).await.unwrap();
    let days =
        sqlx::query_scalar("select d::text from credit_days d order by 1").fetch_all(conn).await.unwrap();
    (ledger, days)
}

#[sqlx::test]
async fn imported_orders_are_worth_what_booked_ones_are(db: PgPool) {
    let (rows, csv) = rows();
    let mut conn = db.acquire().await.unwrap();
    sqlx::raw_sql("begin").execute(&mut *conn).await.unwrap();
    masters(&mut conn).await;
    sqlx::raw_sql("savepoint masters").execute(&mut *conn).await.unwrap();

    tally(&load(&mut conn, vec![Input::text(Kind::Sales, csv)]).await);
    let imported = standing(&mut conn).await;
    sqlx::raw_sql("rollback to masters").execute(&mut *conn).await.unwrap();

    book_one_by_one(&mut conn, &rows).await;
    let booked = standing(&mut conn).await;
    assert!(
        imported.0.len() > 1000 && imported.0.iter().any(|row| row.contains("EUR") || row.contains("1.4005"))
    );
    assert_eq!(imported.0, booked.0);
    assert_eq!(imported.1, booked.1);
}

#[sqlx::test]
async fn the_database_rounds_half_to_even_as_the_program_does(db: PgPool) {
    let cases = ["0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "2.4999", "2.5001", "-2.5001", "7", "0", "-7"];
    let rounded: Vec<i64> = sqlx::query_scalar("select half_even(x::numeric) from unnest($1::text[]) x")
        .bind(cases.map(str::to_owned).to_vec())
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(rounded, [0, 2, 2, 0, -2, -2, 2, 3, -3, 7, 0, -7]);
}
