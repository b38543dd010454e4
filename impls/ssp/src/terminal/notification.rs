//! The bar on the top row that says what is wrong.

use std::time::{Duration, Instant};

use super::cell::Cell;
use super::framebuffer::Framebuffer;
use super::rendition::{Attributes, Color, Renditions};
use super::width;

/// A server that is alive says something every three seconds: silence of more than two is worth mentioning.
const SERVER_LATE: Duration = Duration::from_millis(6500);

/// Silence about what was sent.
const REPLY_LATE: Duration = Duration::from_millis(10_000);

const MESSAGE_LIFE: Duration = Duration::from_millis(1000);
const ERROR_LIFE: Duration = Duration::from_millis(3100);

/// What the user is told about the connection.
#[derive(Debug, Clone)]
pub struct Notifications {
    /// When the newest state came in from the server.
    last_word: Instant,
    /// When the newest state was sent that the server has acknowledged.
    last_acked: Instant,
    message: Option<Message>,
    /// Follows the text of a silence: how to end the session.
    quit_hint: String,
}

#[derive(Debug, Clone)]
struct Message {
    text: String,
    /// `None` keeps it until it is replaced.
    expires: Option<Instant>,
    /// Whether it says the cause of the silence itself, so that its length need not be added.
    is_whole: bool,
    is_network_error: bool,
}

impl Notifications {
    /// No news; `quit_hint` says how to end the session, for instance ` [To quit: Ctrl-^ .]`.
    pub fn new(quit_hint: &str, now: Instant) -> Self {
        Self {
            last_word: now,
            last_acked: now,
            message: None,
            quit_hint: quit_hint.into(),
        }
    }

    /// Notes when the newest state came in.
    pub fn handle_state(&mut self, received: Instant) {
        self.last_word = received;
    }

    /// Notes when the newest acknowledged state was sent.
    pub fn handle_acknowledgement(&mut self, sent: Instant) {
        self.last_acked = sent;
    }

    /// Shows a message for a second, or if `permanent` until the next.
    pub fn show(&mut self, text: &str, permanent: bool, now: Instant) {
        self.message = Some(Message {
            text: text.into(),
            expires: (!permanent).then_some(now + MESSAGE_LIFE),
            is_whole: permanent,
            is_network_error: false,
        });
    }

    /// Takes the last message back.
    pub fn clear(&mut self) {
        self.message = None;
    }

    /// Shows why datagrams could not be sent or read.
    pub fn show_network_error(&mut self, error: &str, now: Instant) {
        self.message = Some(Message {
            text: error.into(),
            expires: Some(now + ERROR_LIFE),
            is_whole: false,
            is_network_error: true,
        });
    }

    /// The network works again: its last error no longer matters after a second.
    pub fn clear_network_error(&mut self, now: Instant) {
        if let Some(message) = &mut self.message
            && message.is_network_error
        {
            message.expires = message.expires.min(Some(now + MESSAGE_LIFE));
        }
    }

    /// Draws the bar over the screen if there is anything to say.
    pub fn draw(&self, screen: &mut Framebuffer, now: Instant) {
        let Some(text) = self.text(now) else { return };
        if screen.cursor().row == 0 {
            screen.cursor_mut().visible = false;
        }
        let renditions = Renditions {
            foreground: Color::Indexed(7),
            background: Color::Indexed(4),
            attributes: Attributes::BOLD,
            ..Renditions::PLAIN
        };
        // A message may come from anywhere; the bar has room for plain characters only.
        let characters = text.chars().filter(|ch| width::columns(*ch) == Some(1));
        let padded = characters
            .chain(std::iter::repeat(' '))
            .take(screen.size().width);
        for (col, ch) in padded.enumerate() {
            screen.draw_cell(0, col, Cell::narrow(ch, renditions.clone()));
        }
    }

