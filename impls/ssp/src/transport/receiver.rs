//! The receiver: holds the peer's states against which a difference may yet come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::state::Synchronised;
use crate::wire::instruction::Instruction;

/// Beyond this many states the receiver is quenched.
const MAX_STATES: usize = 1024;

/// A quenched receiver takes one state in this time.
const QUENCH: Duration = Duration::from_millis(15_000);

/// Beyond this many bytes of differences nothing is taken until the peer lets us forget some.
const MAX_DIFFERENCES: usize = 64 << 20;

struct Held<T> {
    num: u64,
    state: T,
    diff_len: usize,
}

/// The states of the peer's object that we hold, by ascending number.
pub(super) struct Receiver<T> {
    held: VecDeque<Held<T>>,
    newest: Held<T>,
    quenched_until: Option<Instant>,
}

/// What became of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It made the newest state.
    Newest {
        /// Whether anything changed in it.
        changed: bool,
    },
    /// It made a state older than the newest: nothing to acknowledge.
    OutOfOrder,
    /// We have that state: a repetition.
    Known,
    /// We don't have the state that it starts from, or have forgotten it.
    UnknownReference,
    /// There are too many states, or too large ones.
    Quenched,
    /// The difference cannot be applied.
    Invalid,
}

impl<T: Synchronised> Receiver<T> {
    pub(super) fn new(initial: T) -> Self {
        let newest = Held {
            num: 0,
            state: initial,
            diff_len: 0,
        };
        Self {
            held: VecDeque::new(),
            newest,
            quenched_until: None,
        }
    }

    pub(super) fn newest(&self) -> &T {
        &self.newest.state
    }

    pub(super) fn newest_num(&self) -> u64 {
        self.newest.num
    }

    /// Applies an instruction. It is idempotent: playing instructions back changes nothing.
    pub(super) fn handle(&mut self, instruction: &Instruction<'_>, now: Instant) -> Outcome {
        if self.find(instruction.new_num).is_some() {
            return Outcome::Known;
        }
        let Some(reference) = self.find(instruction.old_num) else {
            return Outcome::UnknownReference;
        };
        let mut state = reference.state.clone();
        self.forget_before(instruction.throwaway_num, &mut state);
        if self.is_quenched(instruction.diff.len(), now) {
            return Outcome::Quenched;
        }
        if !instruction.diff.is_empty() && state.apply(instruction.diff).is_err() {
            return Outcome::Invalid;
        }
        self.insert(Held {
            num: instruction.new_num,
            state,
            diff_len: instruction.diff.len(),
        });
        if self.newest.num != instruction.new_num {
            return Outcome::OutOfOrder;
        }
        Outcome::Newest {
            changed: !instruction.diff.is_empty(),
        }
    }

    fn find(&self, num: u64) -> Option<&Held<T>> {
        if num == self.newest.num {
            return Some(&self.newest);
        }
        let at = self.held.binary_search_by_key(&num, |held| held.num).ok()?;
        self.held.get(at)
    }

    /// Forgets states to which the peer won't refer again, and what the others, and the `coming` one, have in common
    /// with them. The newest is kept whatever the peer says.
    fn forget_before(&mut self, throwaway_num: u64, coming: &mut T) {
        let forgotten = self.held.partition_point(|held| held.num < throwaway_num);
        if forgotten == 0 {
            return;
        }
        self.held.drain(..forgotten);
        let oldest = self.held.front().unwrap_or(&self.newest).state.clone();
        let held = self.held.iter_mut().chain([&mut self.newest]);
        let states = held.map(|held| &mut held.state).chain([coming]);
        states.for_each(|state| state.forget(&oldest));
    }

    fn is_quenched(&mut self, diff_len: usize, now: Instant) -> bool {
        let kept: usize = self.held.iter().map(|held| held.diff_len).sum();
        if kept + diff_len > MAX_DIFFERENCES {
            return true;
        }
        if self.held.len() < MAX_STATES {
            return false;
        }
        if self.quenched_until.is_some_and(|until| now < until) {
            return true;
        }
        self.quenched_until = Some(now + QUENCH);
        false
    }

