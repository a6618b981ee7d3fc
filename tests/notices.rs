//! The inbox, and mail to a real mail server over a real socket: nothing lost, nothing sent twice, in the reader's language.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use pacemark::app::App;
use pacemark::config::Config;
use pacemark::notices::outbox::{self, Postman};
use pacemark::notices::{self, Telling, Value};
use sqlx::PgPool;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use crate::support::world::{World, config, day};

/// A mail server that keeps what it is handed. It answers `verdict` to a whole letter.
struct Server {
    url: String,
    letters: Arc<Mutex<Vec<String>>>,
    verdict: Arc<Mutex<&'static str>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (letters, verdict) = (Arc::default(), Arc::new(Mutex::new("250 kept")));
        let server = Self { url, letters: Arc::clone(&letters), verdict: Arc::clone(&verdict) };
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(talk(socket, Arc::clone(&letters), Arc::clone(&verdict)));
            }
        });
        server
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().iter().map(|letter| readable(letter)).collect()
    }

    fn answer(&self, verdict: &'static str) {
        *self.verdict.lock().unwrap() = verdict;
    }
}

/// Speaks SMTP (RFC 5321) as far as a client of ours does.
async fn talk(socket: TcpStream, letters: Arc<Mutex<Vec<String>>>, verdict: Arc<Mutex<&'static str>>) {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.get(..4).unwrap_or_default() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut letter = String::new();
                while let Ok(Some(line)) = lines.next_line().await
                    && line != "."
                {
                    letter.push_str(&line);
                    letter.push('\n');
                }
                let verdict = *verdict.lock().unwrap();
                if verdict.starts_with("250") {
                    letters.lock().unwrap().push(letter);
                }
                verdict
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A letter with its quoted-printable parts (RFC 2045) made readable.
fn readable(letter: &str) -> String {
    let joined = letter.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = (*first == b'=').then(|| tail.get(..2)).flatten();
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).replace('\u{a0}', " ")
}

fn with_mail(world: &World, server: &Server) -> (App, Postman) {
    let config = Config {
        smtp_url: Some(server.url.clone()),
        base_url: Some("https://pacemark.nordhem.example".into()),
        ..config()
    };
    let app = App { config: Arc::new(config), ..world.app.clone() };
    let postman = Postman::of(&app).unwrap().unwrap();
    (app, postman)
}

async fn tell(world: &World, to: &str, who: &str, quote: &str) {
    let telling = Telling {
        message: "notice-goal-set",
        values: vec![
            ("who", Value::text(who)),
            ("target", Value::amount(160_000_000, world.company().await.currency.into())),
            ("what", Value::counted(pacemark::attainment::Metric::Revenue, None)),
            ("period", Value::Period { start: day(10, 1), end: day(12, 31).succ_opt().unwrap() }),
            ("subject", Value::text("Elias Sandberg")),
        ],
        quote: quote.to_owned(),
        href: "/goals/1".to_owned(),
    };
    let mut tx = world.app.begin().await.unwrap();
    let now = world.app.clock.now() - TimeDelta::seconds(11);
    notices::tell(&mut tx, &[world.user(to).await], None, &telling, now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn waiting(world: &World) -> (i64, i64) {
    let sql = "select (select count(*) from notices where mail_wanted),
        (select count(*) from mails where sent_at is null and given_up_at is null)";
    sqlx::query_as(sql).fetch_one(&world.db).await.unwrap()
}

#[sqlx::test]
async fn what_is_told_is_mailed_once_in_plain_text_and_html(pool: PgPool) {
    let (world, server) = (World::new(pool).await, Server::start().await);
    let (app, postman) = with_mail(&world, &server);
    tell(&world, "elias", "Karin", "Because <of> Holmen").await;
    outbox::round(&app, &postman).await.unwrap();
    outbox::round(&app, &postman).await.unwrap();
    let letters = server.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    for words in [
        "To: elias@nordhem.example",
        "Karin sets a goal of SEK 1.60M: order intake Q4 2026, Elias Sandberg",
        "“Because <of> Holmen”",
        "“Because &#60;of&#62; Holmen”",
        "List-Unsubscribe: <https://pacemark.nordhem.example/unsubscribe/",
        "https://pacemark.nordhem.example/inbox/",
        "multipart/alternative",
    ] {
        assert!(letters[0].contains(words), "{words} is missing: {}", letters[0]);
    }
    assert_eq!(waiting(&world).await, (0, 0));
}

#[sqlx::test]
async fn several_things_are_one_letter_and_swedish_readers_read_swedish(pool: PgPool) {
    let (world, server) = (World::new(pool).await, Server::start().await);
    let (app, postman) = with_mail(&world, &server);
    sqlx::raw_sql("update users set language = 'sv'").execute(&world.db).await.unwrap();
    tell(&world, "elias", "Karin", "").await;
    tell(&world, "elias", "Anders", "").await;
    outbox::round(&app, &postman).await.unwrap();
    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].contains("2 saker i din inkorg") && letters[0].contains("Hej Elias,"),
        "{}",
        letters[0]
    );
    assert!(letters[0].contains("Karin sätter ett mål på 1,60 mn kr: orderingång Q4 2026"), "{}", letters[0]);
}

#[sqlx::test]
async fn what_was_read_or_is_not_wanted_is_not_mailed(pool: PgPool) {
    let (world, server) = (World::new(pool).await, Server::start().await);
    let (app, postman) = with_mail(&world, &server);
    tell(&world, "elias", "Karin", "").await;
    world.post("elias", "/inbox/read", &[]).await;
    world.post("maja", "/me/mail", &[("mode", "off")]).await;
    tell(&world, "maja", "Karin", "").await;
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(server.letters(), [] as [String; 0]);
    assert!(
        world.get("maja", "/inbox").await.body.contains("Karin sets a goal"),
        "the inbox has it all the same"
    );
}

