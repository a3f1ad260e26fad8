//! Files that are cut short, encrypted or hostile are refused with a word, whatever is in them.

use std::sync::Arc;

use arrow_array::{Date32Array, Float64Array, StringArray};
use erba::ingest::{IngestParams, Mappings, ReadOptions, TransactionLog};

use crate::program::Desk;

use super::write;

fn good(desk: &Desk) -> Vec<u8> {
    let rows = 120;
    let ids = (0..rows).map(|row| Some(format!("C{}", row % 7))).collect::<StringArray>();
    let days = (0..rows).map(|row| Some(20_000 + row)).collect::<Date32Array>();
    let amounts =
        (0..rows).map(|row| (row % 11 > 0).then_some(f64::from(row) / 4.0)).collect::<Float64Array>();
    let columns = vec![
        ("customer_id", Arc::new(ids) as _),
        ("date", Arc::new(days) as _),
        ("amount", Arc::new(amounts) as _),
    ];
    let path = desk.path("good.parquet");
    write(&path, columns, 50);
    std::fs::read(path).unwrap()
}

#[test]
fn files_cut_short_or_encrypted_are_refused() {
    let desk = Desk::new();
    let good = good(&desk);
    let encrypted = [b"PARE", &good[4..good.len() - 4], b"PARE"].concat();
    let mut torn = good.clone();
    torn[4..good.len() / 2].fill(0);
    for (name, bytes, words) in [
        ("cut", &good[..good.len() - 9], "E211"),
        ("head", &good[..6], "E211"),
        ("encrypted", &encrypted[..], "encrypted"),
        ("torn", &torn[..], "E211"),
        ("csv in disguise", b"customer_id,date,amount\nA,2025-01-01,1\n", "E211"),
        ("empty", b"", "E206"),
    ] {
        desk.put("log.parquet", bytes);
        let outcome = desk.erba(["run", "--transactions", "log.parquet", "--out", "out"]);
        assert_eq!(outcome.code, 3, "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(words), "{name}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("log.parquet") && !outcome.stderr.contains("panicked"),
            "{name}: {}",
            outcome.stderr
        );
        assert!(!desk.path("out").exists());
    }
}

#[test]
fn a_folder_without_or_with_other_files_is_told() {
    let desk = Desk::new();
    let good = good(&desk);
    std::fs::create_dir(desk.path("folder")).unwrap();
    desk.put("folder/notes.txt", "no data");
    let told = |words: &str, place: &str| {
        let outcome = desk.erba(["run", "--transactions", place, "--out", "out"]);
        assert!(outcome.code == 3 && outcome.stderr.contains(words), "{place}: {}", outcome.stderr);
    };
    told("leads to no Parquet file", "folder");
    told("leads to no Parquet file", "nowhere/*.parquet");
    told("is not a pattern", "[.parquet");
    desk.put("folder/a.parquet", &good);
    let ids = Arc::new(StringArray::from(vec!["A"])) as _;
    write(&desk.path("folder/b.parquet"), vec![("customer_id", ids)], 9);
    told("lacks the column \"date\"", "folder");
}

/// Reads a file as far as it goes; the code of what stopped it.
fn read(path: &std::path::Path) -> Option<u16> {
    let options = ReadOptions {
        mappings: Mappings::default(),
        encoding: None,
        date_format: None,
        threads: 2,
        params: IngestParams {
            missing: Vec::new(),
            max_reject_share: 1.0,
            columns: std::collections::BTreeMap::new(),
        }
        .check()
        .unwrap(),
        memory: None,
        progress: None,
    };
    let log = TransactionLog::open(&[path.to_owned()], &options);
    let read = log.and_then(|log| log.read(None, &options, || 0_u64, |rows, _| *rows += 1));
    read.err().map(|fault| fault.faults[0].code)
}

/// A file with a few bytes changed, the same ones whenever it is asked for.
fn mutated(good: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut bytes = good.to_vec();
    for _ in 0..=draw(4) {
        let at = draw(bytes.len());
        match draw(4) {
            0 => bytes[at] = draw(256) as u8,
            1 => bytes[at] ^= 1 << draw(8),
            2 => bytes[at] = [0, 0x7F, 0x80, 0xFF][draw(4)],
            _ => {
                let from = draw(bytes.len());
                let length = draw(16).min(bytes.len() - at.max(from));
                bytes.copy_within(from..from + length, at);
            }
        }
    }
    bytes
}

#[test]
fn changed_bytes_never_stop_the_program_unexpectedly() {
    let desk = Desk::new();
    let good = good(&desk);
    let path = desk.path("changed.parquet");
    let mut refused = 0;
    let turns = std::env::var("ERBA_FUZZ_TURNS").ok().and_then(|turns| turns.parse().ok()).unwrap_or(1_500);
    for seed in 0..turns {
        std::fs::write(&path, mutated(&good, seed)).unwrap();
        let code = read(&path);
        // 902 is a thread that stopped.
        assert!(matches!(code, None | Some(201..=299)), "seed {seed}: E{}", code.unwrap_or(0));
        refused += u64::from(code.is_some());
    }
    assert!(refused > turns / 10, "{refused} of {turns} refused: the changes do not reach the reader");
}
