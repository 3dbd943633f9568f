//! The examples of the guide, kept compiling and right.

#![doc = include_str!("../../../docs/guide.md")]
