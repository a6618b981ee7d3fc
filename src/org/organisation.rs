//! The organisation in memory: departments, people, and who belonged where on any day.
//!
//! A process remembers it with the company while nobody changes it, so that pages of any size ask the database for
//! figures only. Who sees whom is decided here and, for rows that only the database can filter, by
//! `visible_employees` and `visible_departments` there; both say the same.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::{DepartmentView, PersonOn, departments, organisation_store as store};
use crate::attainment::fair::{Activity, Share};
use crate::auth::Actor;
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;

/// Some days in a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub department: DepartmentId,
    /// Whether the person led it.
    pub lead: bool,
    /// The first day.
    pub from: NaiveDate,
    /// The first day no more; nothing while it goes on.
    pub end: Option<NaiveDate>,
}

impl Stay {
    /// Whether it holds `day`.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.end.is_none_or(|end| day < end)
    }

    /// Whether it holds any day of `period`.
    pub fn overlaps(&self, period: &Period) -> bool {
        self.from < period.end && self.end.is_none_or(|end| period.start < end)
    }
}

/// Somebody who works or worked here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub id: EmployeeId,
    /// The company's number for them.
    pub employee_no: String,
    /// Full name.
    pub name: String,
    /// Title, perhaps empty.
    pub job_title: String,
    /// The first day employed, if it is known.
    pub hired_on: Option<NaiveDate>,
    /// The last day employed; nothing while it goes on.
    pub left_on: Option<NaiveDate>,
    /// Days of learning a new task, with the part of a full target that is asked for.
    pub ramp: Vec<Share>,
    /// Days of approved leave, with the part of a full target that is not asked for.
    pub relief: Vec<Share>,
    /// Where they belonged, earliest first.
    pub stays: Vec<Stay>,
}

impl Person {
    /// What bears on what can be asked of them; nothing for somebody who always works in full.
    pub fn activity(&self) -> Option<Activity> {
        let end = self.left_on.and_then(|day| day.succ_opt());
        let activity =
            Activity { from: self.hired_on, end, ramp: self.ramp.clone(), relief: self.relief.clone() };
        (activity != Activity::default()).then_some(activity)
    }

    /// Where they belong on `day`.
    pub fn stay_on(&self, day: NaiveDate) -> Option<&Stay> {
        self.stays.iter().find(|stay| stay.contains(day))
    }

    /// Where they last began to belong by `day`: after they left, where they last stood.
    pub fn last_stay(&self, day: NaiveDate) -> Option<&Stay> {
        self.stays.iter().rfind(|stay| stay.from <= day)
    }
}

/// Departments and people.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    /// Every department, each followed by those below it, siblings by name.
    pub departments: Vec<DepartmentView>,
    /// Everybody, by name.
    pub people: Vec<Person>,
    places: HashMap<EmployeeId, usize>,
}

/// Loads the organisation as it is now.
pub async fn load(conn: &mut PgConnection) -> Result<Organisation> {
    let departments = departments::departments(conn).await?;
    Ok(Organisation::new(departments, store::people(conn).await?))
}

/// Some people of `organisation` with the learning time and leave that were known at `moment`; everything else as it is now.
pub async fn as_recorded(
    conn: &mut PgConnection,
    organisation: &Organisation,
    people: &[EmployeeId],
    moment: DateTime<Utc>,
) -> Result<Organisation> {
    let (mut ramps, mut reliefs) = store::capacity_at(conn, people, moment).await?;
    let then = people.iter().filter_map(|id| organisation.person(*id)).map(|person| Person {
        ramp: ramps.remove(&person.id).unwrap_or_default(),
        relief: reliefs.remove(&person.id).unwrap_or_default(),
        ..person.clone()
    });
    Ok(Organisation::new(organisation.departments.clone(), then.collect()))
}

impl Organisation {
    /// Of departments, parents first, and people by name.
    pub fn new(departments: Vec<DepartmentView>, people: Vec<Person>) -> Self {
        let places = people.iter().enumerate().map(|(place, person)| (person.id, place)).collect();
        Self { departments, people, places }
    }

    /// A person by their id.
    pub fn person(&self, id: EmployeeId) -> Option<&Person> {
        self.places.get(&id).and_then(|place| self.people.get(*place))
    }

    /// A department by its id.
    pub fn department(&self, id: DepartmentId) -> Option<&DepartmentView> {
        self.departments.iter().find(|department| department.id == id)
    }