#[sqlx::test]
async fn a_daily_letter_waits_for_the_next_morning(pool: PgPool) {
    let (world, server) = (World::new(pool).await, Server::start().await);
    let (app, postman) = with_mail(&world, &server);
    world.post("elias", "/me/mail", &[("mode", "daily")]).await;
    tell(&world, "elias", "Karin", "").await;
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(
        server.letters().len(),
        0,
        "it is eleven o'clock, and the letter of today was written at seven"
    );
    world.travel(day(11, 19));
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(server.letters().len(), 1);
}

#[sqlx::test]
async fn a_letter_that_fails_is_tried_again_as_the_same_letter(pool: PgPool) {
    let (world, server) = (World::new(pool).await, Server::start().await);
    let (app, postman) = with_mail(&world, &server);
    server.answer("451 later");
    tell(&world, "elias", "Karin", "").await;
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(waiting(&world).await, (0, 1), "it is written, and waits");
    let id: String = sqlx::query_scalar("select message_id from mails").fetch_one(&world.db).await.unwrap();
    server.answer("250 kept");
    world.travel(day(11, 19));
    outbox::round(&app, &postman).await.unwrap();
    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains(&format!("Message-ID: {id}")), "{}", letters[0]);
    server.answer("530 sign in first");
    tell(&world, "maja", "Karin", "").await;
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(waiting(&world).await, (0, 1), "wrong credentials are no fault of the letter");
    server.answer("250 kept");
    world.travel(day(11, 20));
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(server.letters().len(), 2);
    server.answer("550 no such mailbox");
    tell(&world, "petra", "Johanna", "").await;
    outbox::round(&app, &postman).await.unwrap();
    assert_eq!(waiting(&world).await, (0, 0), "what can never arrive is given up");
    let error: String = sqlx::query_scalar("select last_error from mails order by id desc limit 1")
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert!(error.contains("no such mailbox"), "{error}");
}

#[sqlx::test]
async fn two_nodes_send_every_letter_once(pool: PgPool) {
    let (world, server) = (World::new(pool).await, Server::start().await);
    let ((one, first), (two, second)) = (with_mail(&world, &server), with_mail(&world, &server));
    for user in ["elias", "maja", "petra", "karin", "johanna", "anders"] {
        tell(&world, user, "Ada", "").await;
    }
    let (one, two) = tokio::join!(outbox::round(&one, &first), outbox::round(&two, &second));
    one.unwrap();
    two.unwrap();
    let mut to: Vec<String> = server
        .letters()
        .iter()
        .filter_map(|letter| letter.lines().find(|line| line.starts_with("To:")).map(ToOwned::to_owned))
        .collect();
    to.sort();
    let all = to.len();
    to.dedup();
    assert_eq!((all, to.len()), (6, 6), "{to:?}");
}

#[sqlx::test]
async fn the_link_in_a_letter_ends_mail_and_asks_first(pool: PgPool) {
    let world = World::new(pool).await;
    let token: String = sqlx::query_scalar("select mail_token::text from users where email like 'elias%'")
        .fetch_one(&world.db)
        .await
        .unwrap();
    let path = format!("/unsubscribe/{token}");
    let mode = async || {
        let sql = "select mail_mode from users where email like 'elias%'";
        sqlx::query_scalar::<_, String>(sql).fetch_one(&world.db).await.unwrap()
    };
    assert_eq!(world.get("maja", &path).await.status, StatusCode::OK);
    assert_eq!(mode().await, "at_once", "a mail filter that opens links changes nothing");
    // as a mail program posts it (RFC 8058): no cookie, no origin
    let form = "application/x-www-form-urlencoded";
    let request = Request::post(&path).header(header::CONTENT_TYPE, form);
    let request = request.body(Body::from("List-Unsubscribe=One-Click")).unwrap();
    let ended = world.app.clone().router().oneshot(request).await.unwrap();
    assert_eq!(ended.status(), StatusCode::OK);
    assert_eq!(mode().await, "off");
    let unknown = world.get("maja", "/unsubscribe/00000000-0000-0000-0000-000000000000").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[sqlx::test]
async fn the_inbox_counts_filters_and_undoes(pool: PgPool) {
    let world = World::new(pool).await;
    tell(&world, "elias", "Karin", "").await;
    tell(&world, "elias", "Anders", "").await;
    assert!(world.get("elias", "/deals").await.body.contains("class=\"count count--hot\">2<"));
    let id: i64 = sqlx::query_scalar("select min(id) from notices").fetch_one(&world.db).await.unwrap();
    assert_eq!(world.get("maja", &format!("/inbox/{id}")).await.status, StatusCode::NOT_FOUND, "not hers");
    assert_eq!(world.get("elias", &format!("/inbox/{id}")).await.location(), "/goals/1");
    let unread = world.get("elias", "/inbox").await.body;
    assert!(unread.contains("Anders sets") && !unread.contains("Karin sets"));
    assert!(world.get("elias", "/inbox?show=all").await.body.contains("Karin sets"));
    world.post("elias", "/inbox/read", &[]).await;
    assert!(world.get("elias", "/inbox").await.body.contains("Nothing unread"));
    let at = world.app.clock.now().to_rfc3339();
    world.post("elias", "/inbox/unread", &[("at", &at)]).await;
    assert!(world.get("elias", "/inbox").await.body.contains("Anders sets"), "undone");
    let csv = world.get("elias", "/inbox.csv?show=all").await.body;
    assert_eq!(csv.lines().count(), 3, "{csv}");
}
