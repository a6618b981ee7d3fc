//! What imports refuse and why, what they change, and that they change nothing when a row is bad.

use chrono::NaiveDate;
use pacemark::attainment::rollup;
use pacemark::imports::{Counts, Input, Kind, Report};
use sqlx::PgPool;

use crate::support::imports::{faults, order, run, run_texts, tally};

const DEPARTMENTS: &str = "code,name,kind,parent\nN,North,sales,S\nS,Sales,sales,C\nC,Company,company,\n";
const EMPLOYEES: &str = "employee_no,name,email,job_title,hired_on,left_on\n\
    1,Elias,elias@example.com,Seller,2020-01-01,\n2,Maja,,,2020-01-01,\n";
const MEMBERSHIPS: &str = "employee_no,department,lead,from,to\n1,N,no,2020-01-01,2020-12-31\n\
    1,S,no,2021-01-01,\n2,S,yes,2020-01-01,\n";
const PRODUCTS: &str = "sku,name,category,subcategory,unit_cost,list_price,currency\n\
    A,Anvil,Tools,,60.00,100.00,SEK\nB,Bolt,Parts,Small,1.00,2.00,SEK\n";
const CUSTOMERS: &str = "customer_no,name,segment,region\nX,Xylo AB,Large,North\nY,\"=1+1\",,\n";
const SALES_HEAD: &str = "order_no,line_no,ordered_on,promised_on,delivered_on,customer_no,employee_no,sku,quantity,\
    amount,cost,currency,channel\n";
const SALES: &str = "1,1,2021-03-01,,,X,1,A,2,200.00,120.00,SEK,field\n1,2,2021-03-01,,,X,1,B,5,10.00,5.00,SEK,field\n\
    2,1,2021-03-05,2021-03-09,2021-03-08,X,,A,1,100.00,60.00,SEK,web\n3,1,2021-03-02,,,Y,2,B,1,2.00,1.00,SEK,field\n";
const GOALS: &str = "to,from,metric,subject,subject_kind,target,currency\n\
    2021-03-31,2021-03-01,revenue,1,person,500.00,SEK\n2021-03-31,2021-03-01,orders,S,department,3,\n";

fn sales(rows: &str) -> String {
    format!("{SALES_HEAD}{rows}")
}

/// Everything that others refer to, and the sales.
async fn world(db: &PgPool) {
    let sales = sales(SALES);
    let files = [
        (Kind::Goals, GOALS),
        (Kind::Sales, sales.as_str()),
        (Kind::Customers, CUSTOMERS),
        (Kind::Products, PRODUCTS),
        (Kind::Memberships, MEMBERSHIPS),
        (Kind::Employees, EMPLOYEES),
        (Kind::Departments, DEPARTMENTS),
    ];
    assert_eq!(tally(&run_texts(db, &files).await), "18/0/0");
}

