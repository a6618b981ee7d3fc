//! The state of an agreement as lists show it, and whose agreements a reader may know of.

use super::steps::{Side, State};
use super::{Agreement, side_of};
use crate::goals::Subject;
use crate::org::Viewer;
use crate::web::context::Ctx;

/// Where an agreement stands, or that the period of its goal is closed, which says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Its own state.
    Standing(State),
    /// Its goal's final state is kept.
    Closed,
}

impl Shown {
    /// All, in order.
    pub const ALL: [Self; 7] = [
        Self::Standing(State::Draft),
        Self::Standing(State::Proposed),
        Self::Standing(State::Countered),
        Self::Standing(State::Agreed),
        Self::Standing(State::Imposed),
        Self::Standing(State::Withdrawn),
        Self::Closed,
    ];

    /// Those that are under way.
    pub const OPEN: [Self; 3] =
        [Self::Standing(State::Draft), Self::Standing(State::Proposed), Self::Standing(State::Countered)];

    /// How `agreement` is shown.
    pub const fn of(agreement: &Agreement) -> Self {
        if agreement.closed.is_some() { Self::Closed } else { Self::Standing(agreement.standing.state) }
    }

    /// The name in addresses and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standing(state) => state.code(),
            Self::Closed => "closed",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shown| shown.code() == code)
    }
}

/// People and departments by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) people: Vec<i64>,
    pub(super) departments: Vec<i64>,
}

impl Whose {
    fn add(&mut self, subject: Subject) {
        match subject {
            Subject::Person(id) => self.people.push(id.0),
            Subject::Department(id) | Subject::Company(id) => self.departments.push(id.0),
        }
    }
}

/// Whose agreements a reader may know of, by the side they are on. A draft is for the side that prepares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) owner: Whose,
    pub(super) setter: Whose,
    /// Whether they read everybody's beside.
    pub(super) onlooker: bool,
}

impl Sides {
    /// Of the reader behind a request.
    pub(super) fn of(ctx: &Ctx) -> Self {
        let (organisation, viewer) = (&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today));
        let mut sides = Self { onlooker: viewer.everyone, ..Self::default() };
        let people = organisation.visible_people(viewer).into_iter().map(Subject::Person);
        let departments = organisation.visible_departments(viewer).into_iter().map(Subject::Department);
        for subject in people.chain(departments) {
            match side_of(organisation, &ctx.actor, subject, ctx.today) {
                Some(Side::Owner) => sides.owner.add(subject),
                Some(Side::Setter) => sides.setter.add(subject),
                None => {}
            }
        }
        sides
    }
}
