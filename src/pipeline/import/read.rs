//! Rows of a file, understood by a mapping.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use super::cells::{Cells, Columns};
use super::names::{Kind, Names, Place};
use super::{Checked, FIELDS, Fault, Mapping, NEEDED, Origin, Table, Unknown};
use crate::kernel::id::{CustomerId, EmployeeId, ProductId};
use crate::kernel::money::Currency;
use crate::kernel::number;
use crate::org::Company;
use crate::pipeline::{self, Draft, Line, Loss, LossReason, NextStep, StageId, State};
use crate::sales::forms::read_amount;

/// Lines that are named for an unknown name.
const NAMED: usize = 5;

/// An opportunity of a file.
#[derive(Clone, Debug)]
pub struct Row {
    pub(super) draft: Draft,
    pub(super) stage: StageId,
    pub(super) state: State,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) loss: Option<Loss>,
}

/// Everything that rows are read against.
struct Reader<'a> {
    mapping: &'a Mapping,
    names: &'a Names,
    company: &'a Company,
    origin: Origin<'a>,
    unknown: BTreeMap<(Kind, String), Unknown>,
}

/// Every row, and everything that is wrong.
pub(super) fn read(
    table: &Table,
    mapping: &Mapping,
    names: &Names,
    company: &Company,
    origin: Origin<'_>,
) -> Checked {
    let columns = Columns::of(table, mapping);
    let missing = FIELDS.iter().take(NEEDED).filter(|field| !columns.has(field));
    let missing = missing.map(|field| Fault {
        line: 1,
        column: (*field).to_owned(),
        value: String::new(),
        reason: "error-upload-missing",
    });
    let mut checked = Checked { faults: missing.collect(), ..Checked::default() };
    if !checked.faults.is_empty() {
        return checked;
    }
    let mut reader = Reader { mapping, names, company, origin, unknown: BTreeMap::new() };
    let mut seen = HashSet::new();
    for row in &table.rows {
        let mut cells = Cells::new(&columns, row);
        let read = reader.row(&mut cells);
        if !seen.insert(cells.get("opportunity_no").to_owned()) {
            cells.fault("opportunity_no", "error-pipeline-twice");
        }
        checked.faults.append(&mut cells.faults);
        checked.rows.extend(read);
    }
    checked.unknown = reader.unknown.into_values().collect();
    checked
}