async fn number(db: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

/// A fingerprint of everything that imports write.
async fn state(db: &PgPool) -> String {
    sqlx::query_scalar(
        "select concat(
            (select string_agg(d::text, ';' order by d.id) from departments d),
            (select string_agg(e::text, ';' order by e.id) from employees e),
            (select string_agg(m::text, ';' order by m.id) from memberships m),
            (select string_agg(p::text, ';' order by p.id) from products p),
            (select string_agg(c::text, ';' order by c.id) from customers c),
            (select string_agg(d::text, ';' order by d.id) from deals d),
            (select string_agg(l::text, ';' order by l.id) from deal_lines l),
            (select string_agg(e::text, ';' order by e.id) from credit_entries e),
            (select string_agg(d::text, ';' order by d::text) from credit_days d),
            (select string_agg(g::text, ';' order by g.id) from goals g),
            (select string_agg(v::text, ';' order by v::text) from goal_versions v),
            (select string_agg(s::text, ';') from settings s))",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

#[sqlx::test]
async fn a_world_is_imported_once(db: PgPool) {
    world(&db).await;
    let before = state(&db).await;
    let sales = sales(SALES);
    let files = [(Kind::Departments, DEPARTMENTS), (Kind::Memberships, MEMBERSHIPS), (Kind::Sales, &sales)];
    let report = run_texts(&db, &files).await;
    assert_eq!(tally(&report), "0/0/10");
    assert!(report.counts().is_idle());
    assert_eq!(tally(&run_texts(&db, &[(Kind::Goals, GOALS), (Kind::Customers, CUSTOMERS)]).await), "0/0/4");
    assert_eq!(state(&db).await, before);
    let formula: String = sqlx::query_scalar("select name from customers where customer_no = 'Y'")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(formula, "=1+1", "stored as it is");
    assert_eq!(number(&db, "select count(*) from audit_log where action = 'import.done'").await, 3);
}

/// Every fault of one file, as `line column reason`; nothing may have changed.
async fn refused(db: &PgPool, kind: Kind, text: impl Into<Vec<u8>>) -> Vec<String> {
    let before = state(db).await;
    let report = run(db, order(vec![Input::text(kind, text)])).await;
    assert_eq!(state(db).await, before, "all or nothing");
    assert!(report.files.is_empty() && !report.faults.is_empty());
    faults(&report)
}

#[sqlx::test]
async fn sales_faults_name_line_and_column(db: PgPool) {
    world(&db).await;
    let rows = "9,1,2021-03-01,,,X,1,A,1,1.00,1.00,SEK,\n\
        9,1,2021-03-01,,,X,1,A,1,1.00,1.00,SEK,\n\
        10,1,2021-02-30,,,X,1,A,1,1.00,1.00,SEK,\n\
        11,1,2021-03-01,,,Z,1,A,1,1.00,1.00,SEK,\n\
        12,1,2021-03-01,,,X,7,A,1,1.00,1.00,SEK,\n\
        13,1,2021-03-01,,,X,1,Q,1,1.00,1.00,SEK,\n\
        14,1,2021-03-01,,,X,1,A,one,1,50,1.00,SEK,\n\
        15,1,2021-03-01,,,X,1,A,1.5,1.001,x,SEK,\n\
        16,1,2021-03-01,,,X,1,A,1,1.00,1.00,EUR,\n\
        17,0,2021-03-01,,,X,1,A,1,1.00,1.00,XXX,\n\
        18,1,,,,,1,A,,1.00,1.00,SEK,\n\
        19,1,2021-03-01,,,X,1,A,1,99999999999999,1.00,SEK,\n";
    let told = refused(&db, Kind::Sales, sales(rows)).await;
    let expected = [
        "3 line_no duplicate",
        "4 ordered_on date",
        "5 customer_no unknown-customer",
        "6 employee_no unknown-employee",
        "7 sku unknown-product",
        "8  width",
        "9 quantity whole-number",
        "9 amount decimals",
        "9 cost amount",
        "10 currency no-rate",
        "11 line_no number",
        "11 currency currency",
        "12 ordered_on required",
        "12 customer_no required",
        "12 quantity required",
        "13 amount too-large",
    ];
    assert_eq!(told, expected);
}

#[sqlx::test]
async fn lines_of_one_order_must_agree(db: PgPool) {
    world(&db).await;
    let rows = "9,1,2021-03-01,,,X,1,A,1,1.00,1.00,SEK,field\n\
        9,2,2021-03-02,,,Y,,A,1,1.00,1.00,SEK,field\n\
        9,3,2021-03-01,,,X,2,A,1,1.00,1.00,EUR,web\n";
    let told = refused(&db, Kind::Sales, sales(rows)).await;
    let expected = [
        "3 customer_no order-differs",
        "3 employee_no order-differs",
        "3 ordered_on order-differs",
        "4 channel order-differs",
        "4 currency order-differs",
        "4 employee_no order-differs",
    ];
    assert_eq!(told, expected);
}

#[sqlx::test]
async fn text_that_cannot_be_stored_is_refused(db: PgPool) {
    let mut text = b"customer_no,name,segment,region\n1,a\0b,,\n2,\xe5,,\n3,".to_vec();
    text.extend("x".repeat(10_241).bytes());
    text.extend(b",,\n");
    let told = refused(&db, Kind::Customers, text).await;
    assert_eq!(told, ["2 name nul", "3 name utf8", "4 name too-long"]);
    let told = refused(&db, Kind::Customers, "customer_no,name,colour\n1,a,b\n").await;
    assert_eq!(told, ["1 colour unknown-column", "1 segment missing-column", "1 region missing-column"]);
}

#[sqlx::test]
async fn a_hundred_faults_are_told_and_all_are_counted(db: PgPool) {
    let rows = (0..250).map(|n| format!("{n},,,")).collect::<Vec<_>>().join("\n");
    let report =
        run_texts(&db, &[(Kind::Customers, &format!("customer_no,name,segment,region\n{rows}"))]).await;
    assert_eq!((report.faults.first.len(), report.faults.count), (100, 250));
    let (status, stored): (String, i64) =
        sqlx::query_as("select status, fault_count from imports").fetch_one(&db).await.unwrap();
    assert_eq!((status.as_str(), stored), ("refused", 250));
}

#[sqlx::test]
async fn departments_form_one_tree(db: PgPool) {
    let file = |rows: &str| format!("code,name,kind,parent\n{rows}");
    let told =
        refused(&db, Kind::Departments, file("C,Co,company,\nD,Co,company,\nA,A,sales,Q\nB,B,shop,C\n"))
            .await;
    assert_eq!(told, ["3 kind second-company", "4 parent unknown-department", "5 kind choice"]);
    let told =
        refused(&db, Kind::Departments, file("C,Co,company,\nA,A,sales,B\nB,B,sales,A\nD,D,sales,C\n")).await;
    assert_eq!(told, ["3 parent circle", "4 parent circle"]);
    let told = refused(&db, Kind::Departments, file("A,A,sales,\nC,C,company,A\nA,B,sales,C\n")).await;
    assert_eq!(told, ["2 parent required", "3 parent company-parent", "4 code duplicate"]);

    assert_eq!(tally(&run_texts(&db, &[(Kind::Departments, DEPARTMENTS)]).await), "3/0/0");
    let told = refused(&db, Kind::Departments, file("S,Sales,sales,N\n")).await;
    assert_eq!(told, ["2 parent circle"], "also with what is stored");
    let told = refused(&db, Kind::Departments, file("S,Sales,company,\n")).await;
    assert_eq!(told, ["2 kind company-stays"]);
    let moved = file("C2,Company Ltd,company,\nN,North,sales,C2\n");
    assert_eq!(tally(&run_texts(&db, &[(Kind::Departments, &moved)]).await), "0/2/0");
    let root = "select count(*) from departments n join departments c on c.id = n.parent_id
        where n.code = 'N' and c.code = 'C2' and c.kind = 'company' and c.name = 'Company Ltd'";
    assert_eq!(number(&db, root).await, 1, "the company keeps its row under its new code");
}

#[sqlx::test]
async fn memberships_do_not_overlap(db: PgPool) {
    world(&db).await;
    let file = |rows: &str| format!("employee_no,department,lead,from,to\n{rows}");
    let rows = "1,N,maybe,2010-01-01,\n9,N,no,2010-01-01,\n1,Q,no,2010-01-01,2010-02-01\n1,N,no,2010-01-01,2009-01-01\n";
    let told = refused(&db, Kind::Memberships, file(rows)).await;
    let expected = [
        "2 lead flag",
        "3 employee_no unknown-employee",
        "4 department unknown-department",
        "5 to ends-before",
    ];
    assert_eq!(told, expected);

    let rows = "1,N,no,2015-01-01,2015-12-31\n1,S,no,2015-12-31,2016-12-31\n1,N,no,2020-12-31,2021-01-01\n";
    let report = run_texts(&db, &[(Kind::Memberships, &file(rows))]).await;
    assert_eq!(faults(&report), ["3 from overlap-line", "4 from overlap-stored"]);
    let args = |index: usize, name: &str| report.faults.first[index].args[name].clone();
    assert_eq!(args(0, "span"), "2015-12-31 – 2016-12-31");
    assert_eq!((args(0, "other"), args(0, "line")), ("N 2015-01-01 – 2015-12-31".into(), "2".into()));
    assert_eq!(args(1, "other"), "N 2020-01-01 – 2020-12-31");

    // the same beginning is the same membership: one ends earlier, so that another can begin earlier
    let moved = file("1,N,yes,2020-01-01,2020-06-30\n1,C,no,2020-07-01,2020-12-31\n");
    assert_eq!(tally(&run_texts(&db, &[(Kind::Memberships, &moved)]).await), "1/1/0");
}

#[sqlx::test]
async fn people_products_and_goals_are_checked(db: PgPool) {
    world(&db).await;
    let rows = "3,A,nobody,,2020-01-01,\n4,B,b@example.com,,2020-01-02,2020-01-01\n4,B,,,,\n";
    let head = EMPLOYEES.split_inclusive('\n').next().unwrap();
    let told = refused(&db, Kind::Employees, format!("{head}{rows}")).await;
    assert_eq!(told, ["2 email email", "3 left_on ends-before", "4 employee_no duplicate"]);

    let head = PRODUCTS.split_inclusive('\n').next().unwrap();
    let told =
        refused(&db, Kind::Products, format!("{head}A,A,,,-1.00,1,234.50,SEK\nA,A,,,-1.00,1.00,SEK\n")).await;
    assert_eq!(told, ["2  width", "3 category required", "3 unit_cost negative"]);

    let head = "subject_kind,subject,metric,from,to,target,currency,category\n";
    let rows = "person,9,revenue,2021-01-01,2021-03-31,1.00,SEK,\n\
        person,1,sales,2021-01-01,2021-03-31,1.00,SEK,\n\
        person,1,margin,2021-01-01,2021-03-31,1.00,,\n\
        company,S,units,2021-01-01,2021-03-31,1,,\n\
        department,S,units,2021-04-01,2021-03-31,1,,Things\n\
        person,1,revenue,2021-01-01,2021-03-31,1.00,EUR,\n\
        person,2,gross_margin,2021-01-01,2021-03-31,1.00,SEK,Tools\n\
        person,2,margin,2021-01-01,2021-03-31,2.00,SEK,Tools\n\
        team,2,units,2021-01-01,2021-03-31,1.5,SEK,\n";
    let expected = [
        "2 subject unknown-employee",
        "3 metric choice",
        "4 currency required",
        "5 subject not-the-company",
        "6 category unknown-category",
        "6 to ends-before",
        "7 currency goal-currency",
        "9 subject duplicate",
        "10 subject_kind choice",
        "10 target whole-number",
    ];
    assert_eq!(refused(&db, Kind::Goals, format!("{head}{rows}")).await, expected);
}

#[sqlx::test]
async fn goals_say_when_sales_count_or_leave_it_to_the_company(db: PgPool) {
    world(&db).await;
    let bases = async || -> Vec<(String, i16)> {
        sqlx::query_as("select metric, basis from goals order by metric").fetch_all(&db).await.unwrap()
    };
    assert_eq!(bases().await, [("orders".into(), 0), ("revenue".into(), 0)]);
    sqlx::query("update settings set basis = 1").execute(&db).await.unwrap();
    let more = "subject_kind,subject,metric,from,to,target,currency,basis\n\
        person,1,revenue,2021-03-01,2021-03-31,500.00,SEK,delivered\n\
        department,S,orders,2021-03-01,2021-03-31,3,,\nperson,1,units,2021-03-01,2021-03-31,4,,\n\
        person,1,margin,2021-03-01,2021-03-31,4,SEK,booked\nperson,1,leads,2021-03-01,2021-03-31,4,,\n";
    assert_eq!(tally(&run_texts(&db, &[(Kind::Goals, more)]).await), "3/1/1");
    let all = ["leads", "margin", "orders", "revenue", "units"].map(ToOwned::to_owned);
    assert_eq!(bases().await, all.into_iter().zip([0, 0, 0, 1, 1]).collect::<Vec<_>>());
    assert_eq!(tally(&run_texts(&db, &[(Kind::Goals, more)]).await), "0/0/5");
    let head = "subject_kind,subject,metric,from,to,target,currency,basis\n";
    let wrong = format!("{head}person,1,leads,2021-03-01,2021-03-31,4,,booked\n");
    assert_eq!(refused(&db, Kind::Goals, wrong).await, ["2 basis no-basis"]);
}

#[sqlx::test]
async fn another_target_is_a_new_version(db: PgPool) {
    world(&db).await;
    let changed = GOALS.replace("500.00", "650.00");
    assert_eq!(tally(&run_texts(&db, &[(Kind::Goals, &changed)]).await), "0/1/1");
    let versions: Vec<(i32, i64, Option<String>, NaiveDate)> = sqlx::query_as(
        "select v.number, v.target, v.reason_class, v.effective_on from goal_versions v join goals g on g.id = v.goal_id
        where g.metric = 'revenue' order by v.number",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let start = NaiveDate::from_ymd_opt(2021, 3, 1).unwrap();
    assert_eq!(versions, [(1, 50_000, None, start), (2, 65_000, Some("correction".into()), start)]);
    assert_eq!(tally(&run_texts(&db, &[(Kind::Goals, &changed)]).await), "0/0/2");
}

#[sqlx::test]
async fn a_changed_row_is_reversed_and_posted_anew(db: PgPool) {
    world(&db).await;
    let changed = sales(&SALES.replace("X,1,A,2,200.00", "X,1,A,3,300.00"));
    assert_eq!(tally(&run_texts(&db, &[(Kind::Sales, &changed)]).await), "0/1/3");
    let reversed = "select count(*) from credit_entries r join credit_entries o on o.id = r.reverses_id
        where r.revenue + o.revenue = 0 and r.margin + o.margin = 0 and r.units + o.units = 0
            and r.orders + o.orders = 0 and o.revenue = 20000";
    assert_eq!(number(&db, reversed).await, 1);
    assert_eq!(number(&db, "select count(*) from credit_entries where basis = 0").await, 6);
    let day = "select sum(revenue)::bigint from credit_days where category_id = 0 and basis = 0 and day = '2021-03-01'";
    assert_eq!(number(&db, day).await, 31_000);

    // another owner and date for a whole order; the customer's first order becomes another
    let moved = sales(&changed[SALES_HEAD.len()..].replace("1,2021-03-01,,,X,1", "1,2021-03-09,,,X,2"));
    let moved = moved.replace("2,2021-03-01,,,X,1", "2,2021-03-09,,,X,2");
    assert_eq!(tally(&run_texts(&db, &[(Kind::Sales, &moved)]).await), "0/2/2");
    let first = "select d.order_no::bigint from customers c join deals d on d.id = c.first_deal_id where c.customer_no = 'X'";
    assert_eq!(number(&db, first).await, 2);
    rollup::fold(&mut db.acquire().await.unwrap()).await.unwrap();
    let new_customers = "select string_agg(day || ':' || employee_id, ' ' order by day) from (
        select day, employee_id from credit_days where category_id = 0 and basis = 0 and new_customers <> 0) d";
    let days: String = sqlx::query_scalar(new_customers).fetch_one(&db).await.unwrap();
    assert!(days.starts_with("2021-03-02:") && days.ends_with(" 2021-03-05:0"), "{days}");

    // a line that a later file adds, and lines that it leaves out
    let more = sales("2,2,2021-03-05,,,X,,B,1,2.00,1.00,SEK,web\n");
    assert_eq!(tally(&run_texts(&db, &[(Kind::Sales, &more)]).await), "1/0/0");
    assert_eq!(number(&db, "select sum(revenue)::bigint from credit_entries where basis = 0").await, 41_400);
}

#[sqlx::test]
async fn a_dry_run_counts_and_changes_nothing(db: PgPool) {
    world(&db).await;
    let before = state(&db).await;
    let changed = sales(&SALES.replace("300.00", "1.00").replace("3,1,2021-03-02", "4,1,2021-03-02"));
    let mut order = order(vec![Input::text(Kind::Sales, changed)]);
    order.dry_run = true;
    let report = run(&db, order).await;
    assert_eq!(report.counts(), Counts { added: 1, changed: 0, unchanged: 3 });
    assert_eq!(state(&db).await, before);
    let rows: (bool, String, i64, i64, i64, i64) = sqlx::query_as(
        "select dry_run, status, rows_read, rows_total, added, unchanged from imports order by id desc limit 1",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(rows, (true, "done".into(), 4, 4, 1, 3));
}

#[sqlx::test]
async fn a_faulty_file_stops_all_of_them(db: PgPool) {
    let before = state(&db).await;
    let faulty = EMPLOYEES.replace("2020-01-01", "2020-13-01");
    let files = [
        (Kind::Departments, DEPARTMENTS),
        (Kind::Employees, &faulty),
        (Kind::Memberships, "employee_no,lead\n"),
    ];
    let report: Report = run_texts(&db, &files).await;
    assert_eq!(state(&db).await, before);
    let told: Vec<_> =
        report.faults.first.iter().map(|f| (f.file.as_str(), f.line, f.column.as_str())).collect();
    let expected = [
        ("employees.csv", 2, "hired_on"),
        ("employees.csv", 3, "hired_on"),
        ("memberships.csv", 1, "department"),
        ("memberships.csv", 1, "from"),
        ("memberships.csv", 1, "to"),
    ];
    assert_eq!(told, expected);
}

#[sqlx::test]
async fn the_currency_is_adopted_only_by_an_installation_that_is_not_set_up(db: PgPool) {
    let usd = |text: &str| text.replace("SEK", "USD");
    sqlx::query("update settings set configured_at = now()").execute(&db).await.unwrap();
    let masters = [
        (Kind::Departments, DEPARTMENTS),
        (Kind::Employees, EMPLOYEES),
        (Kind::Products, PRODUCTS),
        (Kind::Customers, CUSTOMERS),
    ];
    run_texts(&db, &masters).await;
    assert_eq!(refused(&db, Kind::Goals, usd(GOALS)).await, ["2 currency goal-currency"]);
    assert_eq!(refused(&db, Kind::Sales, usd(&sales(SALES))).await.len(), 4);
    sqlx::query("update settings set configured_at = null").execute(&db).await.unwrap();
    assert_eq!(tally(&run_texts(&db, &[(Kind::Sales, &usd(&sales(SALES)))]).await), "4/0/0");
    let currency: String = sqlx::query_scalar("select currency from settings").fetch_one(&db).await.unwrap();
    assert_eq!(currency, "USD");
    assert_eq!(refused(&db, Kind::Goals, GOALS).await, ["2 currency goal-currency"], "there is money now");
}
