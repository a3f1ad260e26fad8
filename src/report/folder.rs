//! An output folder that appears whole or not at all.
//!
//! Files are written into `.NAME.draft-N` beside the folder and renamed into place at the end. With an old
//! folder in the way the old one steps aside first, and comes back if the new one cannot take its place.
//! A run that was killed leaves its draft behind; the next run into the same place clears it. A file in the draft, locked while its
//! run lives, tells the dead from the living.
//! Files that Erba did not write are carried over: `--force` on the wrong folder must not cost anyone their work.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::domain::TABLES;
use crate::error::{Fault, Result};

/// A table has one of these.
const ENDINGS: [&str; 2] = ["csv", "parquet"];

/// What else a run may write.
const OTHERS: [&str; 6] = ["visits.xlsx", "summary.json", "model.json", "report.html", "erba.xlsx", "ics"];

/// Everything a run may write, so that a stale file of an earlier run does not stay beside newer ones.
fn ours() -> impl Iterator<Item = String> {
    let tables = ENDINGS.iter().flat_map(|ending| TABLES.iter().map(move |name| format!("{name}.{ending}")));
    tables.chain(OTHERS.iter().map(|name| (*name).to_owned()))
}

fn is_ours(name: &OsStr) -> bool {
    ours().any(|ours| name == ours.as_str())
}

/// Whether `out` may be written, and nothing of `read` with it: to be asked before the long work starts.
///
/// # Errors
/// E103 if `out` exists and `force` is not given; even so if it is a file, if it holds the working folder, or if it has a file
/// by a name of ours without being a result. E104 if a file that is read would be replaced.
pub fn check_folder(out: &Path, force: bool, read: &[&Path]) -> Result<()> {
    check_place(out, force)?;
    let Ok(place) = out.canonicalize() else { return Ok(()) };
    for path in read {
        let Ok(found) = path.canonicalize() else { continue };
        let inside = found.strip_prefix(&place).ok().and_then(|rest| rest.components().next());
        if inside.is_some_and(|first| is_ours(first.as_os_str())) {
            return Err(Fault::new(104, "the output would be written over what is read")
                .in_file(path)
                .hint("name another folder with --out, or move the file out of it")
                .into());
        }
    }
    Ok(())
}

/// The E103 of [`check_folder`].
fn check_place(out: &Path, force: bool) -> Result<()> {
    let Ok(found) = fs::metadata(out) else { return Ok(()) };
    if !found.is_dir() {
        return Err(Fault::new(103, "the output folder exists already, as a file")
            .in_file(out)
            .hint("name another folder with --out")
            .into());
    }
    if !force {
        return Err(Fault::new(103, "the output folder exists already")
            .in_file(out)
            .hint("name another folder with --out, or replace this one with --force")
            .into());
    }
    let refuse = |cause: String| {
        Err(Fault::new(103, cause).in_file(out).hint("name another folder with --out").into())
    };
    if out.canonicalize().is_ok_and(|place| std::env::current_dir().is_ok_and(|here| here.starts_with(place)))
    {
        return refuse("the output folder is the one this command was called in, or holds it".to_owned());
    }
    if !is_result(out)
        && let Some(name) = ours().find(|name| out.join(name).exists())
    {
        return refuse(format!("the folder is no result of Erba, and its {name} would be lost"));
    }
    Ok(())
}

/// True if a run wrote this folder: its summary tells.
fn is_result(folder: &Path) -> bool {
    let mut start = [0; 16];
    let read = File::open(folder.join("summary.json")).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start.starts_with(b"{\n  \"version\":")
}

/// A folder being written; removed unless published.
pub(super) struct Draft {
    path: PathBuf,
    out: PathBuf,
    /// Held open, and by that locked, as long as this run lives.
    _alive: Option<File>,
}

/// In every draft: locked by the run that writes it.
const ALIVE: &str = ".alive";

