//! Codecs against arbitrary values and arbitrary bytes.

use proptest::prelude::*;
use ssp::wire::datagram::Datagram;
use ssp::wire::fragment::Fragment;
use ssp::wire::host::{self, HostInstruction};
use ssp::wire::instruction::Instruction;
use ssp::wire::user::{self, UserInstruction};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #[test]
    fn datagrams_survive(timestamp in 0..u16::MAX, reply in prop::option::of(0..u16::MAX), payload in bytes()) {
        let datagram = Datagram { timestamp, timestamp_reply: reply, payload: &payload };
        let emitted = datagram.emit();
        prop_assert_eq!(Datagram::parse(&emitted), Ok(datagram));
    }

    #[test]
    fn fragments_survive(instruction_id: u64, number in 0..1_u16 << 15, is_final: bool, slice in bytes()) {
        let fragment = Fragment { instruction_id, number, is_final, slice: &slice };
        let emitted = fragment.emit();
        prop_assert_eq!(Fragment::parse(&emitted), Ok(fragment));
    }

    #[test]
    fn instructions_survive(nums: [u64; 4], diff in bytes(), chaff in bytes(), loss: Option<u64>, longest: Option<u64>) {
        let [old_num, new_num, ack_num, throwaway_num] = nums;
        let instruction = Instruction { old_num, new_num, ack_num, throwaway_num, diff: &diff, chaff: &chaff, loss, longest };
        let emitted = instruction.emit();
        prop_assert_eq!(Instruction::parse(&emitted), Ok(instruction));
    }

    #[test]
    fn user_messages_survive(keys in prop::collection::vec(bytes(), 0..5), extensions: u64) {
        let mut expected: Vec<_> = keys.iter().map(|keys| UserInstruction::Keystrokes(keys)).collect();
        expected.push(UserInstruction::Announce(extensions));
        let mut message = Vec::new();
        for &instruction in &expected {
            user::put(&mut message, instruction);
        }
        let parsed: Result<Vec<_>, _> = user::instructions(&message).collect();
        prop_assert_eq!(parsed, Ok(expected));
    }

    #[test]
    fn host_messages_survive(strings in prop::collection::vec(bytes(), 0..5), echo_ack: u64) {
        let mut expected = vec![HostInstruction::EchoAck(echo_ack)];
        expected.extend(strings.iter().map(|bytes| HostInstruction::HostBytes(bytes)));
        let mut message = Vec::new();
        for &instruction in &expected {
            host::put(&mut message, instruction);
        }
        let parsed: Result<Vec<_>, _> = host::instructions(&message).collect();
        prop_assert_eq!(parsed, Ok(expected));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in bytes()) {
        let _ = Datagram::parse(&bytes);
        let _ = Fragment::parse(&bytes);
        let _ = Instruction::parse(&bytes);
        let _ = user::instructions(&bytes).count();
        let _ = host::instructions(&bytes).count();
    }
}