    /// Those who lead a department on `day`; where nobody does, those who lead the nearest one above.
    pub fn leads(&self, id: DepartmentId, day: NaiveDate) -> Vec<EmployeeId> {
        let up = std::iter::successors(Some(id), |id| self.department(*id)?.parent);
        let of = |id| {
            let lead = self.people_on(day).filter(|one| one.lead && one.department == id);
            lead.map(|one| one.id).collect::<Vec<_>>()
        };
        up.map(of).find(|leads| !leads.is_empty()).unwrap_or_default()
    }

    /// Everybody who belongs to a department on `day`, by name.
    pub fn people_on(&self, day: NaiveDate) -> impl Iterator<Item = PersonOn> {
        self.people.iter().filter_map(move |person| {
            let stay = person.stay_on(day)?;
            Some(PersonOn {
                id: person.id,
                employee_no: person.employee_no.clone(),
                name: person.name.clone(),
                job_title: person.job_title.clone(),
                department: stay.department,
                lead: stay.lead,
            })
        })
    }

    /// The departments with everything below them.
    pub fn with_below(&self, tops: impl IntoIterator<Item = DepartmentId>) -> HashSet<DepartmentId> {
        let mut inside: HashSet<DepartmentId> = tops.into_iter().collect();
        // those above stand before those below
        for department in &self.departments {
            if department.parent.is_some_and(|parent| inside.contains(&parent)) {
                inside.insert(department.id);
            }
        }
        inside
    }

    /// The departments that a person leads on `day`, with everything below them.
    pub fn led_by(&self, leader: EmployeeId, day: NaiveDate) -> HashSet<DepartmentId> {
        let stay = self.person(leader).and_then(|person| person.stay_on(day));
        match stay.filter(|stay| stay.lead) {
            Some(stay) => self.with_below([stay.department]),
            None => HashSet::new(),
        }
    }

    /// The people a viewer sees: everybody, or themselves and those of the departments they lead, where those last
    /// belonged.
    pub fn visible_people(&self, viewer: Viewer) -> HashSet<EmployeeId> {
        if viewer.everyone {
            return self.people.iter().map(|person| person.id).collect();
        }
        let Some(own) = viewer.employee else { return HashSet::new() };
        let led = self.led_by(own, viewer.today);
        let mut seen = HashSet::from([own]);
        if !led.is_empty() {
            let below = |person: &&Person| {
                person.last_stay(viewer.today).is_some_and(|stay| led.contains(&stay.department))
            };
            seen.extend(self.people.iter().filter(below).map(|person| person.id));
        }
        seen
    }

    /// Whether a viewer sees a person.
    pub fn shows_person(&self, viewer: Viewer, id: EmployeeId) -> bool {
        viewer.everyone || viewer.employee == Some(id) || self.visible_people(viewer).contains(&id)
    }

    /// Whether a viewer sees a department's totals.
    pub fn shows_department(&self, viewer: Viewer, id: DepartmentId) -> bool {
        viewer.everyone || self.visible_departments(viewer).contains(&id)
    }

    /// The departments whose totals a viewer sees: the company, their own with everything above it, those they lead.
    pub fn visible_departments(&self, viewer: Viewer) -> HashSet<DepartmentId> {
        if viewer.everyone {
            return self.departments.iter().map(|department| department.id).collect();
        }
        let company = self.departments.iter().filter(|department| department.parent.is_none());
        let mut seen: HashSet<DepartmentId> = company.map(|department| department.id).collect();
        let Some(own) = viewer.employee else { return seen };
        seen.extend(self.led_by(own, viewer.today));
        let stay = self.person(own).and_then(|person| person.stay_on(viewer.today));
        let home = stay.map(|stay| stay.department);
        seen.extend(std::iter::successors(home, |id| self.department(*id)?.parent));
        seen
    }
}

/// Whose figures a reader may see: everything that lists people or totals passes through it.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// The person who asks.
    pub employee: Option<EmployeeId>,
    /// Whether they read the whole company.
    pub everyone: bool,
    /// The business date, which decides who leads whom.
    pub today: NaiveDate,
}

impl Viewer {
    /// The viewer that an actor is today.
    pub fn new(actor: &Actor, today: NaiveDate) -> Self {
        Self { employee: actor.employee, everyone: actor.reads_everyone(), today }
    }

    /// Sees everything: for the command line and background work.
    pub const fn system(today: NaiveDate) -> Self {
        Self { employee: None, everyone: true, today }
    }
}
