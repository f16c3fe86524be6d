//! newsgrep keeps a journalist's clippings for good, cleans them, and finds them again in French, without a server.
//!
//! The rooms stand in the order in which data passes through them; each uses only those before it.

pub mod date;
pub mod french;

pub mod article;
pub mod problem;

pub mod fault;

pub mod read;

pub mod clean;

pub mod archive;

pub mod query;

pub mod index;

pub mod search;

pub mod output;

pub mod ingest;

pub mod cli;