    fn insert(&mut self, new: Held<T>) {
        if new.num > self.newest.num {
            self.held
                .push_back(std::mem::replace(&mut self.newest, new));
            return;
        }
        let at = self.held.partition_point(|held| held.num < new.num);
        self.held.insert(at, new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::UserInput;
    use crate::wire::user::{self, UserInstruction};

    fn typed(keys: &[u8]) -> Vec<u8> {
        let mut message = Vec::new();
        user::put(&mut message, UserInstruction::Keystrokes(keys));
        message
    }

    fn transition(old_num: u64, new_num: u64, diff: &[u8]) -> Instruction<'_> {
        Instruction {
            old_num,
            new_num,
            diff,
            ..Instruction::default()
        }
    }

    fn receiver() -> (Receiver<UserInput>, Instant) {
        (Receiver::new(UserInput::default()), Instant::now())
    }

    const CHANGED: Outcome = Outcome::Newest { changed: true };

    #[test]
    fn a_difference_is_applied_to_the_state_that_it_names() {
        let (mut receiver, now) = receiver();
        assert_eq!(
            receiver.handle(&transition(0, 1, &typed(b"w")), now),
            CHANGED
        );
        assert_eq!(
            receiver.handle(&transition(0, 2, &typed(b"wh")), now),
            CHANGED
        );
        let typed: Vec<_> = receiver.newest().since(0).collect();
        assert_eq!(typed, [UserInstruction::Keystrokes(b"wh")]);
    }

    #[test]
    fn repetitions_change_nothing() {
        let (mut receiver, now) = receiver();
        let once = typed(b"x");
        receiver.handle(&transition(0, 1, &once), now);
        assert_eq!(
            receiver.handle(&transition(0, 1, &once), now),
            Outcome::Known
        );
        assert_eq!(receiver.newest().end(), 1);
    }

    #[test]
    fn an_older_state_than_the_newest_is_held_but_not_acknowledged() {
        let (mut receiver, now) = receiver();
        receiver.handle(&transition(0, 2, &typed(b"ab")), now);
        let late = receiver.handle(&transition(0, 1, &typed(b"a")), now);
        assert_eq!((late, receiver.newest_num()), (Outcome::OutOfOrder, 2));
        assert_eq!(
            receiver.handle(&transition(1, 3, &typed(b"bc")), now),
            CHANGED
        );
    }

    #[test]
    fn a_forgotten_reference_is_unknown() {
        let (mut receiver, now) = receiver();
        receiver.handle(&transition(0, 1, &typed(b"a")), now);
        let throwing = Instruction {
            throwaway_num: 1,
            ..transition(1, 2, b"")
        };
        assert_eq!(
            receiver.handle(&throwing, now),
            Outcome::Newest { changed: false }
        );
        let outcome = receiver.handle(&transition(0, 3, &typed(b"b")), now);
        assert_eq!(outcome, Outcome::UnknownReference);
    }

    #[test]
    fn a_peer_that_throws_its_own_reference_away_does_not_hurt() {
        let (mut receiver, now) = receiver();
        receiver.handle(&transition(0, 1, &typed(b"a")), now);
        let throwing = Instruction {
            throwaway_num: u64::MAX,
            ..transition(0, 2, b"")
        };
        receiver.handle(&throwing, now);
        assert_eq!(receiver.newest_num(), 2);
    }

    #[test]
    fn what_was_acknowledged_is_forgotten_and_the_rest_is_not() {
        let (mut receiver, now) = receiver();
        for num in 1..100 {
            let acknowledged = Instruction {
                throwaway_num: num - 1,
                ..transition(num - 1, num, b"\x0a\x05\x12\x03\x22\x01a")
            };
            assert_eq!(receiver.handle(&acknowledged, now), CHANGED);
        }
        assert_eq!(receiver.newest().end(), 99);
        assert!(receiver.newest().pending() < 5);
    }

    #[test]
    fn a_flood_of_states_is_quenched() {
        let (mut receiver, now) = receiver();
        let flood = |receiver: &mut Receiver<UserInput>, at| {
            (0..3000)
                .filter(|_| {
                    let next = receiver.newest_num() + 1;
                    receiver.handle(&transition(0, next, b""), at) != Outcome::Quenched
                })
                .count()
        };
        assert_eq!(flood(&mut receiver, now), MAX_STATES + 1);
        assert_eq!(flood(&mut receiver, now + QUENCH), 1);
    }

    #[test]
    fn large_states_are_quenched_sooner() {
        let (mut receiver, now) = receiver();
        let large = typed(&vec![b'x'; 4 << 20]);
        let taken = (1..100)
            .filter(|&num| receiver.handle(&transition(0, num, &large), now) == CHANGED)
            .count();
        assert!(taken <= 17, "took {taken} states of 4 MiB");
    }

    #[test]
    fn an_invalid_difference_makes_no_state() {
        let (mut receiver, now) = receiver();
        let outcome = receiver.handle(&transition(0, 1, b"\xff"), now);
        assert_eq!((outcome, receiver.newest_num()), (Outcome::Invalid, 0));
    }
}
