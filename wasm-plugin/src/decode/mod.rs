//! Compressed bodies, decompressed as they flow.

mod brotli;
mod deflate;

/// Bytes that are decompressed at once: what is decompressed is read before there is more.
const STEP: usize = 16 << 10;

/// A body that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not what its header says, or breaks off.
    Broken,
    /// It becomes larger than bodies may be.
    Bomb,
}

/// What a body is compressed with.
pub(crate) enum Decoder {
    Deflate(deflate::Inflate),
    Brotli(brotli::Brotli),
}

impl Decoder {
    /// The decoder for a `content-encoding`: none for a body as it is, an error for what cannot be read.
    pub(crate) fn new(encoding: &str) -> Result<Option<Self>, Unknown> {
        let mut decoder = None;
        for name in encoding.split(',').map(|name| name.trim().to_ascii_lowercase()) {
            let next = match name.as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Decoder::Deflate(deflate::Inflate::gzip()),
                "deflate" => Decoder::Deflate(deflate::Inflate::zlib()),
                "br" => Decoder::Brotli(brotli::Brotli::new()),
                _ => return Err(Unknown),
            };
            // Twice compressed is for nobody but bombs.
            if decoder.replace(next).is_some() {
                return Err(Unknown);
            }
        }
        Ok(decoder)
    }

    /// Decompresses what comes next, piece by piece.
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
        match self {
            Decoder::Deflate(inflate) => inflate.push(bytes, sink),
            Decoder::Brotli(brotli) => brotli.push(bytes, sink),
        }
    }

    /// Whether the body may end here.
    pub(crate) fn finish(&self) -> Result<(), Fault> {
        let done = match self {
            Decoder::Deflate(inflate) => inflate.is_done(),
            Decoder::Brotli(brotli) => brotli.is_done(),
        };
        if done { Ok(()) } else { Err(Fault::Broken) }
    }
}

/// An encoding that cannot be undone here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unknown;

#[cfg(test)]
mod tests {
    use super::*;

    /// "a secret" three times, as gzip with a name in its header, zlib, raw deflate and brotli write it.
    fn samples() -> Vec<(&'static str, Vec<u8>)> {
        let deflated = miniz_oxide::deflate::compress_to_vec(TEXT, 6);
        let mut gzip = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, b'n', 0];
        gzip.extend(&deflated);
        gzip.extend(crc32fast::hash(TEXT).to_le_bytes());
        gzip.extend((TEXT.len() as u32).to_le_bytes());
        // A brotli stream of one metablock that is not compressed: window 16 bits, 24 bytes, and an empty last block.
        let mut brotli = ((TEXT.len() as u32 - 1) << 4 | 1 << 20).to_le_bytes()[..3].to_vec();
        brotli.extend(TEXT);
        brotli.push(3);
        vec![("gzip", gzip), ("deflate", miniz_oxide::deflate::compress_to_vec_zlib(TEXT, 6)), ("deflate", deflated), ("br", brotli)]
    }

    const TEXT: &[u8] = b"a secreta secreta secret";

    fn decode(encoding: &str, chunks: &[&[u8]], most: usize) -> Result<Vec<u8>, Fault> {
        let mut decoder = Decoder::new(encoding).unwrap().unwrap();
        let mut out = Vec::new();
        for chunk in chunks {
            decoder.push(chunk, &mut |bytes| {
                out.extend(bytes);
                if out.len() > most { Err(Fault::Bomb) } else { Ok(()) }
            })?;
        }
        decoder.finish().map(|()| out)
    }

    #[test]
    fn where_chunks_are_cut_changes_nothing() {
        for (encoding, bytes) in samples() {
            for cut in 0..=bytes.len() {
                let (a, b) = bytes.split_at(cut);
                assert_eq!(decode(encoding, &[a, b], 1000).as_deref(), Ok(TEXT), "{encoding} at {cut}");
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(decode(encoding, &single, 1000).as_deref(), Ok(TEXT), "{encoding}");
        }
    }

    #[test]
    fn what_breaks_off_or_is_changed_is_broken() {
        for (encoding, bytes) in samples() {
            for end in 0..bytes.len() {
                assert_eq!(decode(encoding, &[&bytes[..end]], 1000), Err(Fault::Broken), "{encoding} to {end}");
            }
            let mut longer = bytes.clone();
            longer.push(b'x');
            assert_eq!(decode(encoding, &[&longer], 1000), Err(Fault::Broken), "{encoding}");
        }
        let (_, mut gzip) = samples().swap_remove(0);
        let length = gzip.len();
        gzip[length - 5] ^= 1;
        assert_eq!(decode("gzip", &[&gzip], 1000), Err(Fault::Broken), "its checksum is wrong");
    }

    #[test]
    fn two_members_are_one_body() {
        let (_, gzip) = samples().swap_remove(0);
        let twice = [&gzip[..], &gzip].concat();
        assert_eq!(decode("gzip", &[&twice], 1000).unwrap(), [TEXT, TEXT].concat());
    }

    #[test]
    fn a_bomb_is_stopped() {
        let zeros = vec![0; 10 << 20];
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&zeros, 9);
        assert!(bomb.len() < 20_000);
        assert_eq!(decode("deflate", &[&bomb], 1 << 20), Err(Fault::Bomb));
    }

    #[test]
    fn an_encoding_is_known_or_refused() {
        assert!(matches!(Decoder::new(""), Ok(None)));
        assert!(matches!(Decoder::new(" Identity"), Ok(None)));
        assert!(matches!(Decoder::new("GZIP"), Ok(Some(Decoder::Deflate(_)))));
        for unknown in ["zstd", "gzip, br", "gzip,gzip", "compress", "aes128gcm"] {
            assert!(Decoder::new(unknown).is_err(), "{unknown}");
        }
    }
}
