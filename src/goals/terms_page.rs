//! `/goals/{id}/terms`: how a goal is measured beside its target: proration, season, weight.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::{Goal, GoalTerms, Subject, periods, set_terms, subjects, wording};
use crate::attainment::fair::Season;
use crate::attainment::service::{self, Span};
use crate::attainment::view::{GoalCard, Reader};
use crate::audit::{self, Event};
use crate::error::{Found, Result};
use crate::kernel::id::GoalId;
use crate::kernel::period::{Period, PeriodKind};
use crate::kernel::ratio::div_half_even;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// A month like any other.
const LIKE_ANY: i16 = 100;
/// More than ten times any other month is a typing mistake.
const MOST: i16 = 1_000;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TermsForm {
    prorated: String,
    weight: String,
    /// When a sale counts, for goals that are counted in sales.
    basis: String,
    /// One for each month of the period, in order.
    season: Vec<String>,
    version: i64,
}

impl TermsForm {
    fn of(goal: &Goal) -> Self {
        let months = months(&goal.period);
        let value =
            |month: &NaiveDate| goal.terms.season.map_or(i64::from(LIKE_ANY), |season| season.of(*month));
        Self {
            prorated: if goal.terms.prorated { "on".into() } else { String::new() },
            weight: goal.terms.weight.map(|weight| weight.to_string()).unwrap_or_default(),
            basis: goal.terms.basis.code().to_owned(),
            season: months.iter().map(|month| value(month).to_string()).collect(),
            version: goal.version,
        }
    }

    fn read(&self, goal: &Goal) -> std::result::Result<GoalTerms, FormErrors> {
        let mut errors = FormErrors::default();
        let weight = match self.weight.trim().trim_end_matches('%').trim() {
            "" => None,
            text => {
                let weight = text.parse::<i16>().ok().filter(|weight| (1..=100).contains(weight));
                errors.check("weight", weight.ok_or("goals-error-weight"))
            }
        };
        let season = errors.check("season", self.season(&goal.period)).flatten();
        let prorated = !self.prorated.is_empty() && matches!(goal.subject, Subject::Person(_));
        let basis = errors.check("basis", wording::read_basis(&self.basis)).flatten();
        let basis = basis.filter(|_| goal.metric.is_of_sales()).unwrap_or(goal.terms.basis);
        errors.or(Some(GoalTerms { prorated, season, weight, basis }))
    }

    /// Months that are all alike have no season.
    fn season(&self, period: &Period) -> std::result::Result<Option<Season>, &'static str> {
        let read = |text: &String| match text.trim().trim_end_matches('%').trim() {
            "" => Some(LIKE_ANY),
            text => text.parse::<i16>().ok().filter(|value| (0..=MOST).contains(value)),
        };
        let values: Option<Vec<i16>> = self.season.iter().map(read).collect();
        let values = values.ok_or("goals-error-season")?;
        let mut season = [LIKE_ANY; 12];
        for (month, value) in months(period).iter().zip(&values) {
            if let Some(place) = usize::try_from(month.month0()).ok().and_then(|at| season.get_mut(at)) {
                *place = *value;
            }
        }
        if !values.is_empty() && values.iter().all(|value| *value == 0) {
            return Err("goals-error-season-none");
        }
        let uneven = values.iter().any(|value| Some(value) != values.first());
        Ok(uneven.then_some(Season(season)))
    }
}

/// The first day in the period of each calendar month in it, at most twelve.
fn months(period: &Period) -> Vec<NaiveDate> {
    let first = std::iter::once(period.start);
    let rest = period.dates().skip(1).filter(|day| day.day() == 1);
    first.chain(rest).take(12).collect()
}

#[derive(Template)]
#[template(path = "goals/terms.html")]
struct TermsPage {
    shell: Shell,
    id: GoalId,
    card: GoalCard,
    is_person: bool,
    capacity: Option<String>,
    /// What can be chosen where it is counted in sales.
    bases: Vec<Choice>,
    months: Vec<Month>,
    form: TermsForm,
    errors: FormErrors,
    /// Why last year's shape could not be filled in.
    note: Option<String>,
}

/// A month with the field for how it compares.
struct Month {
    name: String,
    value: String,
}

