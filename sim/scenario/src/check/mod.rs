//! Whether what a scenario says makes sense together: what its types alone cannot say.

mod actions;
mod addresses;
mod expectations;
mod files;
mod gate;
mod hosts;
mod links;
mod names;
mod sessions;
mod timeline;
mod tunnels;
mod workload;

use std::ops::Range;

use crate::source::Spot;
use crate::suggest::suggest;
use crate::{Mistake, Scenario};

pub(crate) use files::load;

/// Finds everything that is wrong with `scenario`, whose text stands at `spot`.
pub(crate) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let parts = [
        names::check,
        hosts::check,
        links::check,
        addresses::check,
        workload::check,
        sessions::check,
        timeline::check,
        expectations::check,
        gate::check,
    ];
    if scenario.hosts.is_empty() {
        return hosts::check(scenario, spot, findings);
    }
    for part in parts {
        part(scenario, spot, findings);
    }
}

/// The mistakes found so far.
pub(crate) struct Findings<'a> {
    text: &'a str,
    mistakes: Vec<Mistake>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Findings {
            text,
            mistakes: Vec::new(),
        }
    }

    /// Notes that the value at `spot` is wrong.
    fn wrong(&mut self, spot: Spot<'_>, what: impl Into<String>, help: impl Into<String>) {
        self.wrong_at(spot.span(), what, help);
    }

    /// Notes that the bytes `span` are wrong.
    fn wrong_at(&mut self, span: Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        let mistake = Mistake::new(self.text, span, what.into(), help.into());
        self.mistakes.push(mistake);
    }

    /// Notes that `name`, at `spot`, is none of `known`, unless it is. `kind` is what they are, in
    /// the singular. Says whether it is one of them.
    fn known<'n>(
        &mut self,
        spot: Spot<'_>,
        kind: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n String>,
    ) -> bool {
        let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
        let found = known.contains(&name);
        if !found {
            let what = format!("there is no {kind} \"{name}\"");
            self.wrong(spot, what, suggest(name, &format!("{kind}s"), known));
        }
        found
    }

    /// The mistakes in the order of the text.
    pub(crate) fn in_order(mut self) -> Vec<Mistake> {
        self.mistakes
            .sort_by_key(|mistake| (mistake.line, mistake.column));
        self.mistakes
    }
}
