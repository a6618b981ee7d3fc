//! What tests share.

pub mod db;
pub mod process;
pub mod world;