/// `GET /goals/{id}/terms?fill=last_year`
pub async fn show(ctx: Ctx, Path(id): Path<GoalId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let goal = subjects::settable(&mut conn, &ctx, id).await?;
    let mut form = TermsForm::of(&goal);
    let mut note = None;
    if query.text("fill") == "last_year" {
        match last_year(&mut conn, &ctx, &goal).await? {
            Some(season) => form.season = season,
            None => note = Some(ctx.l.t("goals-season-no-history")),
        }
    }
    let page = page(&mut conn, &ctx, goal, form, FormErrors::default()).await?;
    Ok(Page::ok(TermsPage { note, ..page }).into_response())
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: Goal,
    form: TermsForm,
    errors: FormErrors,
) -> Result<TermsPage> {
    let at = service::AsOf::now(ctx.today);
    let names = months(&goal.period);
    let month = |(day, value): (&NaiveDate, &String)| Month {
        name: ctx.l.month_label(day.year(), day.month()),
        value: value.clone(),
    };
    let months = names.iter().zip(&form.season).map(month).collect();
    let bases = if goal.metric.is_of_sales() { wording::bases(ctx.l) } else { Vec::new() };
    let capacity = goal.subject.employee().map(crate::capacity::href);
    let of = service::figures(conn, &ctx.company, at, vec![goal]).await?.pop().found()?;
    Ok(TermsPage {
        shell: ctx.shell("goals"),
        id: of.goal.id,
        card: GoalCard::new(Reader::of(ctx), &of),
        is_person: capacity.is_some(),
        capacity,
        bases,
        months,
        form,
        errors,
        note: None,
    })
}

/// How the months compared a year before: what each brought per working day, of what they brought together. Nothing
/// where nothing was sold.
async fn last_year(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal) -> Result<Option<Vec<String>>> {
    let whole = |month: &NaiveDate| ctx.company.fiscal.containing(PeriodKind::Month, *month);
    let before: Vec<Period> =
        months(&goal.period).iter().filter_map(|month| periods::year_before(&whole(month))).collect();
    let spans: Vec<Span> = before.iter().map(|period| Span { period: *period, ..goal.span() }).collect();
    let totals = service::totals(conn, &spans).await?;
    let sold: Vec<i64> = totals.iter().map(|totals| totals.of(goal.metric).max(0)).collect();
    let days: Vec<i64> = before.iter().map(|period| ctx.company.calendar.working_days(period)).collect();
    Ok(shape(&sold, &days))
}

/// 100 × (sold ÷ days) ÷ (all sold ÷ all days), in whole percent.
fn shape(sold: &[i64], days: &[i64]) -> Option<Vec<String>> {
    let (all, all_days): (i64, i64) = (sold.iter().sum(), days.iter().sum());
    let value = |(sold, days): (&i64, &i64)| {
        let part = i128::from(*sold) * i128::from(all_days) * i128::from(LIKE_ANY);
        let whole = i128::from(all) * i128::from(*days);
        let value = if whole > 0 { div_half_even(part, whole) } else { LIKE_ANY.into() };
        value.clamp(0, MOST.into()).to_string()
    };
    (all > 0).then(|| sold.iter().zip(days).map(value).collect())
}

/// `POST /goals/{id}/terms`
pub async fn save(ctx: Ctx, Path(id): Path<GoalId>, Form(form): Form<TermsForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let goal = subjects::settable(&mut tx, &ctx, id).await?;
    let terms = match form.read(&goal) {
        Ok(terms) => terms,
        Err(errors) => {
            return Ok(Page::invalid(page(&mut tx, &ctx, goal, form, errors).await?).into_response());
        }
    };
    set_terms(&mut tx, id, form.version, &terms).await?;
    let said = |terms: &GoalTerms| json!({ "prorated": terms.prorated, "weight": terms.weight, "season": terms.season.map(|season| season.0), "basis": terms.basis });
    let details = json!({ "from": said(&goal.terms), "to": said(&terms) });
    let event = Event::new("goal.terms", "goal", id.0).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Notice::new("goals-toast-terms").with("name", goal.subject_name).redirect(&format!("/goals/{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_years_shape_is_per_working_day() {
        let text = |shape: Option<Vec<String>>| shape.map(|shape| shape.join(" "));
        // 10 a day, 20 a day, and July closed
        assert_eq!(text(shape(&[200, 400, 0], &[20, 20, 20])).as_deref(), Some("100 200 0"));
        assert_eq!(text(shape(&[200, 200], &[20, 10])).as_deref(), Some("75 150"));
        assert_eq!(text(shape(&[4, 3, 3], &[23, 20, 21])).as_deref(), Some("111 96 91"), "rounded once");
        assert_eq!(shape(&[0, 0], &[20, 10]), None);
    }

    #[test]
    fn months_that_are_alike_have_no_season() {
        let period =
            Period::from_inclusive("2026-10-01".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap();
        let season = |values: [&str; 3]| {
            TermsForm { season: values.map(ToOwned::to_owned).into(), ..TermsForm::default() }.season(&period)
        };
        assert_eq!(season(["100", "", "100"]), Ok(None));
        assert_eq!(season(["80", "80", "80"]), Ok(None));
        let uneven = season(["80", "120", "100"]).unwrap().unwrap();
        assert_eq!((uneven.0[8], uneven.0[9], uneven.0[10], uneven.0[11]), (100, 80, 120, 100));
        assert_eq!(
            (season(["0", "0", "0"]), season(["x", "", ""])),
            (Err("goals-error-season-none"), Err("goals-error-season"))
        );
    }
}