    /// When the text changes if nothing happens until then.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let refreshed = now + refresh_interval(now.saturating_duration_since(self.last_word));
        let late = (self.silence(now).is_some()).then_some(refreshed);
        let becomes_late = [self.last_word + SERVER_LATE, self.last_acked + REPLY_LATE]
            .into_iter()
            .map(|at| at + Duration::from_millis(1))
            .filter(|at| *at > now);
        let expires = self.live_message(now).and_then(|message| message.expires);
        becomes_late.chain(late).chain(expires).min()
    }

    /// What the bar says.
    pub fn text(&self, now: Instant) -> Option<String> {
        let silence = self.silence(now);
        let text = match (self.live_message(now), silence) {
            (None, None) => return None,
            (None, Some((what, length))) => {
                format!(
                    "mosh: Last {what} {} ago.{}",
                    spoken(length, "seconds"),
                    self.quit_hint
                )
            }
            (Some(message), Some((what, length))) if !message.is_whole => {
                let without = if what == "reply" { "reply" } else { "contact" };
                let length = spoken(length, "s");
                format!(
                    "mosh: {} ({length} without {without}.){}",
                    message.text, self.quit_hint
                )
            }
            (Some(message), _) => format!("mosh: {}{}", message.text, self.quit_hint),
        };
        Some(text)
    }

    fn live_message(&self, now: Instant) -> Option<&Message> {
        self.message
            .as_ref()
            .filter(|message| message.expires.is_none_or(|expires| now < expires))
    }

    /// What has been missing for too long, and for how long.
    fn silence(&self, now: Instant) -> Option<(&'static str, Duration)> {
        let since_word = now.saturating_duration_since(self.last_word);
        let since_acked = now.saturating_duration_since(self.last_acked);
        if since_word > SERVER_LATE {
            Some(("contact", since_word))
        } else if since_acked > REPLY_LATE {
            Some(("reply", since_acked))
        } else {
            None
        }
    }
}

/// Seconds up to a minute, then with minutes and hours in front.
fn spoken(length: Duration, unit: &str) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..60 => format!("{seconds} {unit}"),
        60..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!(
            "{}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ),
    }
}

fn refresh_interval(silence: Duration) -> Duration {
    if silence > Duration::from_secs(60) {
        Duration::from_secs(3)
    } else {
        Duration::from_secs(1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::Size;
    use super::*;

    fn after(seconds: f64) -> (Notifications, Instant) {
        let start = Instant::now();
        (
            Notifications::new(" [To quit: Ctrl-^ .]", start),
            start + Duration::from_secs_f64(seconds),
        )
    }

    #[test]
    fn silence_is_mentioned_when_it_lasts() {
        let (news, now) = after(6.5);
        assert_eq!(news.text(now), None);
        let (news, now) = after(7.0);
        let expected = "mosh: Last contact 7 seconds ago. [To quit: Ctrl-^ .]";
        assert_eq!(news.text(now).as_deref(), Some(expected));
        let (news, now) = after(3723.0);
        let expected = "mosh: Last contact 1:02:03 ago. [To quit: Ctrl-^ .]";
        assert_eq!(news.text(now).as_deref(), Some(expected));
    }

    #[test]
    fn a_server_that_speaks_but_does_not_acknowledge_is_told_from_a_silent_one() {
        let (mut news, now) = after(11.0);
        news.handle_state(now);
        let expected = "mosh: Last reply 11 seconds ago. [To quit: Ctrl-^ .]";
        assert_eq!(news.text(now).as_deref(), Some(expected));
        news.handle_acknowledgement(now);
        assert_eq!(news.text(now), None);
    }

    #[test]
    fn messages_expire() {
        let (mut news, now) = after(0.0);
        news.show("Hello.", false, now);
        assert_eq!(
            news.text(now).as_deref(),
            Some("mosh: Hello. [To quit: Ctrl-^ .]")
        );
        assert_eq!(news.poll_timeout(now), Some(now + MESSAGE_LIFE));
        assert_eq!(news.text(now + MESSAGE_LIFE), None);
    }

    #[test]
    fn an_error_is_shown_beside_the_silence_it_causes() {
        let (mut news, now) = after(8.0);
        news.show_network_error("sendto: Network is unreachable", now);
        let expected =
            "mosh: sendto: Network is unreachable (8 s without contact.) [To quit: Ctrl-^ .]";
        assert_eq!(news.text(now).as_deref(), Some(expected));
    }

    #[test]
    fn the_bar_covers_the_top_row_and_the_cursor_in_it() {
        let (news, now) = after(7.0);
        let mut screen = Framebuffer::new(Size {
            width: 20,
            height: 2,
        });
        news.draw(&mut screen, now);
        assert_eq!(screen.text(), "mosh: Last contact 7\n\n");
        assert!(!screen.cursor().visible);
    }
}
