//! Northwind's 830 orders: what was promised and what was delivered, as the data says it.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use pacemark::imports::Kind;
use pacemark::kernel::number;
use sqlx::PgPool;

use crate::support::imports::{run_texts, tally};

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/northwind").join(file);
    let mut file =
        csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file.deserialize().map(Result::unwrap).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Price × quantity × (1 − discount) in cents, half to even (rule 5): discounts are whole percent.
fn cents(line: &Row) -> i64 {
    let price = number::parse_count(&line["UnitPrice"].replace('.', "")).unwrap();
    let decimals = line["UnitPrice"].split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let price = price * [100, 10, 1][decimals];
    let quantity: i64 = line["Quantity"].parse().unwrap();
    let discount = (line["Discount"].parse::<f64>().unwrap() * 100.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "whole percent")]
    let kept = 100 - discount as i64;
    let exact = price * quantity * kept;
    let (whole, rest) = (exact / 100, exact % 100);
    whole + i64::from(rest > 50 || rest == 50 && whole % 2 == 1)
}

/// Order lines, numbered within their orders.
fn sales() -> String {
    let orders: HashMap<String, Row> =
        rows("Orders.csv").into_iter().map(|row| (row["OrderID"].clone(), row)).collect();
    let mut sales = String::from(
        "order_no,line_no,ordered_on,promised_on,delivered_on,customer_no,employee_no,sku,quantity,amount,cost,currency,channel\n",
    );
    let mut numbers: HashMap<String, i32> = HashMap::new();
    for line in rows("Order_Details.csv") {
        let (no, order) = (&line["OrderID"], &orders[&line["OrderID"]]);
        let line_no = numbers.entry(no.clone()).and_modify(|n| *n += 1).or_insert(1);
        let cents = cents(&line);
        writeln!(
            sales,
            "{no},{line_no},{},{},{},{},{},{},{},{}.{:02},0,USD,",
            order["OrderDate"],
            order["RequiredDate"],
            order["ShippedDate"],
            order["CustomerID"],
            order["EmployeeID"],
            line["ProductID"],
            line["Quantity"],
            cents / 100,
            cents % 100
        )
        .unwrap();
    }
    sales
}

/// The sample data in the columns of our own files.
fn files() -> Vec<(Kind, String)> {
    let mut people = String::from("employee_no,name,email,job_title,hired_on,left_on\n");
    let mut members = String::from("employee_no,department,lead,from,to\n");
    for row in rows("Employees.csv") {
        let (no, hired) = (&row["EmployeeID"], &row["HireDate"]);
        writeln!(people, "{no},{} {},,{},{hired},", row["FirstName"], row["LastName"], quoted(&row["Title"]))
            .unwrap();
        writeln!(members, "{no},SALES,no,{hired},").unwrap();
    }
    let mut products = String::from("sku,name,category,subcategory,unit_cost,list_price,currency\n");
    for row in rows("Products.csv") {
        writeln!(
            products,
            "{},{},Category {},,0,{},USD",
            row["ProductID"],
            quoted(&row["ProductName"]),
            row["CategoryID"],
            row["UnitPrice"]
        )
        .unwrap();
    }
    let mut customers = String::from("customer_no,name,segment,region\n");
    for row in rows("Customers.csv") {
        writeln!(
            customers,
            "{},{},,{}",
            row["CustomerID"],
            quoted(&row["CompanyName"]),
            quoted(&row["Country"])
        )
        .unwrap();
    }
    let sales = sales();
    let departments =
        "code,name,kind,parent\nNW,Northwind,company,\nSALES,Sales,sales,NW\nSHIP,Shipping,delivery,NW\n";
    vec![
        (Kind::Departments, departments.into()),
        (Kind::Employees, people),
        (Kind::Memberships, members),
        (Kind::Products, products),
        (Kind::Customers, customers),
        (Kind::Sales, sales),
    ]
}

#[sqlx::test]
async fn thirty_seven_of_809_are_late_and_21_wait(db: PgPool) {
    let files = files();
    let texts: Vec<(Kind, &str)> = files.iter().map(|(kind, text)| (*kind, &**text)).collect();
    let report = run_texts(&db, &texts).await;
    assert_eq!(tally(&report), "2344/0/0");
    let (delivered, late, open): (i64, i64, i64) = sqlx::query_as(
        "select count(*) filter (where order_state = 'delivered'), count(*) filter (where not on_time),
            count(*) filter (where order_state <> 'delivered') from deals",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!((delivered, late, open), (809, 37, 21));
    // the goals of the department that delivers are fed by the same facts: those that wait are owed by now as well
    let (on_time, owed): (i64, i64) = sqlx::query_as(
        "select sum(part)::bigint, sum(whole)::bigint from fact_entries where metric = 'on_time_delivery' and credit_date <= '1998-05-06'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!((on_time, owed), (772, 809));
    let revenue: i64 = sqlx::query_scalar("select sum(revenue)::bigint from credit_entries where basis = 0")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(revenue, 1_265_793_02, "1,265,793.0395 before each line is rounded to whole cents");
    // the same files again change nothing
    assert_eq!(tally(&run_texts(&db, &texts).await), "0/0/2344");
}
