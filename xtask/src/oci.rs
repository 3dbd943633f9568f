//! `oci`: the module as an image that Istio and Envoy Gateway load from a registry: one layer with `plugin.wasm` in it, in
//! the layout that tools such as oras, skopeo and crane push.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{shell, wasm};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// Arguments of `oci`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The module; built if none is given
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
    /// The folder to lay the image out in
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let module = args.module.clone().map_or_else(|| wasm::module(wasm::Module::Plugin), Ok)?;
    let out = args.out.clone().unwrap_or_else(|| shell::target().join("wasm").join("oci"));
    let bytes = fs::read(&module).map_err(|error| format!("{}: {error}", module.display()))?;
    let digest = lay_out(&bytes, &out)?;
    println!("{}: {digest}", out.display());
    println!("push it: oras cp --from-oci-layout {}:latest REGISTRY/tamis:latest", out.display());
    Ok(())
}

/// Writes the image, and names its manifest.
fn lay_out(module: &[u8], out: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    let blobs = out.join("blobs").join("sha256");
    if out.exists() {
        fs::remove_dir_all(out).map_err(failed)?;
    }
    fs::create_dir_all(&blobs).map_err(failed)?;
    let store = |media: &str, bytes: &[u8]| -> Result<Value, String> {
        let digest = sha256(bytes);
        fs::write(blobs.join(&digest), bytes).map_err(failed)?;
        Ok(json!({"mediaType": media, "digest": format!("sha256:{digest}"), "size": bytes.len()}))
    };
    let archive = tar("plugin.wasm", module);
    let layer = store(LAYER, &gzip(&archive))?;
    let config = json!({
        "architecture": "wasm",
        "os": "wasip1",
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sha256(&archive))]},
        "config": {},
    });
    let config = store(CONFIG, config.to_string().as_bytes())?;
    let annotations = json!({
        "org.opencontainers.image.title": "tamis",
        "org.opencontainers.image.version": env!("CARGO_PKG_VERSION"),
        "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
    });
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer], "annotations": annotations});
    let mut manifest = store(MANIFEST, manifest.to_string().as_bytes())?;
    let digest = manifest["digest"].as_str().unwrap_or_default().to_owned();
    manifest["annotations"] = json!({"org.opencontainers.image.ref.name": "latest"});
    let index = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest]});
    fs::write(out.join("index.json"), index.to_string()).map_err(failed)?;
    fs::write(out.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).map_err(failed)?;
    Ok(digest)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An archive of one file, the same bytes whenever it is made.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\0");
    put(263, "00");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut archive = header.to_vec();
    archive.extend(content);
    // Blocks are filled up, and two empty ones end an archive.
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
    out.extend(miniz_oxide::deflate::compress_to_vec(bytes, 9));
    out.extend(crc32fast::hash(bytes).to_le_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "the format wants it modulo 2^32")]
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_names_a_blob() {
        let folder = tempfile::tempdir().unwrap();
        let digest = lay_out(b"\0asm module", &folder.path().join("image")).unwrap();
        let blob = |digest: &str| fs::read(folder.path().join("image/blobs/sha256").join(digest.trim_start_matches("sha256:"))).unwrap();
        let manifest: Value = serde_json::from_slice(&blob(&digest)).unwrap();
        let layer = blob(manifest["layers"][0]["digest"].as_str().unwrap());
        assert_eq!(manifest["layers"][0]["size"], layer.len());
        let archive = miniz_oxide::inflate::decompress_to_vec(&layer[10..layer.len() - 8]).unwrap();
        assert_eq!((&archive[..11], &archive[512..524]), (&b"plugin.wasm"[..], &b"\0asm module\0"[..]));
        let config: Value = serde_json::from_slice(&blob(manifest["config"]["digest"].as_str().unwrap())).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"][0], format!("sha256:{}", sha256(&archive)));
    }
}
