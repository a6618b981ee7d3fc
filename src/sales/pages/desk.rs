//! What the log-a-deal forms need to know: whose deals may be written, what is sold, and what this person usually does.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::error::Result;
use crate::goals::Viewer;
use crate::kernel::id::{EmployeeId, ProductId};
use crate::kernel::money::{self, Currency};
use crate::products::{self, ProductView};
use crate::sales::forms::{CheckedDeal, DealForm, Facts, HOUSE};
use crate::sales::policy::Reach;
use crate::sales::view::DealView;
use crate::sales::{booking, view_store};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::ui::Choice;

/// How many chips there are for customers and for products.
const CHIPS: usize = 5;

/// The desk at which a deal is written.
pub(super) struct Desk {
    /// Whose deals may be written.
    pub(super) reach: Reach,
    /// Who may own or share a deal, by name.
    pub(super) people: Vec<(EmployeeId, String)>,
    /// What is sold, by name.
    pub(super) products: Vec<ProductView>,
    currencies: Vec<String>,
    frequent: Vec<ProductId>,
    recent: Vec<String>,
    /// The highest number of a line that the deal at hand ever had.
    pub(super) last_line: i32,
}

/// Whose deals the actor may write.
pub(super) fn reach(ctx: &Ctx) -> Reach {
    let visible = ctx.company.organisation.visible_people(viewer(ctx));
    Reach::of(&ctx.actor, visible.into_iter().collect())
}

/// The actor as a reader of figures.
pub(super) fn viewer(ctx: &Ctx) -> Viewer {
    Viewer::new(&ctx.actor, ctx.today)
}

impl Desk {
    /// Loads the desk of the actor for a deal of a day.
    pub(super) async fn load(conn: &mut PgConnection, ctx: &Ctx, on: NaiveDate) -> Result<Self> {
        let mut people: Vec<(EmployeeId, String)> = Vec::new();
        for day in [ctx.today, on] {
            let there = ctx.company.organisation.people_on(day);
            people.extend(there.map(|person| (person.id, person.name)));
        }
        people.sort_by_key(|(id, name)| (name.to_lowercase(), *id));
        people.dedup();
        let (mut frequent, mut recent) = (Vec::new(), Vec::new());
        if let Some(own) = ctx.actor.employee {
            frequent = view_store::frequent_products(conn, own).await?;
            recent = view_store::recent_customers(conn, own, 3).await?;
        }
        Ok(Self {
            reach: reach(ctx),
            people,
            products: products::list_active(conn).await?,
            currencies: view_store::currencies(conn).await?,
            frequent,
            recent,
            last_line: 0,
        })
    }

    /// Adds what a stored deal has that is not offered any more: people who left, products that are not sold.
    pub(super) fn admit(&mut self, deal: &DealView) {
        let holders = deal.owner.zip(deal.owner_name.clone()).into_iter();
        for (id, name) in holders.chain(deal.shares.iter().map(|share| (share.employee, share.name.clone())))
        {
            if !self.people.iter().any(|(known, _)| *known == id) {
                self.people.push((id, name));
            }
        }
        for line in &deal.lines {
            if !self.products.iter().any(|product| product.id == line.product) {
                self.products.push(ProductView {
                    id: line.product,
                    sku: String::new(),
                    name: line.product_name.clone(),
                    category_id: line.category,
                    category: line.category_name.clone(),
                    unit_cost: line.cost / line.quantity.max(1),
                    list_price: 0,
                    currency: deal.currency.to_string(),
                });
            }
        }
    }

    /// What a form is read against.
    pub(super) fn facts<'a>(&'a self, ctx: &'a Ctx) -> Facts<'a> {
        Facts {
            company: &ctx.company,
            today: ctx.today,
            own: ctx.actor.employee,
            reach: &self.reach,
            products: &self.products,
            people: &self.people,
            last_line: self.last_line,
        }
    }

    /// The customers sold to most recently.
    pub(super) fn recent_customers(&self) -> &[String] {
        &self.recent
    }

