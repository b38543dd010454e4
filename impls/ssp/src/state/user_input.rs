//! What the user did: the object that the client owns and the server follows.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{InvalidDiff, Synchronised};
use crate::wire::WindowSize;
use crate::wire::user::{self, UserInstruction};

/// The user's input as a log that only grows at its end and is forgotten from its start.
///
/// A position counts what has been logged since the session began: a byte typed is one, and so is any other event.
#[derive(Debug, Clone, Default)]
pub struct UserInput {
    /// Position of the first entry that is still here.
    start: u64,
    entries: VecDeque<Entry>,
}

#[derive(Debug, Clone)]
enum Entry {
    /// Shared, since every state in flight holds it.
    Keystrokes(Arc<[u8]>),
    Resize(WindowSize),
    Announce(u64),
}

impl Entry {
    fn len(&self) -> u64 {
        match self {
            Self::Keystrokes(keys) => keys.len() as u64,
            Self::Resize(_) | Self::Announce(_) => 1,
        }
    }

    /// The entry without its first `skipped` positions.
    fn instruction_after(&self, skipped: u64) -> UserInstruction<'_> {
        match self {
            Self::Keystrokes(keys) => UserInstruction::Keystrokes(&keys[skipped as usize..]),
            Self::Resize(size) => UserInstruction::Resize(*size),
            Self::Announce(extensions) => UserInstruction::Announce(*extensions),
        }
    }
}

impl UserInput {
    /// Logs what the user did.
    pub fn push(&mut self, instruction: UserInstruction<'_>) {
        self.entries.push_back(match instruction {
            UserInstruction::Keystrokes([]) => return,
            UserInstruction::Keystrokes(keys) => Entry::Keystrokes(keys.into()),
            UserInstruction::Resize(size) => Entry::Resize(size),
            UserInstruction::Announce(extensions) => Entry::Announce(extensions),
        });
    }

    /// The position after the last entry.
    pub fn end(&self) -> u64 {
        self.start + self.pending()
    }

    /// How many positions are still here: on the client, what the server has not acknowledged.
    pub fn pending(&self) -> u64 {
        self.entries.iter().map(Entry::len).sum()
    }

    /// What was logged after `position`, oldest first. What has been forgotten is left out.
    pub fn since(&self, position: u64) -> impl Iterator<Item = UserInstruction<'_>> {
        let mut entry_start = self.start;
        self.entries.iter().filter_map(move |entry| {
            let skipped = position.saturating_sub(entry_start);
            entry_start += entry.len();
            (skipped < entry.len()).then(|| entry.instruction_after(skipped))
        })
    }
}

impl Synchronised for UserInput {
    /// The states of one session are prefixes of one log, so that the length tells them apart.
    fn same_as(&self, other: &Self) -> bool {
        self.end() == other.end()
    }

    fn diff_from(&self, reference: &Self) -> Vec<u8> {
        let mut message = Vec::new();
        let mut keys = Vec::new();
        for instruction in self.since(reference.end()) {
            if let UserInstruction::Keystrokes(more) = instruction {
                keys.extend_from_slice(more);
                continue;
            }
            put_keystrokes(&mut message, &mut keys);
            user::put(&mut message, instruction);
        }
        put_keystrokes(&mut message, &mut keys);
        message
    }

    fn apply(&mut self, diff: &[u8]) -> Result<(), InvalidDiff> {
        for instruction in user::instructions(diff) {
            self.push(instruction.map_err(|_| InvalidDiff("not a UserMessage"))?);
        }
        Ok(())
    }

    fn forget(&mut self, acknowledged: &Self) {
        while let Some(first) = self.entries.front() {
            if self.start + first.len() > acknowledged.end() {
                break;
            }
            self.start += first.len();
            self.entries.pop_front();
        }
    }
}

/// Adjacent keystrokes travel as one instruction.
fn put_keystrokes(message: &mut Vec<u8>, keys: &mut Vec<u8>) {
    if !keys.is_empty() {
        user::put(message, UserInstruction::Keystrokes(keys));
        keys.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: WindowSize = WindowSize {
        columns: 80,
        rows: 24,
    };

    fn typed(keys: &[u8]) -> UserInput {
        let mut input = UserInput::default();
        input.push(UserInstruction::Keystrokes(keys));
        input
    }

    #[test]
    fn adjacent_keystrokes_travel_together_and_resizes_apart() {
        let mut input = UserInput::default();
        input.push(UserInstruction::Resize(SIZE));
        input.push(UserInstruction::Keystrokes(b"l"));
        input.push(UserInstruction::Keystrokes(b"s"));
        input.push(UserInstruction::Resize(SIZE));
        let diff = input.diff_from(&UserInput::default());
        let instructions: Result<Vec<_>, _> = user::instructions(&diff).collect();
        assert_eq!(
            instructions.as_deref(),
            Ok([
                UserInstruction::Resize(SIZE),
                UserInstruction::Keystrokes(b"ls"),
                UserInstruction::Resize(SIZE),
            ]
            .as_slice())
        );
    }

    #[test]
    fn a_difference_made_inside_an_entry_carries_the_rest_of_it() {
        let whole = typed(b"hello");
        let mut prefix = typed(b"he");
        prefix.apply(&whole.diff_from(&prefix)).expect("our own");
        assert!(prefix.same_as(&whole));
        let since: Vec<_> = prefix.since(2).collect();
        assert_eq!(since, [UserInstruction::Keystrokes(b"llo")]);
    }

    #[test]
    fn equal_states_differ_in_nothing() {
        assert!(typed(b"x").diff_from(&typed(b"x")).is_empty());
    }

    #[test]
    fn forgetting_keeps_positions() {
        let mut input = typed(b"he");
        let acknowledged = input.clone();
        input.push(UserInstruction::Keystrokes(b"llo"));
        input.forget(&acknowledged);
        assert_eq!((input.pending(), input.end()), (3, 5));
        let since: Vec<_> = input.since(4).collect();
        assert_eq!(since, [UserInstruction::Keystrokes(b"o")]);
    }

    #[test]
    fn garbage_is_refused() {
        assert!(UserInput::default().apply(b"\xff\xff").is_err());
    }
}
