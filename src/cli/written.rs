//! How the command line writes a file: whole, or not at all.

use super::console;
use crate::error::Error;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::Builder;

/// As many links are followed one after the other, which is what systems do.
const MOST_LINKS: usize = 40;

/// Puts these bytes under that name.
///
/// A regular file, or one that is not there yet, is written beside its place and renamed, so that a killed run leaves the old file or the new one,
/// never half of one. Permissions and owner stay; of a link, what it leads to is replaced. The name of the file beside it is nobody else's. Anything
/// else, such as a device or a pipe, stays what it is and takes the bytes.
///
/// # Errors
/// If the file cannot be written; what it held before is then still there.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let target = followed(path);
    if ["/dev/fd/1", "/proc/self/fd/1"].iter().any(|stdout| target == Path::new(stdout)) {
        return console::data_bytes(bytes);
    }
    put_at(&target, bytes)
        .map_err(|problem| Error::environment(format!("cannot write `{}`", path.display())).because(problem))
}

/// Where a path leads to in the end; the descriptors of a process are not followed, for what is behind them is open already.
fn followed(path: &Path) -> PathBuf {
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        if is_descriptor(&at) {
            break;
        }
        let Ok(to) = fs::read_link(&at) else { break };
        at = match at.parent() {
            Some(folder) => folder.join(to),
            None => to,
        };
    }
    at
}

fn is_descriptor(path: &Path) -> bool {
    path.starts_with("/dev/fd") || path.starts_with("/proc")
}

fn put_at(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let before = match fs::metadata(target) {
        Ok(before) => Some(before),
        Err(problem) if problem.kind() == ErrorKind::NotFound => None,
        Err(problem) => return Err(problem),
    };
    match before {
        Some(_) if is_descriptor(target) => OpenOptions::new().append(true).open(target)?.write_all(bytes),
        Some(before) if !before.is_file() => OpenOptions::new().write(true).open(target)?.write_all(bytes),
        before => {
            if before.is_some() {
                // A file that may not be written may not be replaced either.
                OpenOptions::new().write(true).open(target)?;
            }
            match replaced(target, before.as_ref(), bytes) {
                Ok(()) => Ok(()),
                Err(Unplaced::Beside(problem)) if before.is_some() && is_of_the_place(&problem) => {
                    File::create(target)?.write_all(bytes)
                }
                Err(Unplaced::Beside(problem) | Unplaced::Text(problem)) => Err(problem),
            }
        }
    }
}

/// What could not be done.
enum Unplaced {
    /// To make a file beside the target, or to put it in its place.
    Beside(io::Error),
    /// To write the text.
    Text(io::Error),
}

/// Whether the folder is why: it takes no new file, or the file is one that cannot be moved away, such as one that is mounted.
fn is_of_the_place(problem: &io::Error) -> bool {
    matches!(
        problem.kind(),
        ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::ResourceBusy
            | ErrorKind::CrossesDevices
    )
}

/// Writes beside the target and renames.
fn replaced(target: &Path, before: Option<&fs::Metadata>, bytes: &[u8]) -> Result<(), Unplaced> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = Builder::new();
    builder.prefix(".foretell-").suffix(".new");
    if let Some(permissions) = of_new_files() {
        builder.permissions(permissions);
    }
    let mut beside = builder.tempfile_in(folder).map_err(Unplaced::Beside)?;
    beside.write_all(bytes).map_err(Unplaced::Text)?;
    if let Some(before) = before {
        keep_owner(beside.as_file(), before);
        beside.as_file().set_permissions(before.permissions()).map_err(Unplaced::Text)?;
    }
    beside.persist(target).map(drop).map_err(|problem| Unplaced::Beside(problem.error))
}

/// What a new file may be used for, of which the system then takes what the user keeps to himself.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // Elsewhere there are none to be had.
fn of_new_files() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn of_new_files() -> Option<Permissions> {
    None
}

/// Gives a file the owner of another, where this user may.
#[cfg(unix)]
fn keep_owner(file: &File, of: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let is_other = file.metadata().is_ok_and(|own| own.uid() != of.uid() || own.gid() != of.gid());
    if is_other {
        let _ = fchown(file, Some(of.uid()), Some(of.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies in a folder, by name.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder can be read");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn neighbours_are_left_alone_and_nothing_stays_beside() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::write(at("out.bif.new"), "precious").expect("written");
        for text in ["first", "second"] {
            put(&at("out.bif"), text.as_bytes()).expect("written");
            assert_eq!(fs::read_to_string(at("out.bif")).expect("read"), text);
        }
        assert_eq!(fs::read_to_string(at("out.bif.new")).expect("read"), "precious");
        assert_eq!(names(folder.path()), ["out.bif", "out.bif.new"]);
        assert!(put(&at("none/out.bif"), b"x").is_err() && put(folder.path(), b"x").is_err());
        assert_eq!(names(folder.path()), ["out.bif", "out.bif.new"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let mode = |name: &str| fs::metadata(at(name)).expect("there").permissions().mode() & 0o777;
        fs::write(at("file"), "before").expect("written");
        fs::set_permissions(at("file"), Permissions::from_mode(0o640)).expect("set");
        symlink("file", at("link")).expect("linked");
        symlink("link", at("link-to-link")).expect("linked");
        put(&at("link-to-link"), b"after").expect("written");
        assert_eq!((fs::read_to_string(at("file")).expect("read"), mode("file")), ("after".to_owned(), 0o640));
        // A link to what is not there yet makes it.
        symlink("later", at("dangling")).expect("linked");
        put(&at("dangling"), b"new").expect("written");
        assert_eq!(fs::read_to_string(at("later")).expect("read"), "new");
        assert!(["link", "link-to-link", "dangling"].iter().all(|name| at(name).is_symlink()));
        // A new file is what any other program's would be.
        fs::write(at("plain"), "").expect("written");
        assert_eq!(mode("later"), mode("plain"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_stays_one_and_its_reader_gets_the_text() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
        assert!(made.success());
        let read = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).expect("read")
        });
        put(&pipe, b"through").expect("written");
        assert_eq!(read.join().expect("the reader ends"), "through");
        assert!(fs::metadata(&pipe).expect("there").file_type().is_fifo());
    }
}