impl Reader<'_> {
    /// What a cell names: nothing where it is empty, `Err` where it is not known or not allowed.
    fn name(&mut self, cells: &Cells<'_>, kind: Kind) -> Result<Option<String>, ()> {
        let name = cells.get(kind.field());
        if name.is_empty() {
            return Ok(None);
        }
        if let Some(found) = self.names.find(kind, name, self.mapping.meaning(kind, name)) {
            return Ok(Some(found.to_owned()));
        }
        let names = self.names;
        let one = self.unknown.entry((kind, name.to_owned())).or_insert_with(|| Unknown {
            kind,
            name: name.to_owned(),
            count: 0,
            lines: Vec::new(),
            likely: names.likely(kind, name),
        });
        one.count += 1;
        if one.lines.len() < NAMED {
            one.lines.push(cells.line);
        }
        Err(())
    }

    fn row(&mut self, cells: &mut Cells<'_>) -> Option<Row> {
        let number = cells.get("opportunity_no").to_owned();
        if number.is_empty() || number.chars().count() > 100 {
            cells.fault("opportunity_no", "error-required");
        }
        let owner =
            self.name(cells, Kind::Employee).map(|id| id.and_then(|id| id.parse().ok().map(EmployeeId)));
        let customer =
            self.name(cells, Kind::Customer).map(|id| id.and_then(|id| id.parse().ok().map(CustomerId)));
        let product = self.name(cells, Kind::Product);
        let place = self.name(cells, Kind::Stage);
        if product == Ok(None) {
            cells.fault("product", "deals-error-product");
        }
        if let Ok(owner) = owner
            && !self.origin.reach.covers(owner)
        {
            cells.fault("employee", "error-pipeline-owner");
        }
        let place = place.ok().map(|place| place.as_deref().and_then(Names::place));
        let (stage, state) = self.standing(cells, place?)?;
        let days = self.days(cells, state)?;
        let product: ProductId = product.ok().flatten()?.parse().ok()?;
        let line = self.line(cells, product, state)?;
        let (owner, customer) = (owner.ok()?, customer.ok()?);
        if state == State::Won && customer.is_none() {
            cells.fault("customer", "error-pipeline-customer");
        }
        let origin = self.way(cells);
        let loss = if state == State::Lost { Some(loss(cells)) } else { None };
        let (opened_on, closed_on, expected_on) = days;
        let draft = Draft {
            source: self.origin.source.to_owned(),
            number: Some(number),
            customer,
            owner,
            currency: line.1,
            origin: origin?,
            technique: cells.get("technique").to_owned(),
            opened_on,
            expected_on,
            next: NextStep::default(),
            note: cells.get("note").to_owned(),
            lines: vec![line.0],
            form_key: None,
        };
        cells.faults.is_empty().then_some(Row { draft, stage, state, closed_on, loss })
    }

    /// Where it stands: in its stage, or where all begin.
    fn standing(&self, cells: &mut Cells<'_>, place: Option<Place>) -> Option<(StageId, State)> {
        let typed = match cells.get("state").to_lowercase().as_str() {
            "" => None,
            code => Some(State::from_code(code).ok_or("error-pipeline-state")),
        };
        let typed = match typed {
            Some(read) => Some(cells.check("state", read)?),
            None => None,
        };
        let first = self.names.stages.active().next()?.id;
        let (stage, said) = match place {
            Some(Place::Stage(stage)) => (stage, None),
            Some(Place::Decided(state)) => (first, Some(state)),
            None => (first, None),
        };
        Some((stage, typed.or(said).unwrap_or(State::Open)))
    }

    /// Opened, decided, expected.
    fn days(
        &self,
        cells: &mut Cells<'_>,
        state: State,
    ) -> Option<(NaiveDate, Option<NaiveDate>, Option<NaiveDate>)> {
        let today = self.origin.stamp.day;
        let mut day = |field: &str, may_come: bool| {
            let read = match pipeline::forms::read_day(cells.get(field)) {
                Ok(Some(day)) if day > today && !may_come => Err("deals-error-future"),
                other => other,
            };
            cells.check(field, read)
        };
        let (opened, closed, expected) =
            (day("opened_on", false), day("closed_on", false), day("expected_on", true));
        let (opened, closed, expected) = (opened?, closed?, expected?);
        let closed = if state == State::Open { None } else { closed };
        if state != State::Open && closed.is_none() {
            cells.fault("closed_on", "deals-error-date");
            return None;
        }
        let opened_on = opened.or(closed).unwrap_or(today);
        if closed.is_some_and(|closed| closed < opened_on) {
            cells.fault("closed_on", "error-pipeline-before");
            return None;
        }
        Some((opened_on, closed, expected))
    }

    fn way(&self, cells: &mut Cells<'_>) -> Option<pipeline::Origin> {
        let typed = cells.get("origin").to_lowercase();
        if typed.is_empty() {
            return Some(pipeline::Origin::Other);
        }
        cells.check("origin", pipeline::Origin::from_code(&typed).ok_or("error-pipeline-origin"))
    }

    /// The one line of it, with its currency. An amount that is not said is the product's list price, unless it was won.
    fn line(&self, cells: &mut Cells<'_>, product: ProductId, state: State) -> Option<(Line, Currency)> {
        let currency = match cells.get("currency") {
            "" => self.company.currency,
            code => {
                let read = Currency::parse(&code.to_uppercase()).ok_or("error-currency");
                cells.check("currency", read)?
            }
        };
        let quantity = match cells.get("quantity") {
            "" => 1,
            typed => {
                let count =
                    number::parse_count(typed).ok().filter(|count| (1..=1_000_000_000).contains(count));
                cells.check("quantity", count.ok_or("deals-error-quantity"))?
            }
        };
        let amount = match cells.get("amount") {
            "" if state != State::Won => self.listed(product, quantity, currency),
            typed => cells.check("amount", read_amount(typed, currency))?,
        };
        Some((Line { line_no: 1, product, quantity, amount, cost: 0 }, currency))
    }

    fn listed(&self, product: ProductId, quantity: i64, currency: Currency) -> i64 {
        let product = self.names.product(product).filter(|product| product.currency == currency.code());
        product.map_or(0, |product| product.list_price.saturating_mul(quantity))
    }
}

/// Why it was lost; nothing said is something else.
fn loss(cells: &mut Cells<'_>) -> Loss {
    let typed = cells.get("lost_reason").to_lowercase().replace([' ', '-'], "_");
    let reason = match typed.as_str() {
        "" => Some(LossReason::Other),
        code => cells.check("lost_reason", LossReason::from_code(code).ok_or("error-pipeline-reason")),
    };
    let to = cells.get("lost_to").to_owned();
    Loss { reason: reason.unwrap_or(LossReason::Other), text: String::new(), to, price: None }
}
