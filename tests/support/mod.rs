//! What tests share.

pub mod api;
pub mod db;
pub mod dice;
pub mod imports;
pub mod process;
pub mod sound;
pub mod world;
