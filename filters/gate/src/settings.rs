//! What rewriting and recording have to know.

use crate::fingerprint::FingerprintKey;
use crate::frame::Frame;
use crate::mode::Mode;
use crate::selection::{Selection, Threshold};
use crate::token::Tokenizer;

/// How findings are chosen, named and rewritten.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which findings count. Bytes of the others are text.
    pub selection: Selection,
    /// What stands in a secret's place.
    pub mode: Mode,
    /// The shape of the stream.
    pub frame: Frame,
    /// The key of the fingerprints.
    pub key: FingerprintKey,
    /// What makes tokens. Without it, [`Mode::Tokenize`] leaves labels.
    pub tokens: Option<Tokenizer>,
}

impl Default for Settings {
    /// Labels, for findings of medium confidence and above, in a stream of whatever shape.
    fn default() -> Self {
        let selection = Selection::new(Threshold::default());
        Settings { selection, mode: Mode::default(), frame: Frame::default(), key: FingerprintKey::default(), tokens: None }
    }
}
