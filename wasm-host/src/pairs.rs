//! Header maps as bytes: the number of pairs, the lengths of names and values, then all of them, each with a zero byte.

/// From pairs to bytes.
pub(crate) fn encode(pairs: &[(String, String)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes();
    bytes.extend(u32::try_from(pairs.len()).unwrap_or(u32::MAX).to_le_bytes());
    for (name, value) in pairs {
        bytes.extend(length(name));
        bytes.extend(length(value));
    }
    for (name, value) in pairs {
        for text in [name, value] {
            bytes.extend(text.as_bytes());
            bytes.push(0);
        }
    }
    bytes
}

/// From bytes to pairs; `None` where lengths and bytes do not agree.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let Some((count, rest)) = bytes.split_first_chunk() else { return bytes.is_empty().then(Vec::new) };
    let count = u32::from_le_bytes(*count) as usize;
    let (lengths, mut texts) = rest.split_at_checked(count.checked_mul(8)?)?;
    let mut take = |length: &[u8]| {
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let (text, rest) = texts.split_at_checked(length)?;
        texts = rest.get(1..)?;
        Some(String::from_utf8_lossy(text).into_owned())
    };
    lengths.chunks_exact(8).map(|pair| Some((take(&pair[..4])?, take(&pair[4..])?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_back() {
        let pairs = vec![(":path".to_owned(), "/v1".to_owned()), ("empty".to_owned(), String::new())];
        assert_eq!(decode(&encode(&pairs)), Some(pairs.clone()));
        assert_eq!(decode(&[]), Some(Vec::new()));
        let whole = encode(&pairs);
        assert!((1..whole.len()).all(|end| decode(&whole[..end]).is_none()));
    }
}
