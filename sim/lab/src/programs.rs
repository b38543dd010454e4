//! Where this machine's programs are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The PATH of every program in the lab, the same on every machine.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The file of a program: from this process's PATH or, because an ordinary user's leaves some folders out, from
/// [`PATH`].
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    find_in(env::split_paths(&path), program).or_else(|| find_installed(program))
}

/// The file of a program where those are looked for that run in a guest: in [`PATH`] alone.
#[must_use]
pub fn find_installed(program: &str) -> Option<PathBuf> {
    find_in(env::split_paths(PATH), program)
}

/// The file of a program in the first of these folders that has it.
pub fn find_in(
    folders: impl IntoIterator<Item = impl AsRef<Path>>,
    program: &str,
) -> Option<PathBuf> {
    folders
        .into_iter()
        .map(|folder| folder.as_ref().join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_first_folder_that_has_a_program_is_the_one_that_counts() {
        let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
        fs::create_dir(folders[0].path().join("tool")).unwrap();
        for folder in &folders[1..] {
            fs::write(folder.path().join("tool"), "").unwrap();
        }
        let found = find_in(&folders, "tool");
        assert_eq!(found, Some(folders[1].path().join("tool")));
        assert_eq!(find_in(&folders, "another"), None);
    }

    #[test]
    fn the_shell_is_found() {
        assert!(find("sh").is_some());
    }
}
