//! What people, customers, products and stages are called here.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::likeness::nearest;
use super::store;
use crate::error::Result;
use crate::kernel::id::ProductId;
use crate::kernel::lang::Lang;
use crate::org::Company;
use crate::pipeline::{StageId, Stages, State, stages};
use crate::products::{self, ProductView};
use crate::web::i18n::Localiser;
use crate::web::ui::Choice;

/// So alike a name must be to be proposed.
const ENOUGH: usize = 60;

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person.
    Employee,
    /// A customer.
    Customer,
    /// A product.
    Product,
    /// A stage, or how it ended.
    Stage,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 4] = [Self::Employee, Self::Customer, Self::Product, Self::Stage];

    /// The field that names it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Customer => "customer",
            Self::Product => "product",
            Self::Stage => "stage",
        }
    }

    /// The kind that a field names.
    pub fn from_field(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.field() == field)
    }

    /// Catalogue key of its being unknown.
    pub const fn unknown_key(self) -> &'static str {
        match self {
            Self::Employee => "pipeline-unknown-employee",
            Self::Customer => "pipeline-unknown-customer",
            Self::Product => "pipeline-unknown-product",
            Self::Stage => "pipeline-unknown-stage",
        }
    }
}

/// Names of one kind: each with the value of its choice.
#[derive(Default)]
struct Shelf {
    /// As they are offered: value and label.
    choices: Vec<(String, String)>,
    /// Everything it is called, in lower case.
    known: HashMap<String, String>,
}

impl Shelf {
    fn add(&mut self, value: String, label: String, also: &[String]) {
        for name in also.iter().chain([&label]) {
            self.known.entry(name.trim().to_lowercase()).or_insert_with(|| value.clone());
        }
        self.choices.push((value, label));
    }
}

/// Everything that a file may name.
pub(super) struct Names {
    shelves: HashMap<Kind, Shelf>,
    pub(super) products: Vec<ProductView>,
    pub(super) stages: Stages,
}

/// What a name of a stage comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It stands there.
    Stage(StageId),
    /// It ended so.
    Decided(State),
}

impl Names {
    pub(super) async fn load(conn: &mut PgConnection, company: &Company) -> Result<Self> {
        let mut shelves: HashMap<Kind, Shelf> = Kind::ALL.map(|kind| (kind, Shelf::default())).into();
        let mut add = |kind, value: String, label: String, also: &[String]| {
            if let Some(shelf) = shelves.get_mut(&kind) {
                shelf.add(value, label, also);
            }
        };
        for person in &company.organisation.people {
            let also = [person.employee_no.clone()];
            add(Kind::Employee, person.id.to_string(), person.name.clone(), &also);
        }
        for (id, number, name) in store::customers(conn).await? {
            add(Kind::Customer, id.to_string(), name, &[number]);
        }
        let products = products::list_active(conn).await?;
        for product in &products {
            add(
                Kind::Product,
                product.id.to_string(),
                product.name.clone(),
                std::slice::from_ref(&product.sku),
            );
        }
        let stages = stages::all(conn).await?;
        let [en, sv] = [Lang::En, Lang::Sv].map(Localiser::new);
        let own = Localiser::new(company.lang);
        for stage in stages.active() {
            let also: Vec<String> =
                [stage.name(en), stage.name(sv)].into_iter().chain(stage.code.clone()).collect();
            add(Kind::Stage, stage.id.to_string(), stage.name(own), &also);
        }
        Ok(Self { shelves, products, stages })
    }

    /// What is offered for a kind.
    pub(super) fn choices(&self, kind: Kind, l: Localiser) -> Vec<Choice> {
        let shelf = self.shelves.get(&kind);
        let choices = shelf.into_iter().flat_map(|shelf| &shelf.choices);
        let mut choices: Vec<Choice> = choices.map(|(value, label)| Choice::new(value, label)).collect();
        if kind == Kind::Stage {
            for state in [State::Won, State::Lost] {
                choices.push(Choice::new(state.code(), l.t(state.label())));
            }
        }
        choices
    }

    /// What a name is here, by what it is said to be or, in any case, is called.
    pub(super) fn find(&self, kind: Kind, name: &str, said: Option<&str>) -> Option<&str> {
        let shelf = self.shelves.get(&kind)?;
        if let Some(said) = said {
            let there =
                shelf.choices.iter().find(|(value, _)| value == said).map(|(value, _)| value.as_str());
            let decided = || Self::decided(said).map(State::code).filter(|_| kind == Kind::Stage);
            return there.or_else(decided);
        }
        shelf.known.get(&name.to_lowercase()).map(String::as_str)
    }

    /// What it is most likely here.
    pub(super) fn likely(&self, kind: Kind, name: &str) -> Option<String> {
        let shelf = self.shelves.get(&kind)?;
        let known = shelf.choices.iter().map(|(value, label)| (label.as_str(), value.as_str()));
        let ends = [State::Won, State::Lost].map(|state| (state.code(), state.code()));
        let ends = ends.into_iter().filter(|_| kind == Kind::Stage);
        nearest(name, known.chain(ends), ENOUGH).map(str::to_owned)
    }

    /// The place that the value of a stage's choice means.
    pub(super) fn place(value: &str) -> Option<Place> {
        match Self::decided(value) {
            Some(state) => Some(Place::Decided(state)),
            None => value.parse().ok().map(Place::Stage),
        }
    }

    fn decided(value: &str) -> Option<State> {
        State::from_code(value).filter(|state| *state != State::Open)
    }

    pub(super) fn product(&self, id: ProductId) -> Option<&ProductView> {
        self.products.iter().find(|product| product.id == id)
    }
}
