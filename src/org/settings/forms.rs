//! What is typed about the company, read into valid settings.

use std::ops::RangeInclusive;

use chrono_tz::Tz;
use serde::Deserialize;

use crate::kernel::basis::Basis;
use crate::kernel::lang::Lang;
use crate::kernel::money::Currency;
use crate::org::Company;
use crate::org::company::SettingsDraft;
use crate::org::forms::names;
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};

/// What the settings form sends; `weekend` once for each free day.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct SettingsForm {
    pub(super) name: String,
    #[serde(default)]
    pub(super) currency: String,
    pub(super) time_zone: String,
    pub(super) fiscal_start_month: String,
    #[serde(default)]
    pub(super) weekend: Vec<String>,
    pub(super) language: String,
    pub(super) on_track_pct: String,
    pub(super) at_risk_pct: String,
    pub(super) exceeded_pct: String,
    pub(super) grace_pct: String,
    #[serde(default)]
    pub(super) leaderboard: String,
    #[serde(default)]
    pub(super) basis: String,
    pub(super) version: i64,
}

impl SettingsForm {
    /// The form as the company stands.
    pub(super) fn of(company: &Company) -> Self {
        Self {
            name: company.name.clone(),
            currency: company.currency.code().to_owned(),
            time_zone: company.zone.to_string(),
            fiscal_start_month: company.fiscal.start_month.to_string(),
            weekend: company.calendar.weekend.iter().map(ToString::to_string).collect(),
            language: company.lang.code().to_owned(),
            on_track_pct: company.rules.on_track_pct.to_string(),
            at_risk_pct: company.rules.at_risk_pct.to_string(),
            exceeded_pct: company.rules.exceeded_pct.to_string(),
            grace_pct: company.rules.grace_pct.to_string(),
            leaderboard: if company.leaderboard { "on".to_owned() } else { String::new() },
            basis: company.basis.code().to_owned(),
            version: company.version,
        }
    }

    /// Whether a weekday, 1 = Monday, is ticked as free.
    pub(super) fn is_free(&self, weekday: &u32) -> bool {
        self.weekend.iter().any(|day| *day == weekday.to_string())
    }

    /// Reads the fields, or notes their faults. A `locked` currency stays as it is.
    pub(super) fn read(&self, locked: Option<Currency>) -> Result<SettingsDraft, FormErrors> {
        let mut errors = FormErrors::default();
        names(&mut errors, &[("name", &self.name)]);
        let typed = || Currency::parse(&self.currency.trim().to_uppercase());
        let currency = errors.check("currency", locked.or_else(typed).ok_or("error-currency"));
        let zone =
            errors.check("time_zone", self.time_zone.trim().parse::<Tz>().map_err(|_| "error-time-zone"));
        let month = number(&mut errors, "fiscal_start_month", &self.fiscal_start_month, 1..=12);
        let weekend = self.weekend(&mut errors);
        let lang = errors.check("language", Lang::from_code(&self.language).ok_or("error-required"));
        let boundaries = self.boundaries(&mut errors);
        let basis = errors.check("basis", Basis::from_code(&self.basis).ok_or("error-required"));
        let draft = || {
            let (on_track_pct, at_risk_pct, exceeded_pct, grace_pct) = boundaries?;
            Some(SettingsDraft {
                name: self.name.trim().to_owned(),
                currency: currency?,
                zone: zone?,
                fiscal_start_month: month?,
                weekend,
                lang: lang?,
                on_track_pct,
                at_risk_pct,
                exceeded_pct,
                grace_pct,
                leaderboard: !self.leaderboard.is_empty(),
                basis: basis?,
            })
        };
        let draft = draft();
        errors.or(draft)
    }

    /// On track, at risk, exceeded and grace, in percent.
    fn boundaries(&self, errors: &mut FormErrors) -> Option<(i16, i16, i16, i16)> {
        let on_track = number(errors, "on_track_pct", &self.on_track_pct, 1..=200);
        let at_risk = number(errors, "at_risk_pct", &self.at_risk_pct, 1..=200);
        let exceeded = number(errors, "exceeded_pct", &self.exceeded_pct, 100..=500);
        let grace = number(errors, "grace_pct", &self.grace_pct, 0..=50);
        if on_track.is_some() && at_risk > on_track {
            errors.add("at_risk_pct", "settings-boundaries-order");
        }
        Some((on_track?, at_risk?, exceeded?, grace?))
    }

    /// The free weekdays in order; all seven would leave no day to work.
    fn weekend(&self, errors: &mut FormErrors) -> Vec<i16> {
        let mut days: Vec<i16> = self.weekend.iter().filter_map(|day| day.parse().ok()).collect();
        days.retain(|day| (1..=7).contains(day));
        days.sort_unstable();
        days.dedup();
        if days.len() == 7 {
            errors.add("weekend", "settings-weekend-all");
        }
        days
    }

    /// Where the stored settings differ from what was typed.
    pub(super) fn clashes(&self, l: Localiser, company: &Company) -> Vec<Clash> {
        let stored = Self::of(company);
        let month = |form: &Self| {
            form.fiscal_start_month.parse::<u32>().map_or_else(|_| String::new(), |month| l.month_name(month))
        };
        let basis = |form: &Self| {
            Basis::from_code(&form.basis)
                .map_or_else(String::new, |basis| l.t(&format!("basis-choice-{}", basis.code())))
        };
        stale::clashes(
            l,
            &[
                ("field-company", &stored.name, &self.name),
                ("field-currency", &stored.currency, &self.currency),
                ("field-time-zone", &stored.time_zone, &self.time_zone),
                ("settings-fiscal-start", &month(&stored), &month(self)),
                ("settings-weekend", &stored.weekend.join(", "), &self.weekend.join(", ")),
                ("field-language", &stored.language, &self.language),
                ("settings-on-track", &stored.on_track_pct, &self.on_track_pct),
                ("settings-at-risk", &stored.at_risk_pct, &self.at_risk_pct),
                ("settings-exceeded", &stored.exceeded_pct, &self.exceeded_pct),
                ("settings-grace", &stored.grace_pct, &self.grace_pct),
                ("basis-label", &basis(&stored), &basis(self)),
                ("settings-leaderboard", &stored.leaderboard, &self.leaderboard),
            ],
        )
    }
}

fn number(errors: &mut FormErrors, field: &str, text: &str, range: RangeInclusive<i16>) -> Option<i16> {
    let number = text.trim().trim_end_matches('%').trim().parse::<i16>().ok().filter(|n| range.contains(n));
    if number.is_none() {
        let args = vec![("from", range.start().to_string()), ("to", range.end().to_string())];
        errors.add_with(field, "settings-number-between", args);
    }
    number
}
