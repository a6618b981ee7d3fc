//! What tests share.

pub mod db;
pub mod imports;
pub mod process;
pub mod world;
