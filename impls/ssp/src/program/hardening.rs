//! Keeping the session key out of core dumps and debuggers.

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

/// Limits from before [`forbid_core_dumps`], for the programs that the user starts.
#[derive(Clone, Copy)]
pub(super) struct FormerLimit(Rlimit);

/// Call it first of all. Refusal by the system is no reason not to run.
pub(super) fn forbid_core_dumps() -> FormerLimit {
    let former = getrlimit(Resource::Core);
    let none = Rlimit {
        current: Some(0),
        ..former
    };
    let _ = setrlimit(Resource::Core, none);
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    FormerLimit(former)
}

impl FormerLimit {
    /// Puts the limit back, in a child before it executes another program.
    pub(super) fn restore(&self) {
        let _ = setrlimit(Resource::Core, self.0);
    }
}
