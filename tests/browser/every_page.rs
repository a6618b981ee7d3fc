//! Every page, in both themes and both sizes: nothing for axe to find, nothing that scrolls sideways.

use sqlx::PgPool;

use super::driver::{Browser, Screen, Site};
use crate::support::world::{World, day};

const PASSWORD: &str = "korrekt häst batteri";

/// Pages by who looks at them. `{deal}`, `{goal}` and so on are filled in.
const PAGES: [(&str, &[&str]); 3] = [
    (
        "elias",
        &[
            "/",
            "/goals",
            "/goals/{goal}",
            "/deals",
            "/deals/new",
            "/deals/new?full",
            "/deals/{deal}",
            "/deals/{deal}/saved",
            "/customers",
            "/me",
            "/menu",
            "/search?q=holmen",
        ],
    ),
    (
        "karin",
        &[
            "/",
            "/team",
            "/team/{north}",
            "/goals/tree",
            "/goals/new",
            "/goals/{goal}/revise",
            "/goals/plan?department={north}",
            "/goals/copy?department={north}",
            "/people/{elias}",
            "/explain?goal={goal}&figure=actual",
            "/explain?goal={goal}&figure=expected",
            "/deals/{deal}/edit",
        ],
    ),
    (
        "ada",
        &[
            "/",
            "/admin",
            "/admin/people",
            "/admin/people/new",
            "/admin/people/{elias}",
            "/admin/departments",
            "/admin/departments/{north}",
            "/admin/settings",
            "/admin/imports",
            "/admin/imports/new",
            "/admin/audit",
            "/admin/tokens",
            "/products",
            "/products/new",
            "/products/{product}",
            "/customers/{customer}",
            "/help",
            "/help/keys",
            "/nowhere",
        ],
    ),
];

async fn look(pool: PgPool, screen: Screen) {
    let world = World::new(pool.clone()).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    sqlx::query("update users set password_hash = $1").bind(hash).execute(&world.db).await.unwrap();
    let places = places(&world).await;
    let (site, _) = Site::start(&pool, world.app.clock.clone()).await;
    let browser = Browser::open(screen).await;
    let mut faults = Vec::new();
    for (who, pages) in PAGES {
        browser.sign_in(&site, &format!("{who}@nordhem.example"), PASSWORD).await;
        for page in pages {
            let path = places.iter().fold((*page).to_owned(), |path, (name, id)| path.replace(name, id));
            for theme in ["light", "dark"] {
                browser.prefer(theme).await;
                browser.go(&site.at(&path)).await;
                let found = browser.accessibility_faults().await;
                faults.extend(found.into_iter().map(|fault| format!("{who} {path} {theme}: {fault}")));
                if browser.scrolls_sideways().await {
                    faults.push(format!("{who} {path} scrolls sideways"));
                }
            }
        }
        browser.window.delete_all_cookies().await.unwrap();
    }
    browser.close().await;
    assert!(faults.is_empty(), "{:?} {}", screen, faults.join("\n"));
}

async fn places(world: &World) -> Vec<(&'static str, String)> {
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await;
    let goal: i64 = sqlx::query_scalar(
        "with g as (
            insert into goals (subject_kind, employee_id, metric, period, currency, created_at)
            select 'person', id, 'revenue', daterange('2026-10-01', '2027-01-01'), 'SEK', '2026-09-01'
            from employees where employee_no = 'elias' returning id
        )
        insert into goal_versions (goal_id, number, target, effective_on, recorded_at)
        select id, 1, 160000000, '2026-10-01', '2026-09-01' from g returning goal_id",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    vec![
        ("{deal}", deal.to_string()),
        ("{goal}", goal.to_string()),
        ("{north}", world.department("NORTH").await.to_string()),
        ("{elias}", world.employee("elias").await.to_string()),
        ("{product}", world.product("Ventus 12").await.to_string()),
        ("{customer}", world.customer("Holmen Skog").await.to_string()),
    ]
}

#[sqlx::test]
async fn on_a_desk(pool: PgPool) {
    look(pool, Screen::Desk).await;
}

#[sqlx::test]
async fn on_a_phone(pool: PgPool) {
    look(pool, Screen::Phone).await;
}
