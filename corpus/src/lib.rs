//! The test kit: what rules, engine and benches are tried on.
//!
//! Nothing here is a real secret, and no live-looking one stands in a file: all are made at run time, the same ones from
//! the same seed.
//!
//! A [`case::Case`] is stated once; a [`modes::Lab`] runs it whole, in pieces of every kind, with every classifier and by
//! the reference, and all must tell the same. [`oracle`] says what holds for any text; tests and fuzz targets share it.

pub mod case;
mod complete;
pub mod contexts;
pub mod external;
pub mod flood;
pub mod member;
pub mod mixture;
pub mod modes;
pub mod oracle;
pub mod random;
pub mod template;
pub mod trace;
