//! Putting a value where a path leads in the text of a scenario: `links.wan.each_way.loss`.

use std::ops::Range;

use crate::source::{Outline, Spot};
use crate::suggest::suggest;

/// Why a path leads nowhere: what is wrong and what would be right.
pub(super) struct Nowhere {
    pub(super) what: String,
    pub(super) help: String,
}

/// `scenario` with `value` where `path` leads: in place of what is written there, or as a field more.
pub(super) fn put(scenario: &str, path: &str, value: &str) -> Result<String, Nowhere> {
    let outline = Outline::of(scenario);
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut here = outline.root();
    for step in parents.split('.').filter(|step| !step.is_empty()) {
        here = child(here, step).ok_or_else(|| nowhere(here, step, path))?;
    }
    let (span, text) = match child(here, last) {
        Some(there) => (there.span(), value.to_owned()),
        None => addition(scenario, here, last, value).ok_or_else(|| nowhere(here, last, path))?,
    };
    let mut changed = scenario.to_owned();
    changed.replace_range(span, &text);
    Ok(changed)
}

/// Where `path` leads in `scenario`.
pub(super) fn span(scenario: &str, path: &str) -> Option<Range<usize>> {
    let outline = Outline::of(scenario);
    let end = path.split('.').try_fold(outline.root(), child);
    end.map(Spot::span)
}

/// The field, the entry, or by its number the item of a list.
fn child<'a>(here: Spot<'a>, step: &str) -> Option<Spot<'a>> {
    if here.has(step) {
        return Some(here.field(step));
    }
    here.items().nth(step.parse().ok()?)
}

/// Where a field that is left out can be written, and what is to be written there. Entries of a map are not made up.
fn addition(
    scenario: &str,
    here: Spot<'_>,
    name: &str,
    value: &str,
) -> Option<(Range<usize>, String)> {
    let text = &scenario[here.span()];
    let open = text
        .find(['(', '{', '['])
        .filter(|&at| text[at..].starts_with('('))?;
    let named = here.items().next().is_none() || here.names().next().is_some();
    let at = here.span().start + open + 1;
    (named && !name.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| (at..at, format!("{name}: {value}, ")))
}

fn nowhere(here: Spot<'_>, step: &str, path: &str) -> Nowhere {
    let names: Vec<&str> = here.names().collect();
    Nowhere {
        what: format!("`{path}` leads nowhere in the scenario: there is no `{step}`"),
        help: if names.is_empty() {
            "nothing is written out there; set the whole value that it is in".to_owned()
        } else {
            suggest(step, "names there", names)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = r#"Scenario(links: { "wan": (each_way: (loss: Bernoulli(0.1))), "lan": () }, seeds: [1, 2])"#;

    fn changed(path: &str, value: &str) -> String {
        match put(SCENARIO, path, value) {
            Ok(text) => text,
            Err(Nowhere { what, help }) => format!("{what}\n{help}"),
        }
    }

    #[test]
    fn what_is_written_is_replaced() {
        assert_eq!(
            changed("links.wan.each_way.loss", "Listed([1])"),
            SCENARIO.replace("Bernoulli(0.1)", "Listed([1])")
        );
        assert_eq!(
            changed("links.wan.each_way.loss.0", "0.2"),
            SCENARIO.replace("0.1", "0.2")
        );
        assert_eq!(
            changed("seeds.1", "7"),
            SCENARIO.replace("[1, 2]", "[1, 7]")
        );
    }

    #[test]
    fn what_is_left_out_is_added() {
        assert_eq!(
            changed("links.lan.ipv6", "true"),
            SCENARIO.replace(r#""lan": ()"#, r#""lan": (ipv6: true, )"#)
        );
        assert_eq!(
            changed("links.wan.each_way.mtu", "\"1280B\""),
            SCENARIO.replace("(loss", "(mtu: \"1280B\", loss")
        );
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told_where_it_ends() {
        insta::assert_snapshot!(changed("links.wam.each_way", "()"), @r"
        `links.wam.each_way` leads nowhere in the scenario: there is no `wam`
        did you mean `wan`? The names there: wan, lan
        ");
        insta::assert_snapshot!(changed("links.lan.each_way.loss", "()"), @r"
        `links.lan.each_way.loss` leads nowhere in the scenario: there is no `each_way`
        nothing is written out there; set the whole value that it is in
        ");
        insta::assert_snapshot!(changed("seeds.7", "7"), @r"
        `seeds.7` leads nowhere in the scenario: there is no `7`
        nothing is written out there; set the whole value that it is in
        ");
    }
}
