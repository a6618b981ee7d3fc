//! The company's lists, for programs that need the numbers and codes: departments, people, products, customers.

use axum::Json;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::envelope::{Amount, List};
use super::query::{Paging, Params, Query, Read};
use super::store;
use crate::auth::Role;
use crate::error::Result;
use crate::goals::Viewer;
use crate::web::context::Ctx;

/// A department.
#[derive(Serialize, ToSchema)]
pub struct DepartmentItem {
    /// Its code.
    #[schema(example = "NORTH")]
    pub code: String,
    /// Its name.
    #[schema(example = "Sales North")]
    pub name: String,
    /// What it does: `company` for the root, else `sales`, `production` and so on.
    #[schema(example = "sales")]
    pub kind: String,
    /// Code of the department above it; null for the company.
    #[schema(example = "NORDHEM")]
    pub parent: Option<String>,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub struct EmployeeItem {
    /// Their number.
    #[schema(example = "E-1042")]
    pub employee_no: String,
    /// Their name.
    #[schema(example = "Elias Sandberg")]
    pub name: String,
    /// What they do; may be empty.
    #[schema(example = "Account manager")]
    pub job_title: String,
    /// Code of the department they belong to today.
    #[schema(example = "NORTH")]
    pub department: Option<String>,
}

/// A product.
#[derive(Serialize, ToSchema)]
pub struct ProductItem {
    /// Its number.
    #[schema(example = "F400")]
    pub sku: String,
    /// Its name.
    #[schema(example = "FTX 400")]
    pub name: String,
    /// Its category; goals may count one category only.
    #[schema(example = "Heat recovery")]
    pub category: String,
    /// Its subcategory; may be empty.
    #[schema(example = "")]
    pub subcategory: String,
    /// Cost of one.
    pub unit_cost: Amount,
    /// Price of one.
    pub list_price: Amount,
    /// Whether it is offered for new deals.
    pub active: bool,
}

/// A customer.
#[derive(Serialize, ToSchema)]
pub struct CustomerItem {
    /// Their number.
    #[schema(example = "C-2001")]
    pub customer_no: String,
    /// Their name.
    #[schema(example = "Holmen Skog")]
    pub name: String,
    /// Kind of customer; may be empty.
    #[schema(example = "Industry")]
    pub segment: String,
    /// Where they are; may be empty.
    #[schema(example = "Norrland")]
    pub region: String,
}

/// The query of a plain list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for PageQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self { limit, cursor: after })
    }
}

impl PageQuery {
    /// The page that is asked for.
    pub const fn paging(&self) -> Paging {
        Paging { limit: self.limit, after: self.cursor }
    }
}

/// Who is asked for in the organisation: HR reads all of it, beside those who read every figure.
fn organisation_viewer(ctx: &Ctx) -> Viewer {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    Viewer { everyone: viewer.everyone || ctx.actor.role == Role::Hr, ..viewer }
}

/// List departments
///
/// All of them for administrators, executives, finance and HR; for others the company, their own with
/// those above it, and those they lead.
#[utoipa::path(get, path = "/api/v1/departments", operation_id = "list_departments", tag = "Company", params(PageQuery),
    responses((status = 200, description = "A page of departments", body = List<DepartmentItem>)))]
pub async fn departments(ctx: Ctx, Query(query): Query<PageQuery>) -> Result<Json<List<DepartmentItem>>> {
    let paging = query.paging();
    let rows =
        store::list_departments(&mut *ctx.app.read().await?, organisation_viewer(&ctx), paging).await?;
    Ok(Json(List::page(rows, paging.len(), |row| row.0, |row| row.1)))
}

/// List people
///
/// All of them for administrators, executives, finance and HR; for others themselves and the people of the
/// departments they lead.
#[utoipa::path(get, path = "/api/v1/employees", operation_id = "list_employees", tag = "Company", params(PageQuery),
    responses((status = 200, description = "A page of people", body = List<EmployeeItem>)))]
pub async fn employees(ctx: Ctx, Query(query): Query<PageQuery>) -> Result<Json<List<EmployeeItem>>> {
    let paging = query.paging();
    let rows = store::list_employees(&mut *ctx.app.read().await?, organisation_viewer(&ctx), paging).await?;
    Ok(Json(List::page(rows, paging.len(), |row| row.0, |row| row.1)))
}

/// List products
#[utoipa::path(get, path = "/api/v1/products", operation_id = "list_products", tag = "Company", params(PageQuery),
    responses((status = 200, description = "A page of products", body = List<ProductItem>)))]
pub async fn products(ctx: Ctx, Query(query): Query<PageQuery>) -> Result<Json<List<ProductItem>>> {
    let paging = query.paging();
    let rows = store::list_products(&mut *ctx.app.read().await?, paging).await?;
    Ok(Json(List::page(rows, paging.len(), |row| row.0, |row| row.1)))
}

/// List customers
#[utoipa::path(get, path = "/api/v1/customers", operation_id = "list_customers", tag = "Company", params(PageQuery),
    responses((status = 200, description = "A page of customers", body = List<CustomerItem>)))]
pub async fn customers(ctx: Ctx, Query(query): Query<PageQuery>) -> Result<Json<List<CustomerItem>>> {
    let paging = query.paging();
    let rows = store::list_customers(&mut *ctx.app.read().await?, paging).await?;
    Ok(Json(List::page(rows, paging.len(), |row| row.0, |row| row.1)))
}
