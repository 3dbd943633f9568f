//! The test kit: what rules, engine and benches are tried on.
//!
//! Nothing here is a real secret, and no live-looking one stands in a file: all are made at run time, the same ones from
//! the same seed.

mod complete;
pub mod external;
pub mod member;
pub mod random;
pub mod template;
