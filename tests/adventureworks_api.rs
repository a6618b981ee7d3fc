//! The proof through the API: a program that imports the sample company and reads its goals gets every figure as
//! computed independently, to the cent.

use std::collections::HashMap;

use pacemark::app::App;
use pacemark::auth::Role;
use pacemark::auth::accounts::{self, NewAccount};
use pacemark::kernel::clock::Clock;
use serde_json::Value;
use sqlx::PgPool;

use crate::api::pages;
use crate::support::api::Client;
use crate::support::imports::{adventureworks, moment, order, run, samples};
use crate::support::world::config;

type Row = HashMap<String, String>;

fn expected() -> Vec<Row> {
    let mut file = csv::Reader::from_path(adventureworks().join("expected/attainment.csv")).unwrap();
    file.deserialize().map(Result::unwrap).collect()
}

async fn executive(db: PgPool) -> Client {
    let app = App::new(db, Clock::fixed(moment()), config());
    let account = NewAccount { email: "e@aw.example", name: "E", role: Role::Executive, employee: None };
    let user = accounts::create(&mut app.read().await.unwrap(), &account, None, moment()).await.unwrap();
    Client::of(&app, user).await
}

fn amount(figure: &Value) -> String {
    figure["amount"].as_str().unwrap().to_owned()
}

#[sqlx::test]
async fn all_goals_come_out_to_the_cent_through_the_api(db: PgPool) {
    run(&db, order(samples())).await;
    let client = executive(db).await;
    let key = |kind: &str, subject: &str, from: &str, to: &str| format!("{kind} {subject} {from} {to}");
    let text = |value: &Value| value.as_str().unwrap_or("n/a").to_owned();
    let goals = pages(&client, "/api/v1/goals?limit=50").await;
    assert_eq!(goals.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 50, 29]);
    let by_key = |goal: Value| {
        let subject = &goal["subject"];
        let key =
            key(&text(&subject["kind"]), &text(&subject["ref"]), &text(&goal["from"]), &text(&goal["to"]));
        (key, goal)
    };
    let goals: HashMap<String, Value> = goals.concat().into_iter().map(by_key).collect();
    let expected = expected();
    assert_eq!((expected.len(), goals.len()), (179, 179));
    for row in expected {
        let field = |name: &str| row[name].clone();
        let (kind, subject, from, to) = (field("subject_kind"), field("subject"), field("from"), field("to"));
        let goal = &goals[&key(&kind, &subject, &from, &to)];
        assert_eq!(goal["actual"]["currency"], "USD");
        let found = [amount(&goal["target"]), amount(&goal["actual"]), text(&goal["attainment_pct"])];
        assert_eq!(found, ["target", "actual", "attainment_pct"].map(field), "{kind} {subject} {from}");
        assert_eq!(goal["effective_target"], goal["target"]);
        for metric in ["units", "margin", "orders"] {
            let query = format!("subject_kind={kind}&subject={subject}&metric={metric}&from={from}&to={to}");
            let figure = client.get(&format!("/api/v1/attainment?{query}")).await.json();
            assert_eq!(amount(&figure["actual"]), field(metric), "{query}");
            assert_eq!(figure["target"], Value::Null);
        }
    }
}
