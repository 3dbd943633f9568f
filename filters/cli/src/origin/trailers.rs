//! The trailers of a commit's message: `Key: value` lines in its last paragraph.

/// The trailers, in order, with lines that go on joined by a space. As git does, a paragraph counts that is not the
/// title and holds nothing else, or a quarter of them with a line that git itself writes.
pub(super) fn trailers(message: &str) -> Vec<(&str, String)> {
    let lines: Vec<&str> = message.trim_end().lines().collect();
    let Some(blank) = lines.iter().rposition(|line| line.trim().is_empty()) else { return Vec::new() };
    let mut found: Vec<(&str, String)> = Vec::new();
    let (mut others, mut from_git) = (0, false);
    for line in &lines[blank + 1..] {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((key, value)) = trailer(line) {
            from_git |= key.eq_ignore_ascii_case("signed-off-by");
            found.push((key, value.to_owned()));
        } else if line.starts_with("(cherry picked from commit ") {
            from_git = true;
        } else {
            others += 1;
        }
    }
    let counts = others == 0 || from_git && found.len() * 3 >= others;
    if counts { found } else { Vec::new() }
}

fn trailer(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim_end();
    let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_key.then(|| (key, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(message: &str) -> Vec<String> {
        trailers(message).into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn only_the_last_paragraph_counts() {
        assert_eq!(keys("Title\n\nFixes: not one\nbut prose\n\nA: b\nSigned-off-by: X <x@y>\n"), ["A=b", "Signed-off-by=X <x@y>"]);
        assert_eq!(keys("Title: as such\n"), Vec::<String>::new());
        assert_eq!(keys("Title\n\nNote: this\nis prose\n"), Vec::<String>::new());
        assert_eq!(keys("T\r\n\r\nA: b\r\n  and c\r\n"), ["A=b and c"]);
        assert_eq!(keys("T\n\nsee below\nSigned-off-by: X\nB: c\n"), ["Signed-off-by=X", "B=c"]);
        assert_eq!(keys(""), Vec::<String>::new());
    }
}
