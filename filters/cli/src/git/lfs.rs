//! Pointers of Git LFS: small blobs that stand for files kept elsewhere.

use std::path::{Path, PathBuf};

/// The name of what the blob points to, if it is a pointer.
pub(super) fn pointer(blob: &[u8]) -> Option<String> {
    if blob.len() >= 1024 || !blob.starts_with(b"version https://git-lfs.github.com/spec/v1") {
        return None;
    }
    let text = std::str::from_utf8(blob).ok()?;
    let digits = text.lines().find_map(|line| line.trim_end().strip_prefix("oid sha256:"))?;
    (digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| digits.to_owned())
}

/// Where that is kept if it was fetched.
pub(super) fn path(git_dir: &Path, name: &str) -> PathBuf {
    git_dir.join("lfs/objects").join(&name[..2]).join(&name[2..4]).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_recognised() {
        let name = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
        let blob = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize 12345\n");
        assert_eq!(pointer(blob.as_bytes()).as_deref(), Some(name));
        assert_eq!(pointer(blob.replace("sha256:4", "sha256:/").as_bytes()), None);
        assert_eq!(pointer(b"version https://git-lfs.github.com/spec/v1\n"), None);
        assert_eq!(path(Path::new(".git"), name), Path::new(".git/lfs/objects/4d/7a").join(name));
    }
}
