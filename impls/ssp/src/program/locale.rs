//! The locale: SSP carries UTF-8, and widths follow from it.

use std::ffi::CStr;

/// The variables that decide about a locale, and that a wrapper passes on to the server.
pub(super) const VARIABLES: [&str; 15] = [
    "LANG",
    "LANGUAGE",
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
    "LC_ALL",
];

/// Takes the locale from the environment and returns its character set, such as `UTF-8`.
pub(super) fn character_set() -> String {
    // SAFETY: the programs have one thread, so nobody reads the locale or the environment meanwhile.
    unsafe { libc::setlocale(libc::LC_ALL, c"".as_ptr()) };
    // SAFETY: nl_langinfo returns a string of static storage that is never null, and it is copied before any other
    // call could change it.
    let name = unsafe { CStr::from_ptr(libc::nl_langinfo(libc::CODESET)) };
    name.to_string_lossy().into_owned()
}

/// Whether the environment's locale is a UTF-8 one that is installed.
pub(super) fn is_utf8() -> bool {
    character_set() == "UTF-8"
}

/// The variable that decides the character set, as `NAME=value`, for messages.
pub(super) fn deciding_variable() -> String {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| match std::env::var(name) {
            Ok(value) if !value.is_empty() => Some(format!("{name}={value}")),
            _ => None,
        })
        .unwrap_or_else(|| "[no charset variables]".to_owned())
}
