//! How those who support sales serve: their promises, and what customers say about their part.

use chrono::Days;
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;
use crate::orders;
use crate::org::DepartmentKind;
use crate::service::feedback::{self, Area};
use crate::web::context::Ctx;

/// Figures and words of so many days.
const LOOKED_BACK: Days = Days::new(90);
/// Words of so many customers.
const MOST: i64 = 3;

/// The cards of a department that supports sales.
pub(super) struct Served {
    /// Promises: what, and how it stands.
    pub(super) promises: Vec<(String, String)>,
    /// What customers say, latest first.
    pub(super) said: Vec<Said>,
    /// Where all of it is.
    pub(super) href: String,
}

/// What a customer said.
pub(super) struct Said {
    /// 0 to 10.
    pub(super) score: String,
    /// Their words.
    pub(super) words: String,
    /// "Ventus 12 · 4 Dec".
    pub(super) about: String,
}

/// The part of the process that a kind of department answers to customers for.
const fn area(kind: DepartmentKind) -> Option<Area> {
    match kind {
        DepartmentKind::Production | DepartmentKind::Product => Some(Area::Product),
        DepartmentKind::Delivery => Some(Area::Delivery),
        DepartmentKind::Service => Some(Area::Service),
        DepartmentKind::Marketing => Some(Area::Selling),
        _ => None,
    }
}

/// The cards for a reader whose department supports sales; nothing for others.
pub(super) async fn load(conn: &mut PgConnection, ctx: &Ctx) -> Result<Option<Served>> {
    let own = ctx.actor.department.as_ref().and_then(|(id, _)| ctx.company.organisation.department(*id));
    let Some((kind, area)) = own.and_then(|own| Some((own.kind, area(own.kind)?))) else { return Ok(None) };
    let from = ctx.today - LOOKED_BACK;
    let filter = feedback::Filter { area: Some(area), from: Some(from), ..feedback::Filter::default() };
    let said = feedback::list(conn, &filter, ("day", true), (MOST, 0)).await?;
    let said = said.into_iter().map(|one| Said {
        score: one.said.score.to_string(),
        words: one.said.words,
        about: [one.about, ctx.l.date_short(one.answered_on)].join(" · "),
    });
    let delivers = matches!(kind, DepartmentKind::Production | DepartmentKind::Delivery);
    Ok(Some(Served {
        said: said.collect(),
        href: format!("/feedback?area={}", area.code()),
        promises: if delivers { promises(conn, ctx).await? } else { Vec::new() },
    }))
}

async fn promises(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<(String, String)>> {
    let days = Period { start: ctx.today - LOOKED_BACK, end: ctx.today + Days::new(1) };
    let kept = orders::in_days(conn, None, &days, ctx.today).await?;
    let share = Pct::of(kept.on_time, kept.owed).map_or_else(|| "–".to_owned(), |share| ctx.l.pct2(share.0));
    Ok(vec![
        (ctx.l.t("home-promises-kept"), share),
        (ctx.l.t("home-promises-delivered"), ctx.l.number(kept.delivered)),
        (ctx.l.t("home-promises-moved"), ctx.l.number(kept.moved)),
        (ctx.l.t("home-promises-late"), ctx.l.number(kept.late)),
    ])
}
