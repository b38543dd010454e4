//! The command line of `ssp-server`, which is that of stock's server.

use std::ops::RangeInclusive;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    /// Where to bind.
    pub(super) address: Address,
    /// The ports to try.
    pub(super) ports: RangeInclusive<u16>,
    /// How many colours the client's terminal has.
    pub(super) colors: u32,
    /// How often `-v` was given. With any, standard error stays open after detaching.
    pub(super) verbose: u32,
    /// Locale variables to use if the native locale is not UTF-8.
    pub(super) locale: Vec<(String, String)>,
    /// The command and its arguments; empty for the login shell.
    pub(super) command: Vec<String>,
}

/// The local address to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// Any.
    Any,
    /// The one that SSH was connected to (`-s`).
    OfSshConnection,
    /// This one (`-i`).
    Given(String),
}

/// What was asked instead of a session, or why the command line makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoSession {
    Help,
    Version,
    Wrong(String),
}

/// The ports that stock tries.
const DEFAULT_PORTS: RangeInclusive<u16> = 60001..=60999;

impl Default for Options {
    fn default() -> Self {
        Self {
            address: Address::Any,
            ports: DEFAULT_PORTS,
            colors: 0,
            verbose: 0,
            locale: Vec::new(),
            command: Vec::new(),
        }
    }
}

impl Options {
    /// Parses the arguments after the program's name.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, NoSession> {
        match arguments.first().map(String::as_str) {
            Some("new") => Self::parse_new(&arguments[1..]),
            Some("-h" | "--help") => Err(NoSession::Help),
            Some("--version") => Err(NoSession::Version),
            Some(option) if option.starts_with('-') => Self::parse_new(arguments),
            _ => Self::parse_legacy(arguments),
        }
    }

    /// `[IP [PORT]]`, from before there were options.
    fn parse_legacy(arguments: &[String]) -> Result<Self, NoSession> {
        let mut options = Self::default();
        match arguments {
            [] => {}
            [ip] => options.address = Address::Given(ip.clone()),
            [ip, port] => {
                options.address = Address::Given(ip.clone());
                options.ports = parse_ports(port)?;
            }
            _ => return Err(NoSession::Wrong("too many arguments".to_owned())),
        }
        Ok(options)
    }

    fn parse_new(arguments: &[String]) -> Result<Self, NoSession> {
        let mut options = Self::default();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                options.command = arguments.map(str::to_owned).collect();
                break;
            }
            // Test harnesses give it twice.
            if argument == "new" {
                continue;
            }
            let Some(letters) = argument.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                return Err(NoSession::Wrong(format!("unexpected argument {argument}")));
            };
            options.parse_letters(letters, &mut arguments)?;
        }
        Ok(options)
    }

    /// Options may be clustered, and a value may follow its letter directly.
    fn parse_letters<'a>(
        &mut self,
        letters: &'a str,
        following: &mut impl Iterator<Item = &'a str>,
    ) -> Result<(), NoSession> {
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            match letter {
                's' => self.address = Address::OfSshConnection,
                'v' => self.verbose += 1,
                '@' | 'i' | 'p' | 'c' | 'l' => {
                    let value = match rest {
                        "" => following.next(),
                        attached => Some(attached),
                    };
                    let value = value
                        .ok_or_else(|| NoSession::Wrong(format!("-{letter} needs a value")))?;
                    return self.set(letter, value);
                }
                'h' => return Err(NoSession::Help),
                _ => return Err(NoSession::Wrong(format!("unknown option -{letter}"))),
            }
        }
        Ok(())
    }

    fn set(&mut self, letter: char, value: &str) -> Result<(), NoSession> {
        match letter {
            'i' => self.address = Address::Given(value.to_owned()),
            'p' => self.ports = parse_ports(value)?,
            'c' => {
                self.colors = value
                    .parse()
                    .map_err(|_| NoSession::Wrong(format!("bad number of colors {value}")))?;
            }
            'l' => {
                let (name, value) = value
                    .split_once('=')
                    .ok_or_else(|| NoSession::Wrong(format!("-l {value} is not NAME=VALUE")))?;
                self.locale.push((name.to_owned(), value.to_owned()));
            }
            // -@ is for harnesses that mark their processes.
            _ => {}
        }
        Ok(())
    }
}

/// `PORT` or `FIRST:LAST`.
fn parse_ports(text: &str) -> Result<RangeInclusive<u16>, NoSession> {
    let wrong = || NoSession::Wrong(format!("bad UDP port or range {text}"));
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let first = first.parse().map_err(|_| wrong())?;
    let last = last.parse().map_err(|_| wrong())?;
    if first > last {
        return Err(wrong());
    }
    Ok(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, NoSession> {
        let arguments: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments)
    }

    #[test]
    fn the_wrappers_command_line_is_understood() {
        let options =
            parse("new -c 256 -s -p 60010:60020 -l LANG=C.UTF-8 -l LC_ALL=x=y -- top -d 1");
        assert_eq!(
            options,
            Ok(Options {
                address: Address::OfSshConnection,
                ports: 60010..=60020,
                colors: 256,
                verbose: 0,
                locale: vec![
                    ("LANG".to_owned(), "C.UTF-8".to_owned()),
                    ("LC_ALL".to_owned(), "x=y".to_owned())
                ],
                command: ["top", "-d", "1"].map(str::to_owned).to_vec(),
            })
        );
    }

    #[test]
    fn harnesses_may_cluster_repeat_and_mark() {
        let options = parse("new -vv -v -@ mark new -i127.0.0.1 -p 0").expect("well-formed");
        assert_eq!(options.verbose, 3);
        assert_eq!(options.address, Address::Given("127.0.0.1".to_owned()));
        assert_eq!(options.ports, 0..=0);
    }

    #[test]
    fn the_legacy_form_is_address_and_port() {
        let options = parse("192.0.2.1 60005").expect("well-formed");
        assert_eq!(options.address, Address::Given("192.0.2.1".to_owned()));
        assert_eq!(options.ports, 60005..=60005);
        assert_eq!(parse(""), Ok(Options::default()));
    }

    #[test]
    fn nonsense_is_named() {
        let wrong = |line| match parse(line) {
            Err(NoSession::Wrong(reason)) => reason,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(wrong("new -x"), "unknown option -x");
        assert_eq!(wrong("new -p"), "-p needs a value");
        assert_eq!(wrong("new -p 70000"), "bad UDP port or range 70000");
        assert_eq!(wrong("new -p 7:6"), "bad UDP port or range 7:6");
        assert_eq!(wrong("new -l LANG"), "-l LANG is not NAME=VALUE");
        assert_eq!(wrong("new top"), "unexpected argument top");
    }

    #[test]
    fn help_and_version_are_asked_for_in_place_of_a_session() {
        assert_eq!(parse("--help"), Err(NoSession::Help));
        assert_eq!(parse("--version"), Err(NoSession::Version));
    }
}
