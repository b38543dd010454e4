use super::*;
use crate::terminal::{Attributes, Color, Terminal, Underline};

const SIZE: Size = Size {
    width: 20,
    height: 4,
};
const SLOW: Duration = Duration::from_millis(100);
const FAST: Duration = Duration::from_millis(20);
const MS: Duration = Duration::from_millis(1);

/// A user at a predictor, and a server that echoes when it is told to.
struct Session {
    predictor: Predictor,
    server: Terminal,
    progress: Progress,
    now: Instant,
}

impl Session {
    fn new(mode: DisplayMode, send_interval: Duration) -> Self {
        let mut server = Terminal::new(SIZE);
        server.write(b"$ ");
        Self {
            predictor: Predictor::new(mode, false),
            server,
            progress: Progress {
                sent: 0,
                echoed: 0,
                send_interval,
            },
            now: Instant::now(),
        }
    }

    /// A session whose first epoch has been confirmed by an echo of `x`.
    fn confirmed(mode: DisplayMode, send_interval: Duration) -> Self {
        let mut session = Self::new(mode, send_interval);
        session.press(b"x");
        session.echo(b"x");
        session
    }

    /// Types one key, which the sender then sends.
    fn press(&mut self, keys: &[u8]) {
        let screen = self.server.framebuffer();
        self.predictor
            .handle_keys(keys, screen, self.progress, self.now);
        self.progress.sent += 1;
    }

    /// A screen comes in that shows the effect of all that has been typed.
    fn echo(&mut self, output: &[u8]) {
        self.server.write(output);
        self.progress.echoed = self.progress.sent;
        self.wait(Duration::ZERO);
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        let screen = self.server.framebuffer();
        self.predictor
            .handle_screen(screen, self.progress, self.now);
    }

    fn screen(&mut self) -> Framebuffer {
        let mut screen = self.server.framebuffer().clone();
        self.predictor.draw(&mut screen);
        screen
    }

    /// The first row and the column of the cursor.
    fn line(&mut self) -> (String, usize) {
        let screen = self.screen();
        (screen.rows()[0].text(), screen.cursor().col)
    }
}

fn line(text: &str, col: usize) -> (String, usize) {
    (text.into(), col)
}

#[test]
fn nothing_is_shown_before_the_first_confirmation() {
    let mut session = Session::new(DisplayMode::Always, SLOW);
    session.press(b"l");
    session.press(b"s");
    assert_eq!(session.line(), line("$", 2));
    session.echo(b"l");
    assert_eq!(session.line().0, "$ l");
}

#[test]
fn once_an_echo_has_come_true_the_rest_of_its_epoch_is_shown() {
    let mut session = Session::new(DisplayMode::Always, SLOW);
    session.press(b"l");
    session.press(b"s");
    session.progress.echoed = 1;
    session.server.write(b"l");
    session.wait(Duration::ZERO);
    assert_eq!(session.line(), line("$ ls", 4));
    session.press(b" ");
    session.press(b"a");
    assert_eq!(session.line(), line("$ ls a", 6));
}

#[test]
fn the_experiment_shows_predictions_at_once() {
    let mut session = Session::new(DisplayMode::Experimental, SLOW);
    session.press(b"l");
    assert_eq!(session.line(), line("$ l", 3));
}

#[test]
fn passwords_are_never_shown() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.press(b"\r");
    session.echo(b"\r\nPassword: ");
    for key in "secret".bytes() {
        session.press(&[key]);
        assert_eq!(session.screen().text(), session.server.framebuffer().text());
        session.echo(b"");
    }
}

#[test]
fn a_fast_path_needs_no_predictions() {
    let mut session = Session::confirmed(DisplayMode::Adaptive, FAST);
    session.press(b"y");
    assert_eq!(session.line(), line("$ x", 3));
    let mut session = Session::confirmed(DisplayMode::Never, SLOW);
    session.press(b"y");
    assert_eq!(session.line(), line("$ x", 3));
}

#[test]
fn predictions_are_shown_above_one_threshold_and_hidden_below_another() {
    let mut session = Session::confirmed(DisplayMode::Adaptive, 31 * MS);
    session.press(b"y");
    assert_eq!(session.line().0, "$ xy");
    session.echo(b"y");
    session.progress.send_interval = 21 * MS;
    session.press(b"z");
    assert_eq!(session.line().0, "$ xyz");
    session.progress.send_interval = FAST;
    session.wait(Duration::ZERO);
    assert_eq!(session.line().0, "$ xyz", "not while it is pending");
    session.echo(b"z");
    session.wait(Duration::ZERO);
    session.press(b"!");
    assert_eq!(session.line().0, "$ xyz");
}

#[test]
fn predictions_are_marked_on_a_very_slow_path() {
    for (send_interval, underline) in [(80 * MS, Underline::None), (81 * MS, Underline::Single)] {
        let mut session = Session::confirmed(DisplayMode::Adaptive, send_interval);
        session.press(b"y");
        let cell = session.screen().cell(0, 3).cloned().unwrap();
        assert_eq!((cell.base(), cell.renditions().underline), ('y', underline));
    }
}

#[test]
fn a_glitch_shows_predictions_until_ten_quick_confirmations() {
    let mut session = Session::confirmed(DisplayMode::Adaptive, FAST);
    session.press(b"a");
    session.wait(249 * MS);
    assert_eq!(session.line().0, "$ x");
    session.wait(MS);
    assert_eq!(session.line().0, "$ xa");
    session.echo(b"a");
    for confirmations in 0..10 {
        session.press(b"b");
        assert_ne!(
            session.screen().text(),
            session.server.framebuffer().text(),
            "{confirmations}"
        );
        session.wait(150 * MS);
        session.echo(b"b");
    }
    session.press(b"c");
    assert_eq!(session.screen().text(), session.server.framebuffer().text());
}

