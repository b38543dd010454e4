//! The command line of `ssp`, which is that of stock's wrapper.

use std::str::FromStr;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    Session(Box<Options>),
    /// To stand between SSH and the server's SSH port, and tell the address: host and port.
    FakeProxy {
        family: Family,
        host: String,
        port: u16,
    },
    Help,
    Version,
}

/// Which session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) client: Option<String>,
    pub(super) server: String,
    pub(super) predict: Option<String>,
    pub(super) predict_overwrite: bool,
    pub(super) family: Family,
    pub(super) port: Option<String>,
    pub(super) bind_server: BindServer,
    pub(super) ssh: Vec<String>,
    pub(super) ssh_pty: bool,
    pub(super) init: bool,
    pub(super) local: bool,
    pub(super) remote_ip: RemoteIp,
    /// `[user@]host`.
    pub(super) target: String,
    pub(super) command: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            client: None,
            server: "ssp-server".to_owned(),
            predict: None,
            predict_overwrite: false,
            family: Family::PreferInet,
            port: None,
            bind_server: BindServer::Ssh,
            ssh: vec!["ssh".to_owned()],
            ssh_pty: true,
            init: true,
            local: false,
            remote_ip: RemoteIp::Proxy,
            target: String::new(),
            command: Vec::new(),
        }
    }
}

/// Which addresses of a host to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Inet,
    Inet6,
    /// As the resolver orders them.
    Auto,
    PreferInet,
    PreferInet6,
}

/// `--family`'s words.
const FAMILIES: [(&str, Family); 6] = [
    ("inet", Family::Inet),
    ("inet6", Family::Inet6),
    ("auto", Family::Auto),
    ("all", Family::Auto),
    ("prefer-inet", Family::PreferInet),
    ("prefer-inet6", Family::PreferInet6),
];

impl Family {
    pub(super) fn word(self) -> &'static str {
        FAMILIES
            .iter()
            .find(|(_, family)| *family == self)
            .map_or("auto", |(word, _)| word)
    }
}

impl FromStr for Family {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        FAMILIES
            .iter()
            .find(|(word, _)| *word == text)
            .map(|&(_, family)| family)
            .ok_or_else(|| format!("bad --family={text}"))
    }
}

/// Where the server binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BindServer {
    /// The address that SSH came in on.
    Ssh,
    Any,
    Address(String),
}

/// How the server's address is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RemoteIp {
    /// By looking the host up here.
    Local,
    /// By asking the server where SSH came in.
    Remote,
    /// By making the connection for SSH.
    Proxy,
}

impl FromStr for RemoteIp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "local" => Ok(Self::Local),
            "remote" => Ok(Self::Remote),
            "proxy" => Ok(Self::Proxy),
            _ => Err(format!("bad --experimental-remote-ip={text}")),
        }
    }
}

impl Options {
    /// Parses the arguments after the program's name.
    pub(super) fn parse(arguments: &[String]) -> Result<Request, String> {
        let mut options = Self::default();
        let mut is_fake_proxy = false;
        let mut operands: Vec<String> = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" => return Ok(Request::Help),
                "--version" => return Ok(Request::Version),
                "--fake-proxy" => is_fake_proxy = true,
                "--" => {
                    operands.extend(arguments.by_ref().cloned());
                }
                option if option.starts_with('-') && option.len() > 1 => {
                    options.set(option, || arguments.next().cloned())?;
                }
                // What follows the host is the command, whatever it looks like.
                _ => {
                    operands.push(argument.clone());
                    let mut rest: Vec<_> = arguments.by_ref().cloned().collect();
                    if rest.first().is_some_and(|first| first == "--") {
                        rest.remove(0);
                    }
                    operands.extend(rest);
                }
            }
        }
        if is_fake_proxy {
            return fake_proxy(options.family, &operands);
        }
        if operands.is_empty() && options.local {
            operands.push("localhost".to_owned());
        }
        let mut operands = operands.into_iter();
        options.target = operands.next().ok_or("give a host")?;
        options.command = operands.collect();
        Ok(Request::Session(Box::new(options)))
    }

    /// Sets an option; its value follows behind `=` or as the next argument.
    fn set(&mut self, option: &str, next: impl FnOnce() -> Option<String>) -> Result<(), String> {
        let (name, attached) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (option, None),
        };
        let value = || {
            attached
                .or_else(next)
                .ok_or_else(|| format!("{name} needs a value"))
        };
        match name {
            "--client" => self.client = Some(value()?),
            "--server" => self.server = value()?,
            "--predict" => self.predict = Some(checked_predict(value()?)?),
            "-a" => self.predict = Some("always".to_owned()),
            "-n" => self.predict = Some("never".to_owned()),
            "-o" | "--predict-overwrite" => self.predict_overwrite = true,
            "-4" => self.family = Family::Inet,
            "-6" => self.family = Family::Inet6,
            "--family" => self.family = value()?.parse()?,
            "-p" | "--port" => self.port = Some(value()?),
            "--bind-server" => {
                self.bind_server = match value()?.as_str() {
                    "ssh" => BindServer::Ssh,
                    "any" => BindServer::Any,
                    address => BindServer::Address(address.to_owned()),
                }
            }
            "--ssh" => self.ssh = split_words(&value()?)?,
            "--ssh-pty" => self.ssh_pty = true,
            "--no-ssh-pty" => self.ssh_pty = false,
            "--init" => self.init = true,
            "--no-init" => self.init = false,
            "--local" => self.local = true,
            "--experimental-remote-ip" => self.remote_ip = value()?.parse()?,
            _ => return Err(format!("unknown option {option}")),
        }
        Ok(())
    }

    /// The host without the user.
    pub(super) fn host(&self) -> &str {
        match self.target.rsplit_once('@') {
            Some((_, host)) => host,
            None => &self.target,
        }
    }
}

