//! The organisation: the company and its settings, departments, people, and who belonged where on any date.
//!
//! Example: Maja joins Sales North on 1 March and moves to Sales South on 1 October. Two memberships stand beside
//! each other in time; what she sold in May stays with Sales North.

mod calendar_store;
pub mod company;
mod company_store;
pub mod departments;
mod forms;
pub mod memberships;
pub mod organisation;
mod organisation_store;
pub mod people;
pub mod policy;
mod settings;

pub use company::Company;
pub use departments::{
    DepartmentKind, DepartmentView, NewDepartment, create_department, departments, find_department,
};
pub use memberships::{MembershipId, join, leave, transfer};
pub use organisation::{Organisation, Person, Viewer};
pub use people::{EmployeeView, NewEmployee, PersonOn, create_employee, find_employee};

use crate::web::routes::{Gate, Routes};
use departments::{list as department_list, pages as department};
use memberships::pages as membership;
use people::{account, list, pages as person};
use settings::{calendar, holiday_list, pages as setting, rate_list, rates};

/// People, departments and settings.
pub fn routes() -> Routes {
    people_routes()
        .get("/admin/departments", Gate::Admin, department_list::index)
        .get("/admin/departments.csv", Gate::Admin, department_list::csv)
        .get("/admin/departments/new", Gate::Admin, department::new)
        .post("/admin/departments", Gate::Admin, department::create)
        .get("/admin/departments/{id}", Gate::Admin, department::show)
        .get("/admin/departments/{id}/edit", Gate::Admin, department::edit)
        .post("/admin/departments/{id}", Gate::Admin, department::update)
        .get("/admin/settings", Gate::Admin, setting::show)
        .post("/admin/settings", Gate::Admin, setting::update)
        .get("/admin/settings/holidays", Gate::Admin, holiday_list::index)
        .get("/admin/settings/holidays.csv", Gate::Admin, holiday_list::csv)
        .post("/admin/settings/holidays", Gate::Admin, calendar::add)
        .post("/admin/settings/holidays/remove", Gate::Admin, calendar::remove)
        .post("/admin/settings/holidays/swedish", Gate::Admin, calendar::add_swedish)
        .get("/admin/settings/rates", Gate::Admin, rate_list::index)
        .get("/admin/settings/rates.csv", Gate::Admin, rate_list::csv)
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
        .post("/admin/people/{id}/transfer/undo", Gate::Admin, membership::undo_move)
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
