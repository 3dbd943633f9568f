//! Where rewritten bytes go.

/// Takes rewritten bytes, in order. It cannot fail: whoever does I/O collects the bytes here and writes them out
/// between two pushes, where errors have somewhere to go.
pub trait Output {
    /// Takes the next bytes.
    fn write(&mut self, bytes: &[u8]);
}

impl Output for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl<O: Output> Output for &mut O {
    fn write(&mut self, bytes: &[u8]) {
        (**self).write(bytes);
    }
}