impl Draft {
    /// A new empty folder beside `out`, whose parents are made.
    pub(super) fn beside(out: &Path, force: bool) -> Result<Draft> {
        check_place(out, force)?;
        // Through a link the folder it points to is replaced, not the link.
        let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
        let Some(name) = out.file_name() else {
            return Err(Fault::new(103, "the output folder has no name of its own")
                .in_file(&out)
                .hint("name a folder with --out")
                .into());
        };
        let parent = parent(&out);
        fs::create_dir_all(parent).map_err(super::not_written(parent))?;
        clear_dead(parent, name);
        let draft = make_unique(parent, name, "draft").map_err(super::not_written(parent))?;
        // Where files cannot be locked the draft is never taken for a dead one, for it cannot be locked by others either.
        let alive = File::create(draft.join(ALIVE)).ok().filter(|file| file.try_lock().is_ok());
        Ok(Draft { path: draft, out, _alive: alive })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the draft in its place.
    pub(super) fn publish(self) -> Result<()> {
        let written = super::not_written(&self.out);
        match fs::remove_file(self.path.join(ALIVE)) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(written(fault)),
            _ => {}
        }
        if !self.out.exists() {
            return fs::rename(&self.path, &self.out).map_err(written);
        }
        let name = self.out.file_name().unwrap_or_default();
        let aside = make_unique(parent(&self.out), name, "old").map_err(&written)?;
        // Renaming onto an empty folder replaces it on every system but Windows.
        fs::remove_dir(&aside).and_then(|()| fs::rename(&self.out, &aside)).map_err(&written)?;
        if let Err(fault) = fs::rename(&self.path, &self.out) {
            fs::rename(&aside, &self.out).map_err(&written)?;
            return Err(written(fault));
        }
        keep_foreign(&aside, &self.out)
            .and_then(|()| fs::remove_dir_all(&aside))
            .map_err(super::not_written(&aside))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publishing there is nothing left here; otherwise nothing better can be done than to try.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn parent(out: &Path) -> &Path {
    out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes the drafts of runs into the same place that no longer live.
///
/// A draft without the file that is locked is on its way to its place, or not ours: it stays. What cannot be removed does no harm.
fn clear_dead(parent: &Path, name: &OsStr) {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".draft-");
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let number =
            entry.file_name().as_encoded_bytes().strip_prefix(hidden.as_encoded_bytes()).map(<[u8]>::to_vec);
        if !number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit)) {
            continue;
        }
        let dead = File::open(entry.path().join(ALIVE)).is_ok_and(|file| file.try_lock().is_ok());
        if dead {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Makes `.NAME.KIND-N` with the first free N.
fn make_unique(parent: &Path, name: &OsStr, kind: &str) -> io::Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{kind}-{number}"));
        let path = parent.join(hidden);
        match fs::create_dir(&path) {
            Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists && number < 1_000 => number += 1,
            made => return made.map(|()| path),
        }
    }
}

/// Moves what Erba did not write from the old folder to the new one.
fn keep_foreign(old: &Path, new: &Path) -> io::Result<()> {
    for entry in fs::read_dir(old)? {
        let entry = entry?;
        if !is_ours(&entry.file_name()) {
            fs::rename(entry.path(), new.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(out: &Path, force: bool, file: &str) -> Result<()> {
        let draft = Draft::beside(out, force)?;
        fs::write(draft.path().join(file), "x").unwrap();
        fs::write(draft.path().join("summary.json"), "{\n  \"version\": \"0.1.0\"\n}").unwrap();
        draft.publish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_existing_folder_needs_force_and_keeps_what_is_not_ours() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("deep/result");
        publish(&out, false, "visits.csv").unwrap();
        fs::write(out.join("notes.txt"), "mine").unwrap();
        assert!(publish(&out, false, "plan.csv").unwrap_err().has_code(103));
        assert_eq!(names(&out), ["notes.txt", "summary.json", "visits.csv"]);
        publish(&out, true, "plan.csv").unwrap();
        assert_eq!(names(&out), ["notes.txt", "plan.csv", "summary.json"]);
        assert_eq!(names(out.parent().unwrap()), ["result"]);
    }

    #[test]
    fn a_draft_given_up_leaves_no_trace() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("result");
        let draft = Draft::beside(&out, false).unwrap();
        fs::write(draft.path().join("customers.csv"), "half").unwrap();
        drop(draft);
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn drafts_of_the_dead_are_cleared_and_those_of_the_living_stay() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("result");
        let living = Draft::beside(&out, false).unwrap();
        let dead = home.path().join(".result.draft-7");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(ALIVE), "").unwrap();
        fs::create_dir(home.path().join(".result.draft-8")).unwrap();
        publish(&out, false, "plan.csv").unwrap();
        assert_eq!(names(home.path()), [".result.draft-1", ".result.draft-8", "result"]);
        assert_eq!(names(&out), ["plan.csv", "summary.json"]);
        drop(living);
    }

    #[test]
    fn what_is_read_and_what_others_wrote_is_spared() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("result");
        publish(&out, false, "plan.csv").unwrap();
        let log = out.join("visits.csv");
        fs::write(&log, "mine").unwrap();
        assert!(check_folder(&out, true, &[&log]).unwrap_err().has_code(104));
        let notes = out.join("sales.csv");
        fs::write(&notes, "mine").unwrap();
        check_folder(&out, true, &[&notes]).unwrap();
        fs::remove_file(out.join("summary.json")).unwrap();
        assert!(check_folder(&out, true, &[]).unwrap_err().has_code(103));
        assert!(check_folder(Path::new("."), true, &[]).unwrap_err().has_code(103));
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("result");
        fs::write(&out, "a file").unwrap();
        assert!(check_folder(&out, true, &[]).unwrap_err().has_code(103));
    }
}
