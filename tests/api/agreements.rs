//! Agreements of programs: proposed, answered and read, once, by those who may.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{client, pages};
use crate::support::world::World;

const PATH: &str = "/api/v1/agreements";

fn proposal(subject: &str, target: &str) -> Value {
    json!({
        "subject_kind": "person", "subject": subject, "metric": "revenue", "from": "2027-01-01", "to": "2027-03-31",
        "target": target, "message": "Plus 5 percent",
    })
}

async fn count(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn a_goal_is_proposed_countered_and_agreed(pool: PgPool) {
    let world = World::new(pool).await;
    let (karin, elias) = (client(&world, "karin").await, client(&world, "elias").await);
    let proposed = karin.post(PATH, &proposal("elias", "1600000.00")).await;
    assert_eq!(proposed.status, 201, "{}", proposed.text);
    insta::assert_json_snapshot!("proposed", proposed.json());
    let at = proposed.header("location").to_owned();
    assert_eq!(elias.get(&at).await.json()["next_steps"], json!(["accept", "counter"]));
    let steps = format!("{at}/steps");

    let bare = json!({ "step": "counter", "version": 1 });
    assert_eq!(elias.post(&steps, &bare).await.faults(), ["target", "message"]);
    let people = json!({ "step": "counter", "version": 1, "target": "1.45M", "message": "Leave" });
    assert_eq!(elias.post(&steps, &people).await.faults(), ["target"], "programs write plain numbers");
    let unseen = json!({ "step": "accept" });
    assert_eq!(elias.post(&steps, &unseen).await.faults(), ["version"]);
    let counter =
        json!({ "step": "counter", "version": 1, "target": "1450000", "message": "Leave in March" });
    let countered = elias.post(&steps, &counter).await;
    assert_eq!(countered.status, 200, "{}", countered.text);
    let (standing, offered) = (countered.json(), json!({ "amount": "1450000.00", "currency": "SEK" }));
    assert_eq!((&standing["state"], &standing["target"]), (&json!("countered"), &offered));
    assert_eq!(standing["steps"][1]["message"], "Leave in March");
    assert_eq!(elias.post(&steps, &counter).await.status, 409, "the version is an older one");

    let hello = json!({ "step": "comment", "message": "Which area is it?" });
    assert_eq!(karin.post(&steps, &hello).await.status, 200);
    assert_eq!(karin.post(&steps, &json!({ "step": "comment" })).await.faults(), ["message"]);
    assert_eq!(count(&world, "select count(*) from thread_posts").await, 1);
    let agreed = karin.post(&steps, &json!({ "step": "accept", "version": 2 })).await.json();
    assert_eq!((&agreed["state"], &agreed["next_steps"]), (&json!("agreed"), &json!([])));
    let goal = elias.get("/api/v1/goals").await.json()["items"][0].clone();
    assert_eq!((&goal["id"], &goal["target"]["amount"]), (&agreed["goal_id"], &json!("1450000.00")));
    let told: i64 = count(&world, "select count(*) from audit_log where action = 'agreement.step'").await;
    assert_eq!(told, 3, "every step is on record");
}

#[sqlx::test]
async fn what_is_sent_twice_is_done_once(pool: PgPool) {
    let world = World::new(pool).await;
    let karin = client(&world, "karin").await;
    let first = karin.post_once(PATH, "one", &proposal("elias", "1600000.00")).await;
    let again = karin.post_once(PATH, "one", &proposal("elias", "1600000.00")).await;
    assert_eq!((again.status.as_u16(), &again.text), (201, &first.text));
    assert_eq!(again.header("location"), first.header("location"));
    let other = karin.post_once(PATH, "one", &proposal("elias", "1700000.00")).await;
    assert_eq!(other.status, 409, "the key stands for something else");
    assert_eq!(count(&world, "select count(*) from agreements").await, 1);
    // a refusal is an answer too, and one key is not one for two things
    let open = karin.post_once(PATH, "two", &proposal("elias", "1700000.00")).await;
    assert_eq!(open.faults(), ["from"], "it is being agreed on already");
    let withdraw = json!({ "step": "withdraw", "version": 1 });
    let steps = format!("{}/steps", first.header("location"));
    let gone = karin.post_once(&steps, "three", &withdraw).await;
    assert_eq!(gone.json()["state"], "withdrawn");
    assert_eq!(karin.post_once(&steps, "three", &withdraw).await.text, gone.text);
    assert_eq!(karin.post_once(PATH, "two", &proposal("elias", "1700000.00")).await.text, open.text);
    assert_eq!(karin.post_once(&steps, "one", &withdraw).await.status, 409);
    assert_eq!(count(&world, "select count(*) from agreement_steps").await, 2);
}

#[sqlx::test]
async fn faults_name_the_field(pool: PgPool) {
    let world = World::new(pool).await;
    let karin = client(&world, "karin").await;
    let with = |field: &str, value: Value| {
        let mut body = proposal("elias", "1600000.00");
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("subject", json!("petra")), "subject"),
        (with("subject", json!("karin")), "subject"),
        (with("to", json!("2026-12-31")), "to"),
        (with("target", json!("lots")), "target"),
        (with("category", json!("Nothing")), "category"),
        (with("metric", json!("luck")), "metric"),
        (with("colour", json!("red")), "colour"),
        (with("message", json!("x".repeat(1_001))), "message"),
    ] {
        // her own goal would be proposed to the lead above, who has an account
        if body["subject"] == "karin" {
            assert_eq!(karin.post(PATH, &body).await.status, 201);
            continue;
        }
        assert_eq!(karin.post(PATH, &body).await.faults(), [field], "{body}");
    }
    let peer = client(&world, "maja").await.post(PATH, &proposal("elias", "1")).await;
    assert_eq!(peer.faults(), ["subject"]);
    assert_eq!(
        karin.post(PATH, &with("message", json!("a\u{0}b"))).await.faults(),
        ["message"],
        "PostgreSQL text holds no NUL"
    );
    assert_eq!(count(&world, "select count(*) from agreements").await, 1);
}

