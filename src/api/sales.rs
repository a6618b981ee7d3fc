//! `/api/v1/sales`: sales that the token's owner may see, and logging new ones.

use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use utoipa::IntoParams;

use super::envelope::List;
use super::query::{Paging, Params, Query, Read};
use super::sale::SaleItem;
use super::sale_store::{self as store, SaleFilter};
use crate::error::{Found, Result};
use crate::goals::Viewer;
use crate::kernel::id::DealId;
use crate::web::context::Ctx;

/// Which sales.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SalesQuery {
    /// Only orders of this day or later.
    #[param(required = false, value_type = NaiveDate, example = "2026-10-01")]
    pub from: Option<NaiveDate>,
    /// Only orders of this day or earlier.
    #[param(required = false, value_type = NaiveDate, example = "2026-12-31")]
    pub to: Option<NaiveDate>,
    /// Only sales of this person.
    #[param(required = false, value_type = String, max_length = 200, example = "E-1042")]
    pub employee_no: Option<String>,
    /// Only sales to this customer.
    #[param(required = false, value_type = String, max_length = 200, example = "C-2001")]
    pub customer_no: Option<String>,
    /// Only sales from this system.
    #[param(required = false, value_type = String, max_length = 200, example = "erp")]
    pub source: Option<String>,
    /// Only sales with this number.
    #[param(required = false, value_type = String, max_length = 200, example = "SO-2026-1187")]
    pub order_no: Option<String>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for SalesQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            from: params.date("from"),
            to: params.date("to"),
            employee_no: params.text("employee_no"),
            customer_no: params.text("customer_no"),
            source: params.text("source"),
            order_no: params.text("order_no"),
            limit,
            cursor: after,
        })
    }
}

/// List sales
///
/// In order of id, so that a reader who keeps the cursor gets only what is new. Those of people that the
/// token's owner may see, by ownership or by a share.
#[utoipa::path(get, path = "/api/v1/sales", operation_id = "list_sales", tag = "Sales", params(SalesQuery),
    responses((status = 200, description = "A page of sales", body = List<SaleItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<SalesQuery>) -> Result<Json<List<SaleItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let filter = SaleFilter {
        id: None,
        from: query.from,
        to: query.to,
        employee_no: query.employee_no,
        customer_no: query.customer_no,
        source: query.source,
        order_no: query.order_no,
    };
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let rows = store::list(&mut *ctx.app.read().await?, viewer, &filter, paging).await?;
    Ok(Json(List::page(rows, paging.len(), |row| row.id.0, SaleItem::from)))
}

/// Show one sale
#[utoipa::path(get, path = "/api/v1/sales/{id}", operation_id = "show_sale", tag = "Sales",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    responses((status = 200, description = "The sale", body = SaleItem),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Json<SaleItem>> {
    let id: DealId = id.parse().ok().found()?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let filter = SaleFilter { id: Some(id), ..SaleFilter::default() };
    let one = Paging { after: 0, limit: 1 };
    let sale = store::list(&mut *ctx.app.read().await?, viewer, &filter, one).await?.pop().found()?;
    Ok(Json(sale.into()))
}
