//! What pages about open deals keep and refuse, and how the forecast says what open deals do to it.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{OFFER, open, open_with};
use crate::support::world::{World, day, text};

#[sqlx::test]
async fn a_next_step_is_replaced_by_another_and_not_by_a_day_that_is_over(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open_with(&world, "elias", "Holmen Skog", "1000", &[("next_step", "Call")]).await;
    let next = format!("{path}/next");
    for (form, field, said) in [
        (vec![("version", "1")], "next_step", "Say what is to be done instead"),
        (
            vec![("version", "1"), ("next_step", "Visit"), ("next_on", "2020-01-01")],
            "next_on",
            "This day is over",
        ),
    ] {
        let refused = world.post("elias", &next, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(
            refused.body.contains(&format!("href=\"#{field}\"")) && text(&refused).contains(said),
            "{}",
            refused.body
        );
    }
    assert!(text(&world.get("elias", &path).await).contains("Call"), "it stands");
    let done = world.post("elias", &next, &[("version", "1"), ("done", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "ticking it off needs no other");
}

#[sqlx::test]
async fn a_deal_that_is_opened_today_is_expected_later(pool: PgPool) {
    let world = World::new(pool).await;
    let product = world.product("Ventus 12").await.to_string();
    let form = |opened: &'static str| {
        let product = product.clone();
        [
            ("customer", "Holmen Skog".to_owned()),
            ("origin", "inbound".to_owned()),
            ("product", product),
            ("amount", "1000".to_owned()),
            ("opened_on", opened.to_owned()),
            ("expected_on", "2026-11-10".to_owned()),
        ]
    };
    let post = async |opened| {
        let form = form(opened);
        world.post("elias", "/pipeline", &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    };
    let today = post("2026-11-18").await;
    assert!(text(&today).contains("This day is over"), "{}", text(&today));
    assert_eq!(
        post("2026-09-01").await.status,
        StatusCode::SEE_OTHER,
        "written down later, it may have been so"
    );
}

#[sqlx::test]
async fn a_moved_card_is_where_the_page_comes_back_to(pool: PgPool) {
    let world = World::new(pool).await;
    let path = open(&world, "elias", "Holmen Skog", "1000").await;
    let id = path.trim_start_matches("/pipeline/").to_owned();
    let to = [("version", "1"), ("stage", OFFER), ("back", "/pipeline?person=7")];
    let moved = world.post("elias", &format!("{path}/move"), &to).await;
    assert_eq!(moved.location(), format!("/pipeline?person=7#o-{id}"));
    assert!(world.get("elias", "/pipeline").await.body.contains(&format!("id=\"o-{id}\"")));
}

/// The last number of a formula, without its separators.
fn result(formula: &str) -> String {
    let last = formula.rsplit(" = ").next().unwrap();
    last.chars().filter(|digit| digit.is_ascii_digit() || *digit == '.').collect()
}

#[sqlx::test]
async fn the_explanation_of_a_forecast_ends_in_the_forecast(pool: PgPool) {
    let world = World::new(pool).await;
    let goal = [
        ("subject", "elias"),
        ("metric", "revenue"),
        ("period", "2026-10-01..2026-12-31"),
        ("target", "1600000"),
    ];
    assert_eq!(world.post("karin", "/goals/new", &goal).await.status, StatusCode::SEE_OTHER);
    for on in [6, 13, 20, 27] {
        world.deal("elias", "Holmen Skog", 50_000 + i64::from(on) * 1_000, day(10, on)).await;
    }
    let expected = [("expected_on", "2026-12-10"), ("stage", OFFER)];
    open_with(&world, "elias", "Holmen Skog", "900000", &expected).await;
    let page = world.get("elias", "/explain?goal=1&figure=projection").await;
    let shown = text(&page).replace(['\u{a0}', ','], "");
    let (_, after) =
        shown.split_once("The open deals are expected to bring").unwrap_or_else(|| panic!("{shown}"));
    assert!(after.contains("450000.00"), "half of 900,000: {after}");
    let formula = after.split("Range:").next().unwrap().trim();
    let likely = result(formula);
    // the sentence works itself out: alone + share × (with − alone)
    let numbers: Vec<f64> = formula
        .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .filter_map(|number| number.trim_end_matches('.').parse().ok())
        .collect();
    let [.., share, alone, again, with, same, end] = numbers[..] else { panic!("{formula}") };
    assert!((share - again).abs() < 1e-9 && (alone - same).abs() < 1e-9, "{formula}");
    let worked_out = alone + share / 100.0 * (with - alone);
    assert!((worked_out - end).abs() < (with - alone).abs() / 10_000.0 + 1.0, "{formula}: {worked_out}");
    assert_eq!(likely.parse::<f64>().unwrap().to_bits(), end.to_bits());
}
