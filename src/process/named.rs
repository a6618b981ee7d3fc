//! The filters of lists that name a person, a department or a product, for the tags above the list.

use sqlx::PgConnection;

use super::Sight;
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId, ProductId};
use crate::org::Viewer;
use crate::products;
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::ui::Choice;

/// The one choice that an address makes of each kind, with its name; none where it makes none, or of nothing that the reader sees.
pub struct Named {
    /// `person=7`
    pub person: Vec<Choice>,
    /// `department=3`
    pub department: Vec<Choice>,
    /// `product=12`
    pub product: Vec<Choice>,
}

impl Named {
    /// Those of an address.
    pub async fn of(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<Self> {
        let organisation = &ctx.company.organisation;
        let choice = |parameter: &str, name: Option<String>| -> Vec<Choice> {
            name.map(|name| Choice::new(query.text(parameter), name)).into_iter().collect()
        };
        let viewer = Viewer::new(&ctx.actor, ctx.today);
        let sight = Sight::new(organisation, &ctx.actor, viewer);
        let inside = organisation.visible_departments(viewer);
        let person = query.parsed("person").map(EmployeeId).filter(|id| sight.shows([*id]));
        let person = person.and_then(|id| organisation.person(id));
        let department = query.parsed("department").map(DepartmentId);
        let department = department.filter(|id| sight.only().is_none() || inside.contains(id));
        let department = department.and_then(|id| organisation.department(id));
        let product = match query.parsed("product").map(ProductId) {
            Some(id) => products::names(conn).await?.remove(&id),
            None => None,
        };
        Ok(Self {
            person: choice("person", person.map(|person| person.name.clone())),
            department: choice("department", department.map(|department| department.name.clone())),
            product: choice("product", product),
        })
    }
}
