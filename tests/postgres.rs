//! The private database server survives what happens to servers, and the pool never lends a spoilt connection.

use std::{
    fs,
    time::{Duration, Instant},
};

use nix::sys::signal::{Signal, kill};
use pacemark::postgres::pool;
use sqlx::PgPool;

use crate::support::{
    db::guarded,
    process::{Server, connect, data_home, eventually, is_alive, output_of, pacemark, postgres_pid},
};

async fn write_note(data: &std::path::Path) {
    let mut connection = connect(data).await;
    sqlx::raw_sql("create table note (text text); insert into note values ('kept')")
        .execute(&mut connection)
        .await
        .unwrap();
}

async fn read_note(data: &std::path::Path) -> String {
    sqlx::query_scalar("select text from note").fetch_one(&mut connect(data).await).await.unwrap()
}

#[test]
fn starts_from_nothing_and_stops_without_a_trace() {
    let home = data_home();
    let data = home.path().join("data");
    let server = Server::start(&data);
    assert_eq!(server.status_of("/livez"), Some(200));
    assert_eq!(server.status_of("/readyz"), Some(200));
    let postgres = postgres_pid(&data).unwrap();
    assert!(is_alive(postgres));
    assert!(server.interrupt());
    assert!(!is_alive(postgres));
    assert_eq!(postgres_pid(&data), None);
    assert!(!data.join("run").exists());
}

#[test]
fn a_second_server_on_the_same_directory_is_refused() {
    let home = data_home();
    let data = home.path().join("data");
    let _first = Server::start(&data);
    let second = output_of(pacemark(&data));
    assert!(!second.status.success());
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains("already uses the data directory"), "{message}");
    assert!(message.contains("--data-dir"), "{message}");
}

#[tokio::test]
async fn killed_without_warning_it_keeps_its_data() {
    let home = data_home();
    let data = home.path().join("data");
    let server = Server::start(&data);
    write_note(&data).await;
    server.kill();
    let again = Server::start(&data);
    assert_eq!(read_note(&data).await, "kept");
    let postgres = postgres_pid(&data).unwrap();
    again.kill();
    eventually("the database stops after its Pacemark was killed", || !is_alive(postgres));
}

#[tokio::test]
async fn killed_together_with_its_database_it_keeps_its_data() {
    let home = data_home();
    let data = home.path().join("data");
    let server = Server::start(&data);
    write_note(&data).await;
    kill(postgres_pid(&data).unwrap(), Signal::SIGKILL).unwrap();
    server.kill();
    let _again = Server::start(&data);
    assert_eq!(read_note(&data).await, "kept");
}

#[tokio::test]
async fn a_killed_database_comes_back_by_itself() {
    let home = data_home();
    let data = home.path().join("data");
    let server = Server::start(&data);
    write_note(&data).await;
    let killed = postgres_pid(&data).unwrap();
    kill(killed, Signal::SIGKILL).unwrap();
    let begun = Instant::now();
    eventually("a new database server answers", || {
        postgres_pid(&data).is_some_and(|pid| pid != killed) && server.status_of("/readyz") == Some(200)
    });
    assert!(begun.elapsed() < Duration::from_secs(10), "took {:?}", begun.elapsed());
    assert_eq!(read_note(&data).await, "kept");
}

#[test]
fn a_process_id_of_something_else_does_not_keep_it_from_starting() {
    let home = data_home();
    let data = home.path().join("data");
    assert!(Server::start(&data).interrupt());
    let stale = format!("{}\n{}\n", std::process::id(), data.join("postgres").display());
    fs::write(data.join("postgres/postmaster.pid"), stale).unwrap();
    assert_eq!(Server::start(&data).status_of("/readyz"), Some(200));
}

#[test]
fn a_path_too_long_for_a_socket_works() {
    let home = data_home();
    let data = home.path().join("long".repeat(20)).join("data");
    let server = Server::start(&data);
    assert_eq!(server.status_of("/readyz"), Some(200));
    assert!(!data.join("run").exists());
    assert!(server.interrupt());
}

#[tokio::test]
async fn a_command_uses_the_running_server_or_starts_its_own() {
    use pacemark::postgres::Cluster;
    let home = data_home();
    let data = home.path().join("data");
    let server = Server::start(&data);
    let postgres = postgres_pid(&data).unwrap();
    let attached = Cluster::attach_or_start(&data).await.unwrap();
    attached.stop().await.unwrap();
    assert!(is_alive(postgres), "a command must not stop the server it found");
    assert!(server.interrupt());
    let own = Cluster::attach_or_start(&data).await.unwrap();
    let postgres = postgres_pid(&data).unwrap();
    own.stop().await.unwrap();
    assert!(!is_alive(postgres));
}

#[sqlx::test]
async fn a_connection_left_in_a_transaction_is_never_lent_again(test: PgPool) {
    let pool = guarded(&test, 1).await;
    sqlx::raw_sql("create table note (text text)").execute(&pool).await.unwrap();
    let mut spoilt = pool.acquire().await.unwrap();
    sqlx::raw_sql("begin").execute(&mut *spoilt).await.unwrap();
    drop(spoilt);
    sqlx::query("insert into note values ('kept')").execute(&pool).await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from note").fetch_one(&test).await.unwrap();
    assert_eq!(kept, 1);
}

#[sqlx::test]
async fn writes_survive_requests_cancelled_at_any_moment(test: PgPool) {
    let pool = guarded(&test, 1).await;
    sqlx::raw_sql("create table note (text text)").execute(&pool).await.unwrap();
    for round in 0..500 {
        let moments = async {
            for _ in 0..round % 50 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { biased; _begun = pool.begin() => {}, () = moments => {} }
        sqlx::query("insert into note values ('kept')").execute(&pool).await.unwrap();
    }
    let kept: i64 = sqlx::query_scalar("select count(*) from note").fetch_one(&test).await.unwrap();
    assert_eq!(kept, 500);
}

#[sqlx::test]
async fn sessions_are_bounded(test: PgPool) {
    let pool = guarded(&test, 1).await;
    for (setting, expected) in [
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("timezone", "UTC"),
        ("application_name", "pacemark"),
    ] {
        let actual: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&pool).await.unwrap();
        assert_eq!(actual, expected, "{setting}");
    }
}

#[sqlx::test(migrations = false)]
async fn several_nodes_may_migrate_at_once(test: PgPool) {
    let nodes = tokio::join!(pool::migrate(&test), pool::migrate(&test), pool::migrate(&test));
    nodes.0.and(nodes.1).and(nodes.2).unwrap();
}
