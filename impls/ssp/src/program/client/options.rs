//! The command line of `ssp-client`, which is that of stock's client.

use std::net::{IpAddr, SocketAddr};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// A session.
    Session(Options),
    /// The number of colours of the terminal.
    Colors,
    Help,
    Version,
}

/// Which session.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) server: SocketAddr,
}

impl Options {
    /// Parses the arguments after the program's name.
    pub(super) fn parse(arguments: &[String]) -> Result<Request, String> {
        let mut operands = Vec::new();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            match argument {
                "--help" | "-h" => return Ok(Request::Help),
                "--version" => return Ok(Request::Version),
                "-c" => return Ok(Request::Colors),
                // The wrapper's own arguments, for process listings; a wrapper may also put a bar behind them.
                "-#" => drop(arguments.next()),
                marked if marked.starts_with("-# ") => {}
                "-v" | "-vv" | "-vvv" => {}
                option if option.starts_with('-') => {
                    return Err(format!("unknown option {option}"));
                }
                operand => operands.push(operand),
            }
        }
        let [ip, port] = operands[..] else {
            return Err("give an IP address and a port".to_owned());
        };
        let ip: IpAddr = ip.parse().map_err(|_| format!("bad IP address {ip}"))?;
        match port.parse() {
            Ok(port) if port > 0 => Ok(Request::Session(Self {
                server: SocketAddr::new(ip, port),
            })),
            _ => Err(format!("bad UDP port {port}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Request, String> {
        let arguments: Vec<_> = arguments.iter().map(|&a| a.to_owned()).collect();
        Options::parse(&arguments)
    }

    fn session(server: &str) -> Result<Request, String> {
        let server = server.parse().expect("an address");
        Ok(Request::Session(Options { server }))
    }

    #[test]
    fn the_wrappers_command_lines_are_understood() {
        let v4 = session("192.0.2.1:60001");
        assert_eq!(parse(&["192.0.2.1", "60001"]), v4);
        assert_eq!(parse(&["-# user@host |", "192.0.2.1", "60001"]), v4);
        assert_eq!(parse(&["-#", "user@host", "-v", "192.0.2.1", "60001"]), v4);
        assert_eq!(parse(&["2001:db8::1", "7"]), session("[2001:db8::1]:7"));
        assert_eq!(parse(&["-c"]), Ok(Request::Colors));
    }

    #[test]
    fn nonsense_is_named() {
        for (arguments, reason) in [
            (["host.example", "60001"], "bad IP address host.example"),
            (["192.0.2.1", "0"], "bad UDP port 0"),
            (["192.0.2.1", "70000"], "bad UDP port 70000"),
            (["192.0.2.1", "-x"], "unknown option -x"),
        ] {
            assert_eq!(parse(&arguments), Err(reason.to_owned()));
        }
        assert!(parse(&["192.0.2.1"]).is_err());
    }
}