#[test]
fn a_long_glitch_marks_predictions() {
    let mut session = Session::confirmed(DisplayMode::Adaptive, FAST);
    session.press(b"a");
    session.wait(5000 * MS);
    let screen = session.screen();
    assert_eq!(
        screen.cell(0, 3).unwrap().renditions().underline,
        Underline::Single
    );
}

#[test]
fn a_wrong_prediction_takes_all_of_them_away() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.press(b"y");
    session.press(b"z");
    assert_eq!(session.line(), line("$ xyz", 5));
    session.progress.echoed = session.progress.sent - 1;
    session.server.write(b"!");
    session.wait(Duration::ZERO);
    assert_eq!(session.line(), line("$ x!", 4));
    assert_eq!(session.predictor.counters().wrong, 1);
    session.press(b"a");
    assert_eq!(
        session.line(),
        line("$ x!", 4),
        "trust has to be earned again"
    );
}

#[test]
fn typing_within_a_line_pushes_the_rest_to_the_right() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.echo(b"yz");
    session.press(b"\x1bOD");
    session.press(b"\x1bOD");
    assert_eq!(session.line(), line("$ xyz", 3));
    session.press(b"_");
    assert_eq!(session.line(), line("$ x_yz", 4));
    session.press(b"\x7f");
    assert_eq!(session.line(), line("$ xyz", 3));
    session.press(b"\x1bOC");
    assert_eq!(session.line(), line("$ xyz", 4));
}

#[test]
fn typing_may_overwrite_instead() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.predictor.overwrites = true;
    session.echo(b"yz\x08\x08");
    session.press(b"_");
    assert_eq!(session.line(), line("$ x_z", 4));
}

#[test]
fn what_is_typed_looks_like_its_neighbour_and_then_like_the_echo() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.echo(b"\x1b[31my");
    session.press(b"a");
    session.press(b"b");
    let color = |screen: &Framebuffer, col| screen.cell(0, col).unwrap().renditions().foreground;
    assert_eq!(color(&session.screen(), 5), Color::Indexed(1));
    session.progress.echoed = session.progress.sent - 1;
    session.server.write(b"\x1b[32ma");
    session.wait(Duration::ZERO);
    assert_eq!(color(&session.screen(), 5), Color::Indexed(2));
}

#[test]
fn unforeseeable_keys_begin_a_new_epoch() {
    for key in [
        b"\x1b[A".as_slice(),
        b"\t",
        b"\x03",
        "漢".as_bytes(),
        b"\r",
        b"\x1b[<0;1;1M",
    ] {
        let mut session = Session::confirmed(DisplayMode::Always, SLOW);
        session.press(key);
        session.press(b"y");
        assert_eq!(session.line().0, "$ x", "after {key:?}");
    }
}

#[test]
fn mouse_reports_are_not_text() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.echo(b"\x1b[?1000h");
    session.press(b"\x1b[M !!");
    assert_eq!(session.predictor.counters().predicted, 1);
}

#[test]
fn what_is_pasted_is_not_predicted() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.press(&[b'a'; 101]);
    assert_eq!(session.line(), line("$ x", 3));
}

#[test]
fn a_new_size_drops_predictions() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.press(b"y");
    session.server.resize(Size {
        width: 10,
        height: 4,
    });
    session.wait(Duration::ZERO);
    assert_eq!(session.line(), line("$ x", 3));
}

#[test]
fn predictions_are_counted() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.press(b"a");
    session.screen();
    session.screen();
    session.echo(b"a");
    let expected = Counters {
        predicted: 2,
        shown: 1,
        wrong: 0,
    };
    assert_eq!(session.predictor.counters(), expected);
}

#[test]
fn ages_are_checked_while_they_matter() {
    let mut session = Session::confirmed(DisplayMode::Adaptive, FAST);
    assert_eq!(session.predictor.poll_timeout(session.now), None);
    session.press(b"a");
    assert_eq!(
        session.predictor.poll_timeout(session.now),
        Some(session.now + 50 * MS)
    );
}

#[test]
fn blank_marks_are_not_drawn() {
    let mut session = Session::confirmed(DisplayMode::Always, SLOW);
    session.press(b" ");
    let screen = session.screen();
    let cell = screen.cell(0, 3).unwrap();
    assert_eq!(cell.renditions().underline, Underline::None);
    assert_eq!(cell.renditions().attributes, Attributes::empty());
}

proptest::proptest! {
    #[test]
    fn no_keys_and_no_screen_make_it_panic(
        script in proptest::collection::vec(
            (proptest::collection::vec(proptest::prelude::any::<u8>(), 0..6), "[ -~\r\n\u{8}漢\u{1b}\\[]{0,8}"), 0..40),
        experimental: bool,
        (width, height) in (1usize..8, 1usize..4),
    ) {
        let mode = if experimental { DisplayMode::Experimental } else { DisplayMode::Always };
        let mut session = Session::new(mode, SLOW);
        for (keys, output) in script {
            session.press(&keys);
            session.screen();
            session.echo(output.as_bytes());
            session.server.resize(Size { width, height });
            session.press(&keys);
            session.screen();
        }
    }
}
