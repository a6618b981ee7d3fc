//! What sales refer to by number: customers, products and people, looked up for any number of sales at once.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::sale::Sale;
use super::sale_store::{self as store, Asked, People};
use crate::error::{AppError, Result};
use crate::goals::Viewer;
use crate::kernel::id::{CustomerId, ProductId};
use crate::sales::{DealDraft, LineDraft, Share};
use crate::web::form::FormErrors;

/// What was found.
pub(super) struct Known {
    customers: HashMap<String, CustomerId>,
    products: HashMap<String, ProductId>,
    people: People,
}

impl Known {
    /// Looks up what `sales` refer to, each for the one who sends it.
    pub(super) async fn find(conn: &mut PgConnection, sales: &[(Viewer, &Sale)]) -> Result<Self> {
        let (customers, skus, people) = references(sales);
        Ok(Self {
            customers: store::find_customers(conn, &customers).await?,
            products: store::find_products(conn, &skus).await?,
            people: store::find_people(conn, &people).await?,
        })
    }

    /// The deal behind a sale, with ids for numbers. The owner must be somebody the viewer sees; shares may go to
    /// anybody.
    pub(super) fn draft(&self, viewer: Viewer, sale: &Sale) -> Result<DealDraft> {
        let mut errors = FormErrors::default();
        let customer = self.customers.get(&sale.customer_no).copied();
        let customer = errors.check("customer_no", customer.ok_or("api-unknown-customer"));
        let owner = sale.employee_no.as_ref().and_then(|number| {
            let seen = self.people.get(&Asked::new(viewer, number)).filter(|(_, visible)| *visible);
            errors.check("employee_no", seen.map(|(id, _)| *id).ok_or("api-unknown-employee"))
        });
        let lines = self.lines(&mut errors, sale);
        let shares = self.shares(&mut errors, viewer, sale);
        let draft = customer.map(|customer| DealDraft {
            source: sale.source.clone(),
            order_no: Some(sale.order_no.clone()),
            customer,
            owner,
            ordered_on: sale.ordered_on,
            currency: sale.currency,
            channel: String::new(),
            note: String::new(),
            lines,
            shares,
            form_key: None,
        });
        errors.or(draft).map_err(AppError::Invalid)
    }

    fn lines(&self, errors: &mut FormErrors, sale: &Sale) -> Vec<LineDraft> {
        let lines = sale.lines.iter().enumerate().filter_map(|(i, line)| {
            let product = self.products.get(&line.sku).copied().ok_or("api-unknown-product");
            Some(LineDraft {
                line_no: line.number,
                product: errors.check(&format!("lines[{i}].sku"), product)?,
                quantity: line.quantity,
                amount: line.amount,
                cost: line.cost,
                promised_on: None,
                delivered_on: None,
            })
        });
        lines.collect()
    }

    fn shares(&self, errors: &mut FormErrors, viewer: Viewer, sale: &Sale) -> Vec<Share> {
        let rows = sale.credits.iter().enumerate().filter_map(|(i, credit)| {
            let person = self.people.get(&Asked::new(viewer, &credit.employee_no)).map(|(id, _)| *id);
            let employee =
                errors.check(&format!("credits[{i}].employee_no"), person.ok_or("api-unknown-employee"))?;
            Some(Share { employee, kind: credit.kind, share_bp: credit.share_bp })
        });
        rows.collect()
    }
}

/// Customer numbers, product numbers and people that sales refer to.
fn references(sales: &[(Viewer, &Sale)]) -> (Vec<String>, Vec<String>, Vec<Asked>) {
    let (mut customers, mut skus, mut people) = (Vec::new(), Vec::new(), Vec::new());
    for (viewer, sale) in sales {
        customers.push(sale.customer_no.clone());
        skus.extend(sale.lines.iter().map(|line| line.sku.clone()));
        let credited = sale.credits.iter().map(|credit| &credit.employee_no);
        people.extend(sale.employee_no.iter().chain(credited).map(|number| Asked::new(*viewer, number)));
    }
    (customers, skus, people)
}
