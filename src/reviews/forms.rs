//! What is typed about meetings, read into drafts.

use chrono::NaiveDate;
use serde::Deserialize;

use super::deciding::Wanted;
use super::rhythm::Rhythm;
use super::{Decision, Series, SeriesDraft, agenda, policy};
use crate::auth::Actor;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::{Company, Organisation};
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};

/// The longest title or decision, and the longest note.
const LONGEST: (usize, usize) = (160, 20_000);

/// A standing meeting as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeriesForm {
    pub(super) name: String,
    pub(super) department: String,
    pub(super) rhythm: String,
    pub(super) weekday: String,
    pub(super) workday: String,
    pub(super) monthday: String,
    pub(super) leader: String,
    pub(super) guests: String,
    pub(super) version: i64,
}

impl SeriesForm {
    /// The form of a series that is there.
    pub(super) fn of(company: &Company, series: &Series) -> Self {
        let name = |id: EmployeeId| company.organisation.person(id).map(|person| person.name.clone());
        let guests: Vec<String> = series.guests.iter().filter_map(|id| name(*id)).collect();
        let on = |code: &str, usual: &str| {
            if series.rhythm.code() == code { series.rhythm.on().to_string() } else { usual.to_owned() }
        };
        Self {
            name: series.name.clone(),
            department: series.department.to_string(),
            rhythm: series.rhythm.code().to_owned(),
            weekday: on("weekly", "1"),
            workday: on("workday", "3"),
            monthday: on("monthday", "15"),
            leader: series.leader.and_then(name).unwrap_or_default(),
            guests: guests.join(", "),
            version: series.version,
        }
    }

    /// Where the stored series differs from what was typed.
    pub(super) fn clashes(&self, l: Localiser, company: &Company, series: &Series) -> Vec<Clash> {
        let stored = Self::of(company, series);
        stale::clashes(
            l,
            &[
                ("review-name", &stored.name, &self.name),
                ("review-rhythm", &stored.rhythm, &self.rhythm),
                ("review-weekday", &stored.weekday, &self.weekday),
                ("review-workday", &stored.workday, &self.workday),
                ("review-monthday", &stored.monthday, &self.monthday),
                ("review-leader", &stored.leader, &self.leader),
                ("review-guests", &stored.guests, &self.guests),
            ],
        )
    }

    /// What it says. Faults at its fields, also where the actor makes no meetings of the department.
    pub(super) fn read(
        &self,
        actor: &Actor,
        company: &Company,
        today: NaiveDate,
    ) -> Result<SeriesDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let name = errors.check("name", text(&self.name));
        let department = errors.check("department", self.department(actor, company));
        let rhythm = self.rhythm(&mut errors);
        if let Some(Rhythm::Weekly(weekday)) = rhythm
            && company.calendar.weekend.contains(&weekday)
        {
            errors.add("weekday", "review-error-weekend");
        }
        let who = |typed: &str| who(&company.organisation, today, typed, &[]).ok_or("review-error-person");
        let leader = match self.leader.trim() {
            "" => Some(None),
            typed => errors.check("leader", who(typed)).map(Some),
        };
        let named = self.guests.split([',', ';', '\n']).map(str::trim).filter(|name| !name.is_empty());
        let guests = errors.check("guests", named.map(who).collect::<Result<Vec<EmployeeId>, _>>());
        let draft = || {
            let (name, department, rhythm) = (name?, department?, rhythm?);
            Some(SeriesDraft { name, department, rhythm, leader: leader?, guests: guests? })
        };
        let draft = draft();
        errors.or(draft)
    }

    fn department(&self, actor: &Actor, company: &Company) -> Result<DepartmentId, &'static str> {
        let id: Option<DepartmentId> = self.department.trim().parse().ok();
        let known = id.filter(|id| company.organisation.department(*id).is_some());
        known.filter(|id| policy::may_make(actor, *id)).ok_or("review-error-department")
    }

    fn rhythm(&self, errors: &mut FormErrors) -> Option<Rhythm> {
        let (field, on) = match self.rhythm.as_str() {
            "weekly" => ("weekday", &self.weekday),
            "workday" => ("workday", &self.workday),
            "monthday" => ("monthday", &self.monthday),
            _ => {
                errors.add("rhythm", "review-error-rhythm");
                return None;
            }
        };
        let on = on.trim().parse().ok();
        errors.check(field, on.and_then(|on| Rhythm::new(&self.rhythm, on)).ok_or("review-error-on"))
    }
}

