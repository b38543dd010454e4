//! Both ends against a peer that has the key and means harm.
#![no_main]

use std::time::{Duration, Instant};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ssp::crypto::{Direction, Key, Sealer};
use ssp::state::{Synchronised, UserInput};
use ssp::terminal::TerminalState;
use ssp::transport::{Arrival, Role, Transport, Tuning};
use ssp::wire::compression::Compressor;
use ssp::wire::datagram::Datagram;
use ssp::wire::fragment::Fragment;
use ssp::wire::instruction::Instruction;

#[derive(Debug, Arbitrary)]
enum Move {
    /// Small numbers, so that some of them meet.
    Instruct {
        old: u8,
        new: u8,
        ack: u8,
        throwaway: u8,
        diff: Vec<u8>,
    },
    Extreme {
        nums: [u64; 4],
        diff: Vec<u8>,
    },
    Fragment {
        id: u8,
        number: u16,
        is_final: bool,
        slice: Vec<u8>,
    },
    Raw(Vec<u8>),
    Wait(u16),
}

struct Attacker<L, R> {
    victim: Transport<L, R>,
    sealer: Sealer,
    compressor: Compressor,
    now: Instant,
    id: u64,
}

impl<L: Synchronised, R: Synchronised> Attacker<L, R> {
    fn play(&mut self, moves: &[Move]) {
        for one in moves {
            match one {
                Move::Instruct { old, new, ack, throwaway, diff } => {
                    let nums = [old, new, ack, throwaway].map(|&num| num.into());
                    self.instruct(nums, diff);
                }
                Move::Extreme { nums, diff } => self.instruct(*nums, diff),
                Move::Fragment { id, number, is_final, slice } => {
                    self.send(Fragment {
                        instruction_id: (*id).into(),
                        number: number & 0x7fff,
                        is_final: *is_final,
                        slice,
                    });
                }
                Move::Raw(bytes) => self.seal(bytes),
                Move::Wait(ms) => self.now += Duration::from_millis((*ms).into()),
            }
            for _ in 0..100 {
                if self.victim.poll_transmit(self.now).is_none() {
                    break;
                }
            }
            self.victim.next_deadline(self.now);
        }
    }

    fn instruct(&mut self, [old_num, new_num, ack_num, throwaway_num]: [u64; 4], diff: &[u8]) {
        let instruction = Instruction {
            old_num,
            new_num,
            ack_num,
            throwaway_num,
            diff,
            ..Instruction::default()
        };
        let stream = self.compressor.compress(&instruction.emit()).expect("short");
        self.id += 1;
        self.send(Fragment {
            instruction_id: self.id,
            number: 0,
            is_final: true,
            slice: &stream,
        });
    }

    fn send(&mut self, fragment: Fragment<'_>) {
        let datagram = Datagram {
            timestamp: self.id as u16,
            timestamp_reply: Some(self.id as u16),
            payload: &fragment.emit(),
        };
        self.seal(&datagram.emit());
    }

    fn seal(&mut self, plaintext: &[u8]) {
        let plaintext = &plaintext[..plaintext.len().min(2000)];
        let datagram = self.sealer.seal(plaintext).expect("within the budget");
        let source = "192.0.2.1:7".parse().expect("an address");
        let arrival = Arrival { source, socket: 0, congested: false, payload: &datagram };
        self.victim.handle_datagram(&arrival, self.now);
    }
}

fuzz_target!(|moves: (bool, Vec<Move>)| {
    let (against_client, moves) = moves;
    let key = Key::from([7; 16]);
    let now = Instant::now();
    let (input, screen) = (UserInput::default(), TerminalState::new());
    let attacker = |direction| (Sealer::new(&key, direction), Compressor::new());
    if against_client {
        let server = "192.0.2.1:7".parse().expect("an address");
        let role = Role::Client { server };
        let victim = Transport::new(role, &key, Tuning::best(), (input, screen), 0, now);
        let (sealer, compressor) = attacker(Direction::ToClient);
        Attacker { victim, sealer, compressor, now, id: 0 }.play(&moves);
    } else {
        let victim = Transport::new(Role::Server, &key, Tuning::best(), (screen, input), 0, now);
        let (sealer, compressor) = attacker(Direction::ToServer);
        Attacker { victim, sealer, compressor, now, id: 0 }.play(&moves);
    }
});
