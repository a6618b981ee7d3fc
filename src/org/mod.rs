//! The organisation: the company and its settings, departments, people, and who belonged where on any date.

pub mod company;

pub use company::Company;
