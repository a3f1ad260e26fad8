//! A room imports only `error`, `domain` and rooms that stand above it in `lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn rooms_in_order(lib: &str) -> Vec<String> {
    lib.lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect()
}

#[test]
fn imports_go_only_forward() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms = rooms_in_order(&fs::read_to_string(src.join("lib.rs")).unwrap());
    assert!(rooms.len() > 5, "lib.rs lists the rooms, one `pub mod` a line");
    let mut faults = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        let single = src.join(format!("{room}.rs"));
        let files = if single.exists() { vec![single] } else { sources(&src.join(room)) };
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for (later, name) in rooms.iter().enumerate().skip(place + 1) {
                for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    if line.contains(&format!("crate::{name}::")) || line.contains(&format!("crate::{name};"))
                    {
                        faults.push(format!("{}: imports {name} (room {later})", file.display()));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
