//! The database server and the pool.
