//! The organisation: the company and its settings, departments, people, and who belonged where on any date.
//!
//! Example: Maja joins Sales North on 1 March and moves to Sales South on 1 October. Two memberships stand beside
//! each other in time; what she sold in May stays with Sales North.

pub mod company;
mod company_store;
pub mod departments;
pub mod memberships;
pub mod people;

pub use company::Company;
pub use departments::{
    DepartmentKind, DepartmentView, NewDepartment, create_department, departments, find_department,
};
pub use memberships::{MembershipId, join, leave, transfer};
pub use people::{EmployeeView, NewEmployee, PersonOn, create_employee, find_employee, people_on};
