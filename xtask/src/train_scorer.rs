//! `corpus train`: the weights of the learned scorer, from generated assignments and labelled repositories.
//!
//! Deterministic: the same data give the same table, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tamis_corpus::external::{Candidate, Candidates, Truth, features};
use tamis_corpus::random::Rng;
use tamis_engine::{FEATURES, Scanner};

/// Repositories are dealt to so many parts, each of which is tested with the weights that the others give.
const FOLDS: usize = 5;
/// Rounds over all examples.
const ROUNDS: usize = 400;
/// How much a weight is pulled to zero, in examples.
const PULL: f64 = 1.0;
/// What a nat is in the table.
const PER_NAT: f64 = 256.0;
/// How much a false alarm costs, a missed secret being 1.
const WRONG: f64 = 1.0;
/// The same for a finding that nobody looked at, and for one in a tree without secrets.
const UNREVIEWED: f64 = 0.1;
const CLEAN: f64 = 1.0;
/// How much a generated example counts.
const GENERATED: f64 = 0.1;

/// An example to learn from.
struct Example {
    features: Vec<u16>,
    secret: bool,
    weight: f64,
}

/// Trains and prints how well the weights do on repositories they were not made from; writes the table to `out`.
pub(crate) fn run(dev: Option<&Path>, clean: &[PathBuf], out: Option<&Path>, scanner: &Scanner) -> Result<(), String> {
    let mut common = generated(scanner);
    println!("{} generated examples", common.len());
    for tree in clean {
        add_clean(tree, scanner, &mut common)?;
    }
    println!("{} examples with those of the trees without secrets", common.len());
    let labelled = match dev {
        Some(dev) => Candidates::labelled(&dev.join("creddata"), scanner)?,
        None => Candidates::default(),
    };
    if dev.is_none() {
        println!("notice: no labelled repositories, trained on generated examples alone");
    } else {
        validate(&labelled, &common);
    }
    let weights = train(common.iter().chain(&examples(&labelled, |_| true)));
    if dev.is_some() {
        println!("{:24} {}", "on what it was made from", outcome(&labelled, |_| true, |c| sum(&weights, c) > 0));
    }
    let Some(out) = out else { return Ok(()) };
    let table: Vec<u8> = weights.iter().flat_map(|w| w.to_le_bytes()).collect();
    fs::write(out, table).map_err(|e| format!("cannot write {}: {e}", out.display()))
}

/// The examples of the repositories that are wanted.
fn examples(labelled: &Candidates, wanted: impl Fn(&str) -> bool) -> Vec<Example> {
    let example = |c: &Candidate| {
        let weight = match c.truth {
            Truth::Right => 1.0,
            Truth::Wrong => WRONG,
            Truth::Unreviewed => UNREVIEWED,
        };
        Some(Example { features: c.features.clone()?, secret: c.truth == Truth::Right, weight })
    };
    labelled.all.iter().filter(|c| wanted(&c.repo)).filter_map(example).collect()
}

fn fold_of(repo: &str) -> usize {
    repo.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)) as usize % FOLDS
}

/// Tests each part of the repositories with the weights that the others give.
fn validate(labelled: &Candidates, common: &[Example]) {
    println!("{:24} {}", "today's weights", outcome(labelled, |_| true, |c| c.reported));
    let mut tables = Vec::new();
    for fold in 0..FOLDS {
        let weights = train(common.iter().chain(&examples(labelled, |repo| fold_of(repo) != fold)));
        println!("{:24} {}", format!("part {}", fold + 1), outcome(labelled, |r| fold_of(r) == fold, |c| sum(&weights, c) > 0));
        tables.push(weights);
    }
    for least in [-512, -256, -128, 0, 128, 256, 512] {
        let decide = |c: &Candidate| sum(&tables[fold_of(&c.repo)], c) > least;
        println!("{:24} {}", format!("all parts, above {least}"), outcome(labelled, |_| true, decide));
    }
}

fn sum(weights: &[i16], candidate: &Candidate) -> i32 {
    candidate.features.iter().flatten().map(|f| i32::from(weights[usize::from(*f)])).sum()
}

/// Recall, precision and F1 with this decision about what the scorer decides.
fn outcome(labelled: &Candidates, wanted: impl Fn(&str) -> bool, decide: impl Fn(&Candidate) -> bool) -> String {
    let (mut right, mut wrong, mut hits) = (0, 0, BTreeSet::<usize>::new());
    for candidate in labelled.all.iter().filter(|c| wanted(&c.repo)) {
        let reported = if candidate.features.is_some() { decide(candidate) } else { candidate.reported };
        if !reported {
            continue;
        }
        right += usize::from(candidate.truth == Truth::Right);
        wrong += usize::from(candidate.truth == Truth::Wrong);
        hits.extend(&candidate.hits);
    }
    let all: usize = labelled.secrets.iter().filter(|(repo, _)| wanted(repo)).map(|(_, n)| n).sum();
    let recall = hits.len() as f64 / all.max(1) as f64;
    let precision = right as f64 / (right + wrong).max(1) as f64;
    let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
    format!("recall {recall:.3} precision {precision:.3} f1 {f1:.3} ({all} secrets, {right} right, {wrong} wrong)")
}

