//! The tests of Pacemark, in one binary.

mod attainment_rules;
