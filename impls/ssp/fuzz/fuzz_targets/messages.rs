//! Instructions and the messages inside them: what parses is emitted to something that parses to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssp::wire::instruction::Instruction;
use ssp::wire::{host, user};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(instruction) = Instruction::parse(bytes) {
        let emitted = instruction.emit();
        assert_eq!(Instruction::parse(&emitted), Ok(instruction));
    }
    if let Ok(instructions) = user::instructions(bytes).collect::<Result<Vec<_>, _>>() {
        let mut message = Vec::new();
        instructions.iter().for_each(|&one| user::put(&mut message, one));
        let again: Result<Vec<_>, _> = user::instructions(&message).collect();
        assert_eq!(again, Ok(instructions));
    }
    if let Ok(instructions) = host::instructions(bytes).collect::<Result<Vec<_>, _>>() {
        let mut message = Vec::new();
        instructions.iter().for_each(|&one| host::put(&mut message, one));
        let again: Result<Vec<_>, _> = host::instructions(&message).collect();
        assert_eq!(again, Ok(instructions));
    }
});