/// Logistic regression by gradient descent with a step of its own for each weight, all in fixed order.
fn train<'a>(examples: impl Iterator<Item = &'a Example>) -> Vec<i16> {
    // Equal examples count together: there are few kinds.
    let mut kinds: BTreeMap<&[u16], [f64; 2]> = BTreeMap::new();
    for example in examples {
        kinds.entry(&example.features).or_default()[usize::from(example.secret)] += example.weight;
    }
    let mut weights = vec![0.0f64; FEATURES];
    let mut squares = vec![1e-6f64; FEATURES];
    for _ in 0..ROUNDS {
        let mut slope: Vec<f64> = weights.iter().map(|w| w * PULL).collect();
        for (features, [no, yes]) in &kinds {
            let score: f64 = features.iter().map(|f| weights[usize::from(*f)]).sum();
            let likely = 1.0 / (1.0 + (-score).exp());
            for feature in *features {
                slope[usize::from(*feature)] += no * likely - yes * (1.0 - likely);
            }
        }
        for ((weight, square), slope) in weights.iter_mut().zip(&mut squares).zip(slope) {
            *square += slope * slope;
            *weight -= 0.3 * slope / square.sqrt();
        }
    }
    weights.iter().map(|w| (w * PER_NAT).round().clamp(-32768.0, 32767.0) as i16).collect()
}

/// Assignments of values drawn at random, and of what stands there instead.
fn generated(scanner: &Scanner) -> Vec<Example> {
    const NAMES: [&str; 10] =
        ["password", "DB_PASSWORD", "smtpPass", "passwd", "secret", "client_secret", "API_KEY", "access_token", "authToken", "token"];
    const FRAMES: [&str; 10] = [
        "$N = \"$V\"\n",
        "$N='$V'\n",
        "export $N=$V\n",
        "  $N: $V\n",
        "  \"$N\": \"$V\",\n",
        "$N := \"$V\"\n",
        "run --$N $V\n",
        "<$N>$V</$N>\n",
        "the $N is $V\n",
        "set$N(\"$V\");\n",
    ];
    const WORDS: [&str; 24] = [
        "test",
        "admin",
        "user",
        "value",
        "string",
        "input",
        "handler",
        "current",
        "config",
        "provider",
        "service",
        "manager",
        "request",
        "name",
        "field",
        "parser",
        "default",
        "hidden",
        "login",
        "button",
        "start",
        "identifier",
        "account",
        "mapping",
    ];
    const ALPHABETS: [&[u8]; 5] = [
        b"abcdefghijklmnopqrstuvwxyz",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"0123456789abcdef",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#%*+-_?@^~",
    ];
    let mut rng = Rng::new(1);
    let mut examples = Vec::new();
    for _ in 0..6_000 {
        let secret = rng.below(2) == 0;
        let value = if secret {
            let alphabet = *rng.pick::<&[u8]>(&ALPHABETS);
            let length = rng.between(6, 40);
            rng.text(alphabet, length)
        } else {
            let joint = *rng.pick::<&str>(&["", "_", "-", "."]);
            let words: Vec<&str> = (0..rng.between(1, 3)).map(|_| *rng.pick::<&str>(&WORDS)).collect();
            let number = if rng.below(3) == 0 { rng.below(200).to_string() } else { String::new() };
            format!("{}{number}", words.join(joint))
        };
        let (frame, name) = (*rng.pick::<&str>(&FRAMES), *rng.pick::<&str>(&NAMES));
        let text = frame.replace("$N", name).replace("$V", &value);
        let found = scanner.find(text.as_bytes());
        let found = found.iter().filter_map(|f| features(scanner, text.as_bytes(), f));
        examples.extend(found.map(|features| Example { features, secret, weight: GENERATED }));
    }
    examples
}

/// Takes what is found in a tree that holds no secrets for false alarms.
fn add_clean(path: &Path, scanner: &Scanner, examples: &mut Vec<Example>) -> Result<(), String> {
    if path.is_symlink() {
        return Ok(());
    }
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let mut inside: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        inside.sort();
        return inside.iter().try_for_each(|path| add_clean(path, scanner, examples));
    }
    let Ok(text) = fs::read(path) else { return Ok(()) };
    if text[..text.len().min(8192)].contains(&0) {
        return Ok(());
    }
    let found = scanner.find(&text);
    let found = found.iter().filter_map(|f| features(scanner, &text, f));
    examples.extend(found.map(|features| Example { features, secret: false, weight: CLEAN }));
    Ok(())
}