fn fake_proxy(family: Family, operands: &[String]) -> Result<Request, String> {
    let [host, port] = operands else {
        return Err("--fake-proxy needs a host and a port".to_owned());
    };
    Ok(Request::FakeProxy {
        family,
        host: host.clone(),
        port: port.parse().map_err(|_| format!("bad port {port}"))?,
    })
}

fn checked_predict(mode: String) -> Result<String, String> {
    match mode.as_str() {
        "adaptive" | "always" | "never" | "experimental" => Ok(mode),
        _ => Err(format!("bad --predict={mode}")),
    }
}

/// Splits a command into words as a shell does: blanks separate, quotes and backslashes protect.
fn split_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (mark, Some(open)) if mark == open => quote = None,
            ('\\', None | Some('"')) => {
                let protected = characters.next().ok_or("backslash at the end of --ssh")?;
                word.get_or_insert_default().push(protected);
            }
            ('\'' | '"', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    if quote.is_some() {
        return Err("unclosed quote in --ssh".to_owned());
    }
    words.extend(word);
    if words.is_empty() {
        return Err("--ssh is empty".to_owned());
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Request, String> {
        let arguments: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments)
    }

    fn session(line: &str) -> Options {
        match parse(line) {
            Ok(Request::Session(options)) => *options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_command_begins_behind_the_host() {
        let options = session("-4 --port 60005 -n user@host.example ls -l --help");
        assert_eq!(options.target, "user@host.example");
        assert_eq!(options.host(), "host.example");
        assert_eq!(options.command, ["ls", "-l", "--help"]);
        assert_eq!(options.family, Family::Inet);
        assert_eq!(options.port.as_deref(), Some("60005"));
        assert_eq!(options.predict.as_deref(), Some("never"));
        assert_eq!(session("host -- vim").command, ["vim"]);
        assert_eq!(session("-- host vim").command, ["vim"]);
    }

    #[test]
    fn values_follow_directly_or_next() {
        assert_eq!(session("--server=a host").server, "a");
        assert_eq!(session("--server a host").server, "a");
        let bound = session("--bind-server=192.0.2.1 host").bind_server;
        assert_eq!(bound, BindServer::Address("192.0.2.1".to_owned()));
    }

    #[test]
    fn the_ssh_command_is_split_as_a_shell_does() {
        let split = |text| split_words(text).map(|words| words.join("|"));
        assert_eq!(
            split("ssh -p 22 -o 'A b' \"c d\"\\ e ''").as_deref(),
            Ok("ssh|-p|22|-o|A b|c d e|")
        );
        assert!(split("ssh 'open").is_err());
        assert!(split("  ").is_err());
    }

    #[test]
    fn a_local_session_needs_no_host() {
        assert_eq!(session("--local").target, "localhost");
        assert_eq!(parse(""), Err("give a host".to_owned()));
    }

    #[test]
    fn the_proxys_command_line_is_understood() {
        let proxy = Request::FakeProxy {
            family: Family::Inet6,
            host: "host".to_owned(),
            port: 22,
        };
        assert_eq!(parse("--family=inet6 --fake-proxy -- host 22"), Ok(proxy));
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(parse("--x host"), Err("unknown option --x".to_owned()));
        assert_eq!(parse("--predict=x h"), Err("bad --predict=x".to_owned()));
        assert_eq!(parse("--family=x h"), Err("bad --family=x".to_owned()));
        assert_eq!(parse("--port"), Err("--port needs a value".to_owned()));
    }
}
