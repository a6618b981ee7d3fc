//! The organisation: the company and its settings, departments, people, and who belonged where on any date.
//!
//! Example: Maja joins Sales North on 1 March and moves to Sales South on 1 October. Two memberships stand beside
//! each other in time; what she sold in May stays with Sales North.

pub mod company;
mod company_store;
pub mod departments;
mod forms;
pub mod memberships;
pub mod people;
pub mod policy;
mod settings;

pub use company::Company;
pub use departments::{
    DepartmentKind, DepartmentView, NewDepartment, create_department, departments, find_department,
};
pub use memberships::{MembershipId, join, leave, transfer};
pub use people::{EmployeeView, NewEmployee, PersonOn, create_employee, find_employee, people_on};

use crate::web::routes::{Gate, Routes};
use departments::pages as department;
use memberships::pages as membership;
use people::{account, list, pages as person};
use settings::{calendar, pages as setting, rates};

/// People, departments and settings.
pub fn routes() -> Routes {
    people_routes()
        .get("/admin/departments", Gate::Admin, department::index)
        .get("/admin/departments.csv", Gate::Admin, department::csv)
        .get("/admin/departments/new", Gate::Admin, department::new)
        .post("/admin/departments", Gate::Admin, department::create)
        .get("/admin/departments/{id}", Gate::Admin, department::show)
        .get("/admin/departments/{id}/edit", Gate::Admin, department::edit)
        .post("/admin/departments/{id}", Gate::Admin, department::update)
        .get("/admin/settings", Gate::Admin, setting::show)
        .post("/admin/settings", Gate::Admin, setting::update)
        .post("/admin/settings/holidays", Gate::Admin, calendar::add)
        .post("/admin/settings/holidays/remove", Gate::Admin, calendar::remove)
        .post("/admin/settings/holidays/swedish", Gate::Admin, calendar::add_swedish)
        .post("/admin/settings/rates", Gate::Admin, rates::add)
        .post("/admin/settings/rates/remove", Gate::Admin, rates::remove)
}

fn people_routes() -> Routes {
    Routes::new()
        .get("/people/{id}", Gate::SignedIn, person::colleague)
        .get("/admin/people", Gate::Admin, list::index)
        .get("/admin/people.csv", Gate::Admin, list::csv)
        .get("/admin/people/new", Gate::Admin, person::new)
        .post("/admin/people", Gate::Admin, person::create)
        .get("/admin/people/{id}", Gate::Admin, person::show)
        .get("/admin/people/{id}/edit", Gate::Admin, person::edit)
        .post("/admin/people/{id}", Gate::Admin, person::update)
        .post("/admin/people/{id}/transfer", Gate::Admin, membership::move_person)
        .post("/admin/people/{id}/memberships", Gate::Admin, membership::restore)
        .get("/admin/memberships/{id}", Gate::Admin, membership::edit)
        .post("/admin/memberships/{id}", Gate::Admin, membership::update)
        .post("/admin/memberships/{id}/remove", Gate::Admin, membership::delete)
        .post("/admin/people/{id}/account", Gate::Admin, account::invite)
        .post("/admin/people/{id}/account/link", Gate::Admin, account::link)
        .post("/admin/people/{id}/account/role", Gate::Admin, account::change_role)
        .post("/admin/people/{id}/account/disable", Gate::Admin, account::disable)
        .post("/admin/people/{id}/account/enable", Gate::Admin, account::enable)
}
