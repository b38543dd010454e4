//! How a made-up typist types: the rhythm, the slips, the pauses. The same for the same seed.
//!
//! Sources:
//!
//! - Dhakal, Feit, Kristensson, Oulasvirta: *Observations on Typing from 136 Million Keystrokes*, CHI 2018, of 168,000
//!   people transcribing text: a mean gap between keys of 239 ms with a standard deviation of 112 ms, and 6.3 % of keys
//!   spent on corrections. They find that which two keys follow each other decides much of a gap; here it decides half of
//!   the variance of its logarithm. Their standard deviation is between people; it is taken for that within one, of
//!   which they give none. Slips stay within a word here, so that no command goes wrong: 3.4 % of keys are corrections.
//! - Brysbaert: *How many words do we read per minute?*, Journal of Memory and Language 109, 2019: 238 words.
//! - Of how long one thinks between two commands we know no figures that would fit: the mean of 4 s is a choice of ours.

use std::time::Duration;

use rand_core::SeedableRng;
use rand_distr::{Distribution, LogNormal, StandardNormal, StandardUniform};
use rand_pcg::Pcg64;

use super::keys::{BACKSPACE, Key};

/// Mean and standard deviation of the gap between two keys, in seconds.
const GAP: (f64, f64) = (0.239, 0.112);
/// A pause to think, in seconds.
const THOUGHT: (f64, f64) = (4.0, 3.0);
/// Words read in a second.
const READING: f64 = 238.0 / 60.0;
/// The share of letters that are slips. Each costs two to six keys, half of them Backspace.
const SLIPS: f64 = 0.036;
/// Letters that are typed after a slip before it is noticed, at most.
const UNNOTICED: u32 = 2;

const KEYBOARD: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// A typist's hand.
pub(super) struct Hand {
    seed: u64,
    random: Pcg64,
    last: Option<Key>,
}

impl Hand {
    pub(super) fn new(seed: u64) -> Self {
        Hand {
            seed,
            random: Pcg64::seed_from_u64(seed),
            last: None,
        }
    }

    /// How long the hand takes from the key before to this one.
    pub(super) fn gap(&mut self, key: Key) -> Duration {
        let (mean, sd) = GAP;
        let variance = (1.0 + (sd / mean).powi(2)).ln();
        let half = (variance / 2.0).sqrt();
        let pair: f64 = match self.last.replace(key) {
            Some(last) => StandardNormal.sample(&mut self.of_pair(last, key)),
            None => 0.0,
        };
        let own: f64 = StandardNormal.sample(&mut self.random);
        let seconds = (mean.ln() - variance / 2.0 + half * (pair + own)).exp();
        Duration::from_secs_f64(seconds)
    }

    /// What is particular to one key after another, with this typist.
    fn of_pair(&self, last: Key, key: Key) -> Pcg64 {
        let bytes = [last.bytes(false), key.bytes(false)].concat();
        // FNV-1a, so that it stays the same for ever.
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Pcg64::seed_from_u64(hash ^ self.seed)
    }

    /// The keys that it takes to write a text.
    pub(super) fn write(&mut self, text: &str) -> Vec<Key> {
        let letters: Vec<char> = text.chars().collect();
        let mut keys = Vec::new();
        for (place, &letter) in letters.iter().enumerate() {
            let unnoticed = (f64::from(UNNOTICED + 1) * self.unit()) as usize;
            let seen = &letters[place + 1..];
            // What is typed by mistake stays within its word: nothing is entered that was not meant.
            let within =
                seen.len() >= unnoticed && seen[..unnoticed].iter().all(char::is_ascii_lowercase);
            if self.unit() < SLIPS
                && within
                && let Some(wrong) = self.neighbour(letter)
            {
                keys.push(Key::of(wrong));
                keys.extend(seen[..unnoticed].iter().copied().map(Key::of));
                keys.extend(std::iter::repeat_n(BACKSPACE, unnoticed + 1));
            }
            keys.push(Key::of(letter));
        }
        keys
    }

    /// A letter beside this one on the keyboard; none for what is no small letter.
    fn neighbour(&mut self, letter: char) -> Option<char> {
        let row = KEYBOARD.iter().find(|row| row.contains(letter))?;
        let place = row.find(letter)?;
        let left = place
            .checked_sub(1)
            .and_then(|left| row.as_bytes().get(left));
        let right = row.as_bytes().get(place + 1);
        let (first, second) = if self.unit() < 0.5 {
            (left, right)
        } else {
            (right, left)
        };
        first.or(second).map(|&letter| letter.into())
    }

    /// How long it takes to read so many words.
    pub(super) fn reading(words: usize) -> Duration {
        Duration::from_secs_f64(words as f64 / READING)
    }

    /// How long a thought takes.
    pub(super) fn thought(&mut self) -> Duration {
        let (mean, sd) = THOUGHT;
        let seconds = LogNormal::from_mean_cv(mean, sd / mean)
            .map_or(mean, |thoughts| thoughts.sample(&mut self.random));
        Duration::from_secs_f64(seconds)
    }

    /// A fraction in [0, 1).
    fn unit(&mut self) -> f64 {
        StandardUniform.sample(&mut self.random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "the quick brown fox jumps over the lazy dog and runs away from it all\n";

    fn shown(keys: &[Key]) -> String {
        let mut line = String::new();
        for key in keys {
            match key {
                &BACKSPACE => drop(line.pop()),
                Key::Character(character) => line.push(*character),
                other => panic!("{other:?} should not be written"),
            }
        }
        line
    }

    #[test]
    fn whatever_slips_the_text_comes_out() {
        for seed in 0..50 {
            let keys = Hand::new(seed).write(TEXT);
            assert_eq!(shown(&keys), TEXT.replace('\n', "\r"), "seed {seed}");
        }
    }

    #[test]
    fn corrections_are_half_as_frequent_as_was_found() {
        let keys = Hand::new(1).write(&TEXT.repeat(300));
        let corrections = keys.iter().filter(|&&key| key == BACKSPACE).count();
        let share = corrections as f64 / keys.len() as f64;
        assert!((0.03..0.04).contains(&share), "{share}");
    }

    #[test]
    fn gaps_have_the_moments_that_were_found() {
        let mut hand = Hand::new(3);
        let letters: Vec<Key> = ('a'..='z').map(Key::of).collect();
        let pairs = letters
            .iter()
            .flat_map(|&a| letters.iter().flat_map(move |&b| [a, b]));
        let gaps: Vec<f64> = std::iter::repeat_n(pairs, 10)
            .flatten()
            .map(|key| hand.gap(key).as_secs_f64())
            .collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((mean - GAP.0).abs() < 0.1 * GAP.0, "{mean}");
        assert!(
            (variance.sqrt() - GAP.1).abs() < 0.2 * GAP.1,
            "{}",
            variance.sqrt()
        );
    }

    #[test]
    fn the_same_seed_types_the_same_for_ever() {
        let mut hand = Hand::new(1);
        let keys = hand.write("hello again, my dear old friend");
        let typed: Vec<String> = keys
            .into_iter()
            .map(|key| {
                let sent = String::from_utf8_lossy(&key.bytes(false))
                    .escape_debug()
                    .to_string();
                format!("{:.2} s  {sent}", hand.gap(key).as_secs_f64())
            })
            .collect();
        insta::assert_snapshot!(typed.join("\n"));
    }
}
