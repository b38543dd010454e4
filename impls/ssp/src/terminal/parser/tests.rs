use super::*;
use proptest::prelude::*;

/// Writes down what it is asked to do, one function a word.
#[derive(Default)]
struct Record(Vec<String>);

impl Handler for Record {
    fn print(&mut self, ch: char) {
        self.0.push(ch.to_string());
    }

    fn control(&mut self, code: u8) {
        self.0.push(format!("control:{code:02x}"));
    }

    fn escape(&mut self, intermediates: &[u8], last: char) {
        self.0.push(format!(
            "esc:{}{last}",
            String::from_utf8_lossy(intermediates)
        ));
    }

    fn csi(&mut self, sequence: &Csi) {
        let parameters: Vec<Vec<u16>> = sequence.parameters().map(Iterator::collect).collect();
        let intermediates = String::from_utf8_lossy(sequence.intermediates());
        self.0.push(format!(
            "csi:{intermediates}{parameters:?}{}",
            sequence.last()
        ));
    }

    fn osc(&mut self, command: &str) {
        self.0.push(format!("osc:{command}"));
    }
}

fn parse(bytes: impl AsRef<[u8]>) -> Vec<String> {
    let mut record = Record::default();
    Parser::default().advance(bytes.as_ref(), &mut record);
    record.0
}

#[test]
fn text_and_controls_are_told_apart() {
    assert_eq!(
        parse("a\r\né漢\u{7f}"),
        ["a", "control:0d", "control:0a", "é", "漢", "control:7f"]
    );
}

#[test]
fn control_sequences_have_parameters_markers_and_intermediates() {
    assert_eq!(parse("\x1b[m"), ["csi:[[0]]m"]);
    assert_eq!(parse("\x1b[1;;31m"), ["csi:[[1], [0], [31]]m"]);
    assert_eq!(parse("\x1b[?25;1049h"), ["csi:?[[25], [1049]]h"]);
    assert_eq!(
        parse("\x1b[4:3;58:2::1:2:3m"),
        ["csi:[[4, 3], [58, 2, 0, 1, 2, 3]]m"]
    );
    assert_eq!(parse("\x1b[2 q\x1b[!p"), ["csi: [[2]]q", "csi:![[0]]p"]);
    assert_eq!(parse("\u{9b}5A"), ["csi:[[5]]A"]);
}

#[test]
fn values_out_of_range_count_as_missing() {
    assert_eq!(
        parse("\x1b[65535;65536;99999999999999999999A"),
        ["csi:[[65535], [0], [0]]A"]
    );
}

#[test]
fn a_malformed_control_sequence_is_swallowed() {
    assert_eq!(parse("\x1b[1?2hx"), ["x"]);
    assert_eq!(parse("\x1b[1 2hx"), ["x"]);
    assert_eq!(parse(format!("\x1b[{}mx", "1;".repeat(100))), ["x"]);
}

#[test]
fn controls_inside_a_sequence_act_at_once() {
    assert_eq!(parse("\x1b[1\n2A"), ["control:0a", "csi:[[12]]A"]);
    assert_eq!(parse("\x1b[1\x182A"), ["control:18", "2", "A"]);
    assert_eq!(parse("\x1b[1\x1b[2A"), ["csi:[[2]]A"]);
}

#[test]
fn both_forms_of_a_c1_control_are_one() {
    assert_eq!(parse("\x1bD\u{84}"), ["control:84", "control:84"]);
}

#[test]
fn other_escapes_reach_the_handler_whole() {
    assert_eq!(parse("\x1b7\x1b#8\x1b(0"), ["esc:7", "esc:#8", "esc:(0"]);
}

#[test]
fn commands_end_in_bel_or_st() {
    assert_eq!(parse("\x1b]0;hi\x07x"), ["osc:0;hi", "x"]);
    assert_eq!(parse("\x1b]0;hé\x1b\\x"), ["osc:0;hé", "x"]);
    assert_eq!(parse("\x1b]0;hi\u{9c}x"), ["osc:0;hi", "x"]);
    assert_eq!(parse("\x1b]0;hi\x18x"), ["control:18", "x"]);
}

#[test]
fn an_endless_command_is_ignored_as_a_whole() {
    let endless = format!("\x1b]52;c;{}\x07x", "A".repeat(MAX_OSC));
    assert_eq!(parse(endless), ["x"]);
}

#[test]
fn device_strings_are_swallowed() {
    assert_eq!(parse("\x1bP1$qm\x1b\\x"), ["x"]);
    assert_eq!(parse("\x1b_private\u{9c}x"), ["x"]);
}

proptest! {
    #[test]
    fn how_the_input_is_cut_makes_no_difference(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\x1b[];?0m\x07\xc2\x9b".to_vec())], 0..200),
        cut in any::<prop::sample::Index>(),
    ) {
        let (first, second) = bytes.split_at(cut.index(bytes.len() + 1));
        let mut record = Record::default();
        let mut parser = Parser::default();
        parser.advance(first, &mut record);
        parser.advance(second, &mut record);
        prop_assert_eq!(record.0, parse(&bytes));
    }
}