#[sqlx::test]
async fn agreements_are_for_both_sides_and_who_reads_everything(pool: PgPool) {
    let world = World::new(pool).await;
    let karin = client(&world, "karin").await;
    let at = karin.post(PATH, &proposal("elias", "1600000.00")).await.header("location").to_owned();
    let mut draft = proposal("maja", "1500000.00");
    draft["draft"] = json!(true);
    let hidden = karin.post(PATH, &draft).await;
    assert_eq!(hidden.json()["state"], "draft");
    let hidden = hidden.header("location").to_owned();
    for (who, offer, prepared, listed) in [
        ("karin", 200, 200, 2),
        ("elias", 200, 404, 1),
        ("maja", 404, 404, 0),
        ("petra", 404, 404, 0),
        ("johanna", 404, 404, 0),
        ("hanna", 404, 404, 0),
        ("frida", 200, 404, 1),
        // an executive is on the side that sets goals
        ("anders", 200, 200, 2),
    ] {
        let program = client(&world, who).await;
        assert_eq!(program.get(&at).await.status, offer, "{who}");
        assert_eq!(program.get(&hidden).await.status, prepared, "{who}");
        let list = program.get(PATH).await;
        assert_eq!(list.json()["items"].as_array().unwrap().len(), listed, "{who}");
        assert!(offer == 200 || !list.text.contains("1600000"), "{who}: {}", list.text);
        let accept = json!({ "step": "accept", "version": 1 });
        let answered = program.post(&format!("{hidden}/steps"), &accept).await.status;
        assert_eq!(answered, if prepared == 404 { 404 } else { 403 }, "{who}");
    }
    let onlooker = client(&world, "frida").await;
    let comment = json!({ "step": "comment", "message": "Hello" });
    assert_eq!(onlooker.post(&format!("{at}/steps"), &comment).await.status, 403);
}

#[sqlx::test]
async fn lists_are_filtered_and_paged(pool: PgPool) {
    let world = World::new(pool).await;
    let karin = client(&world, "karin").await;
    for subject in ["elias", "maja"] {
        assert_eq!(karin.post(PATH, &proposal(subject, "1000000")).await.status, 201);
    }
    let mut april = proposal("elias", "40");
    for (field, value) in [("metric", "orders"), ("from", "2027-04-01"), ("to", "2027-06-30")] {
        april[field] = json!(value);
    }
    let withdrawn = karin.post(PATH, &april).await.header("location").to_owned();
    karin.post(&format!("{withdrawn}/steps"), &json!({ "step": "withdraw", "version": 1 })).await;
    let found = async |query: &str| {
        let list = karin.get(&format!("{PATH}?{query}")).await.json();
        let items = list["items"].as_array().unwrap().clone();
        let told = |item: &Value| format!("{} {}", item["subject"]["ref"].as_str().unwrap(), item["from"]);
        items.iter().map(|item| told(item).replace('"', "")).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["elias 2027-01-01", "maja 2027-01-01", "elias 2027-04-01"]);
    assert_eq!(found("state=proposed").await, ["elias 2027-01-01", "maja 2027-01-01"]);
    assert_eq!(found("state=withdrawn&subject=elias").await, ["elias 2027-04-01"]);
    assert_eq!(found("from=2027-01-01&to=2027-03-31&subject=maja").await, ["maja 2027-01-01"]);
    assert_eq!(found("state=closed").await, [""; 0]);
    assert_eq!(karin.get(&format!("{PATH}?state=won")).await.faults(), ["state"]);
    let paged = pages(&karin, &format!("{PATH}?limit=2")).await;
    assert_eq!(paged.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
}
