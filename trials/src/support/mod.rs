//! What every trial needs: the program as a process, a client for it, and figures of many measurements.

pub mod client;
pub mod home;
pub mod process;
pub mod server;
pub mod stats;
