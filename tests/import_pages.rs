//! Imports in the browser: upload, check, confirm, result.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use pacemark::config::Config;
use sqlx::PgPool;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::support::world::{World, config};

const BOUNDARY: &str = "pacemark-test";

/// The administrator's browser, on an application with a data directory of its own.
struct Admin {
    world: World,
    router: Router,
    cookie: String,
    data: TempDir,
}

impl Admin {
    async fn new(db: PgPool) -> Self {
        let world = World::new(db).await;
        let data = tempfile::tempdir().unwrap();
        let mut app = world.app.clone();
        app.config = Arc::new(Config { data_dir: data.path().to_owned(), ..config() });
        let cookie = world.sign_in("ada").await;
        Self { router: app.router(), world, cookie, data }
    }

    async fn send(
        &self,
        request: axum::http::request::Builder,
        body: Vec<u8>,
    ) -> (StatusCode, String, String) {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        let location =
            parts.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        (parts.status, location, body)
    }

    async fn get(&self, path: &str) -> String {
        let (status, _, body) = self.send(Request::get(path), Vec::new()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    async fn upload(&self, kind: &str, name: &str, text: &str) -> (StatusCode, String, String) {
        let head = "Content-Disposition: form-data; name";
        let body = format!(
            "--{BOUNDARY}\r\n{head}=\"kind\"\r\n\r\n{kind}\r\n--{BOUNDARY}\r\n{head}=\"source\"\r\n\r\nerp\r\n\
            --{BOUNDARY}\r\n{head}=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n\
            --{BOUNDARY}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(Request::post("/admin/imports").header(header::CONTENT_TYPE, kind), body.into_bytes()).await
    }

    /// The page of an import once it is over.
    async fn over(&self, path: &str) -> String {
        for _ in 0..200 {
            let page = self.get(path).await;
            if !page.contains("hx-trigger=\"every 1s\"") {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the import does not end");
    }

    fn uploads(&self) -> Vec<String> {
        let files = Path::new(self.data.path()).join("uploads").read_dir().unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    async fn customers(&self) -> i64 {
        sqlx::query_scalar("select count(*) from customers").fetch_one(&self.world.db).await.unwrap()
    }
}

const GOOD: &str = "customer_no,name,segment,region\nC1,Holmen Skog AB,,\nN1,<b>New</b>,,\nN2,Newer,,\n";

#[sqlx::test]
async fn a_file_is_checked_and_then_imported(db: PgPool) {
    let admin = Admin::new(db).await;
    assert!(admin.get("/admin/imports").await.contains("Nothing has been imported yet"));
    let (status, page, body) = admin.upload("customers", "..\\new <i>.csv", GOOD).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let checked = admin.over(&page).await;
    assert!(checked.contains("Import 3 rows") && checked.contains("new &#60;i&#62;.csv"), "{checked}");
    assert_eq!(admin.customers().await, 3, "only checked");
    let directory = admin.data.path().join("uploads");
    assert_eq!(directory.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(admin.uploads().len(), 1);

    let (status, result, _) = admin.send(Request::post(format!("{page}/run")), Vec::new()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let done = admin.over(&result).await;
    assert!(done.contains("What the import did"), "{done}");
    assert_eq!(admin.customers().await, 5);
    let by: String = sqlx::query_scalar(
        "select u.name from imports i join users u on u.id = i.started_by
        where not i.dry_run and i.status = 'done' and i.source = 'erp' and i.added = 2 and i.changed = 1",
    )
    .fetch_one(&admin.world.db)
    .await
    .unwrap();
    assert_eq!(by, "Ada Ek");

    let (status, ..) = admin.send(Request::post(format!("{page}/run")), Vec::new()).await;
    assert_eq!(status, StatusCode::CONFLICT, "a second click imports nothing");
    assert!(admin.get(&page).await.contains("no longer kept"));
    for _ in 0..100 {
        if admin.uploads().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(admin.uploads().is_empty(), "an imported file is removed");
    let list = admin.get("/admin/imports?status=done&q=new&kind=customers").await;
    assert!(list.contains("Customers") && list.contains("Ada Ek"));
    assert!(admin.get("/admin/imports.csv").await.lines().count() == 3);
}

#[sqlx::test]
async fn the_list_of_imports_sorts_by_every_column_both_ways(db: PgPool) {
    let admin = Admin::new(db).await;
    sqlx::query(
        "insert into imports (kind, source, file_name, dry_run, status, started_at, added, changed) values
            ('sales', 'erp', 'b.csv', false, 'failed', '2026-03-01', 5, 0),
            ('customers', 'erp', 'c.csv', false, 'done', '2026-01-01', 1, 7),
            ('products', 'erp', 'a.csv', false, 'refused', '2026-02-01', 3, 2)",
    )
    .execute(&admin.world.db)
    .await
    .unwrap();
    for (sort, order) in [
        ("started", "cab"),
        ("-started", "bac"),
        ("file", "abc"),
        ("-file", "cba"),
        ("kind", "cab"),
        ("added", "cab"),
        ("-added", "bac"),
        ("changed", "bac"),
        ("-changed", "cab"),
        ("status", "cba"),
        ("", "bac"),
    ] {
        let file = admin.get(&format!("/admin/imports.csv?sort={sort}")).await;
        let found: String =
            file.lines().skip(1).filter_map(|row| row.split(".csv").next()?.chars().last()).collect();
        assert_eq!(found, order, "sorted by {sort:?}: {file}");
    }
}

#[sqlx::test]
async fn faults_are_shown_by_line(db: PgPool) {
    let admin = Admin::new(db).await;
    let (_, page, _) =
        admin.upload("customers", "bad.csv", "customer_no,name,segment,region\nN1,,,\nC1,a\n").await;
    let refused = admin.over(&page).await;
    assert!(
        refused.contains("2 faults. Nothing was changed.") && refused.contains("This must be filled in.")
    );
    assert!(!refused.contains("/run\""));
    let (status, ..) = admin.send(Request::post(format!("{page}/run")), Vec::new()).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[sqlx::test]
async fn a_form_without_file_or_kind_comes_back(db: PgPool) {
    let admin = Admin::new(db).await;
    let (status, _, body) = admin.upload("shoes", "", "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        body.contains("Choose a file.")
            && body.contains("Choose what the file holds.")
            && body.contains("erp")
    );
    assert_eq!(admin.uploads(), Vec::<String>::new());
    assert_eq!(admin.get("/admin/imports/template/customers").await, "customer_no,name,segment,region\r\n");
    let help = admin.get("/admin/imports/new?kind=sales").await;
    assert!(!help.contains("[import-"), "every column is explained");
}

#[sqlx::test]
async fn an_import_that_was_cut_short_says_so(db: PgPool) {
    let admin = Admin::new(db).await;
    sqlx::query(
        "insert into imports (kind, source, file_name, dry_run, status, started_at)
        values ('sales', 'erp', 'cut.csv', false, 'running', now())",
    )
    .execute(&admin.world.db)
    .await
    .unwrap();
    let page = admin.get("/admin/imports/1").await;
    assert!(page.contains("Pacemark was stopped") && !page.contains("every 1s"), "{page}");
}

#[sqlx::test]
async fn only_administrators_import(db: PgPool) {
    let world = World::new(db).await;
    for user in ["elias", "karin", "anders", "hanna", "frida"] {
        assert_eq!(world.get(user, "/admin/imports").await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.post(user, "/admin/imports/1/run", &[]).await.status, StatusCode::FORBIDDEN);
    }
}