    /// The products most often sold, filled up by name; the chosen one is always among them.
    pub(super) fn product_chips(&self, chosen: &str) -> Vec<Choice> {
        let known = |id: &ProductId| self.products.iter().find(|product| product.id == *id);
        let mut chips: Vec<&ProductView> = self.frequent.iter().filter_map(known).take(CHIPS).collect();
        for product in &self.products {
            if chips.len() < CHIPS && !chips.iter().any(|chip| chip.id == product.id) {
                chips.push(product);
            }
        }
        let extra = chosen.trim().parse().ok().as_ref().and_then(known);
        chips.extend(extra.filter(|extra| !chips.iter().any(|chip| chip.id == extra.id)));
        chips.into_iter().map(|product| Choice::new(product.id.to_string(), &product.name)).collect()
    }

    /// Every product, for selects.
    pub(super) fn product_choices(&self) -> Vec<Choice> {
        self.products.iter().map(|product| Choice::new(product.id.to_string(), &product.name)).collect()
    }

    /// Everybody, for shares.
    pub(super) fn person_choices(&self) -> Vec<Choice> {
        self.people.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect()
    }

    /// Those whose deals may be written, and the house.
    pub(super) fn owner_choices(&self, ctx: &Ctx) -> Vec<Choice> {
        let covered = self.people.iter().filter(|(id, _)| self.reach.covers(Some(*id)));
        let house = self.reach.covers(None).then(|| Choice::new(HOUSE, ctx.l.t("deals-house")));
        covered.map(|(id, name)| Choice::new(id.to_string(), name)).chain(house).collect()
    }

    /// The company's currency, those with a rate, and the one the form has.
    pub(super) fn currency_choices(&self, ctx: &Ctx, form: &DealForm) -> Vec<Choice> {
        let mut codes = vec![ctx.company.currency.to_string()];
        let others = self.currencies.iter().map(String::as_str).chain(form.currency.as_deref());
        for code in others.filter(|code| !code.is_empty()) {
            if !codes.iter().any(|known| known == code) {
                codes.push(code.to_owned());
            }
        }
        codes.iter().map(|code| Choice::new(code, code)).collect()
    }

    /// A person's name.
    pub(super) fn name_of(&self, ctx: &Ctx, owner: &str) -> String {
        let known = self.people.iter().find(|(id, _)| id.to_string() == owner);
        known.map_or_else(|| ctx.l.t("deals-house"), |(_, name)| name.clone())
    }

    /// Fills in the costs that were left open: unit cost × pieces, in the deal's currency. A fault at `currency` when a
    /// rate is missing.
    pub(super) async fn price_costs(
        &self,
        conn: &mut PgConnection,
        company: Currency,
        deal: &mut CheckedDeal,
    ) -> Result<()> {
        for place in deal.open_costs.clone() {
            let Some(line) = deal.lines.get_mut(place) else { continue };
            let Some(product) = self.products.iter().find(|product| product.id == line.product) else {
                continue;
            };
            let cost = product.unit_cost.checked_mul(line.quantity).ok_or_else(|| too_large(place))?;
            line.cost = match Currency::parse(&product.currency) {
                Some(from) if from != deal.currency => {
                    let rate = cross_rate(conn, company, (from, deal.currency), deal.ordered_on).await?;
                    money::convert(cost, rate, from, deal.currency).map_err(|_| too_large(place))?
                }
                _ => cost,
            };
        }
        Ok(())
    }
}

fn too_large(place: usize) -> FormErrors {
    FormErrors::one(&format!("cost-{place}"), "error-amount-too-large")
}

/// Units of `to` for one of `from`, by way of the company's currency.
async fn cross_rate(
    conn: &mut PgConnection,
    company: Currency,
    (from, to): (Currency, Currency),
    on: NaiveDate,
) -> Result<Decimal> {
    let mut rates = [Decimal::ONE; 2];
    for (rate, currency) in rates.iter_mut().zip([from, to]) {
        if currency != company {
            *rate = booking::find_rate(conn, currency, on).await?;
        }
    }
    let [from, to] = rates;
    from.checked_div(to).ok_or_else(|| FormErrors::one("currency", "error-no-rate").into())
}