/// Somebody by their full name or number, or by the first name where only one of `near` is called that.
pub(super) fn who(
    organisation: &Organisation,
    day: NaiveDate,
    typed: &str,
    near: &[(EmployeeId, String)],
) -> Option<EmployeeId> {
    let typed = typed.trim().to_lowercase();
    let mut found = organisation
        .people_on(day)
        .filter(|person| person.employee_no.to_lowercase() == typed || person.name.to_lowercase() == typed);
    match (found.next(), found.next()) {
        (Some(one), None) => return Some(one.id),
        (Some(_), Some(_)) => return None, // two of the same name: the number says which
        _ => {}
    }
    let first =
        |name: &str| name.to_lowercase().split_whitespace().next().is_some_and(|first| first == typed);
    let mut called = near.iter().filter(|(_, name)| first(name));
    match (called.next(), called.next()) {
        (Some((id, _)), None) => Some(*id),
        _ => None,
    }
}

/// A decision as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DecisionForm {
    pub(super) what: String,
    pub(super) who: String,
    pub(super) when: String,
    pub(super) section: String,
    pub(super) version: i64,
}

impl DecisionForm {
    /// The form of a decision that is there.
    pub(super) fn of(decision: &Decision) -> Self {
        Self {
            what: decision.what.clone(),
            who: decision.owner_name.clone(),
            when: decision.due.to_string(),
            section: decision.section.clone(),
            version: decision.version,
        }
    }

    /// Where the stored decision differs from what was typed.
    pub(super) fn clashes(&self, l: Localiser, decision: &Decision) -> Vec<Clash> {
        let stored = Self::of(decision);
        stale::clashes(
            l,
            &[
                ("decision-what", &stored.what, &self.what),
                ("decision-who", &stored.who, &self.who),
                ("decision-when", &stored.when, &self.when),
            ],
        )
    }

    /// What it says, due on `earliest` or later; `near` are those who are known by their first names. Faults at its fields.
    pub(super) fn read(
        &self,
        organisation: &Organisation,
        (today, earliest): (NaiveDate, NaiveDate),
        near: &[(EmployeeId, String)],
    ) -> Result<Wanted, FormErrors> {
        let mut errors = FormErrors::default();
        let what = errors.check("what", text(&self.what));
        let owner =
            errors.check("who", who(organisation, today, &self.who, near).ok_or("review-error-person"));
        let due = self.when.trim().parse::<NaiveDate>().map_err(|_| "error-goal-date");
        let due = due.and_then(|due| if due < earliest { Err("error-pipeline-past") } else { Ok(due) });
        let due = errors.check("when", due);
        let known = self.section.is_empty() || agenda::KEYS.contains(&self.section.as_str());
        let section =
            errors.check("section", known.then(|| self.section.clone()).ok_or("review-error-section"));
        let wanted = || Some(Wanted { section: section?, what: what?, owner: owner?, due: due? });
        let wanted = wanted();
        errors.or(wanted)
    }
}

fn text(typed: &str) -> Result<String, &'static str> {
    match typed.trim() {
        "" => Err("error-required"),
        typed if typed.chars().count() > LONGEST.0 => Err("error-talk-long"),
        typed => Ok(typed.to_owned()),
    }
}

/// A note as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoteForm {
    pub(super) section: String,
    pub(super) body: String,
    pub(super) version: i64,
}

impl NoteForm {
    /// The section and the text. Faults at `body`.
    pub(super) fn read(&self) -> Result<(&str, &str), FormErrors> {
        let known = self.section.is_empty() || agenda::KEYS.contains(&self.section.as_str());
        if !known {
            return Err(FormErrors::one("body", "review-error-section"));
        }
        if self.body.chars().count() > LONGEST.1 {
            return Err(FormErrors::one("body", "error-talk-long"));
        }
        if self.body.trim().is_empty() && self.version == 0 {
            return Err(FormErrors::one("body", "error-required"));
        }
        Ok((&self.section, self.body.trim()))
    }
}
