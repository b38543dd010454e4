//! From the text of a sweep to what it means, with every mistake where it stands.

use std::ops::Range;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::base::Base;
use super::fill::fill;
use super::settings::{Set, Setting};
use super::values::{Stride, Value, cases, each, range};
use super::{Axis, Point, Show, Sweep, place};
use crate::read::dialect;
use crate::source::{self, Outline, Spot};
use crate::suggest::suggest;
use crate::{Error, Mistake, Scenario, Trigger};

/// More combinations than this are a slip of the finger.
const MOST_POINTS: usize = 100_000;

/// The text of a sweep. Values of any kind are looked up in the text itself, where RON found them.
#[derive(Deserialize)]
#[serde(rename = "Sweep", deny_unknown_fields)]
struct File {
    question: String,
    #[serde(default)]
    source: String,
    scenario: String,
    vary: IndexMap<String, Varied>,
    #[serde(default)]
    set: Set,
    #[serde(default)]
    show: Show,
    #[serde(default)]
    sessions: Vec<String>,
    #[serde(default)]
    seeds: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Varied {
    #[serde(default)]
    title: String,
    values: Values,
    #[serde(default)]
    shown: Shown,
}

#[derive(Deserialize)]
enum Values {
    Each(#[expect(dead_code, reason = "read from the text")] Vec<IgnoredAny>),
    Steps(Bounds),
    Factors(Bounds),
    /// By name: what is set in that case.
    Cases(IndexMap<String, Set>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read from the text")]
struct Bounds {
    from: IgnoredAny,
    to: IgnoredAny,
    by: IgnoredAny,
}

/// How numbers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Shown {
    /// As they are.
    #[default]
    Plain,
    /// Shares as percentages.
    Percent,
}

/// Parses a sweep and everything that it makes of its scenario.
pub(super) fn parse(text: &str, file: &str) -> Result<Sweep, Error> {
    let mistaken = |mistake| Error::Mistaken {
        file: file.to_owned(),
        mistakes: vec![mistake],
    };
    let read: File = dialect()
        .from_str(text)
        .map_err(|error| mistaken(source::mistake(text, &error)))?;
    let outline = Outline::of(text);
    let reader = Reader {
        text,
        root: outline.root(),
    };
    let base =
        Base::find(&read.scenario, file).map_err(|what| mistaken(reader.no_scenario(what)))?;
    let scenario = base.parse(&base.text)?;
    reader.sweep(read, &base, &scenario).map_err(mistaken)
}

/// Says what is wrong in the sweep's own text.
struct Reader<'t> {
    text: &'t str,
    root: Spot<'t>,
}

impl Reader<'_> {
    fn sweep(&self, read: File, base: &Base, scenario: &Scenario) -> Result<Sweep, Mistake> {
        let axes = self.axes(&read.vary)?;
        let settings = self.settings(&read.set, &read.vary, &axes)?;
        let sessions = self.sessions(read.sessions, scenario)?;
        let points = self.points(base, &axes, &settings)?;
        Ok(Sweep {
            question: read.question,
            source: read.source,
            show: read.show,
            seeds: if read.seeds.is_empty() {
                scenario.seeds.clone()
            } else {
                read.seeds
            },
            axes,
            sessions,
            points,
        })
    }

    fn axes(&self, vary: &IndexMap<String, Varied>) -> Result<Vec<Axis>, Mistake> {
        let spot = self.root.field("vary");
        if vary.is_empty() {
            return Err(self.wrong(
                spot.span(),
                "nothing is varied",
                r#"write a name and its values, as in `"loss": (values: Each([0.0, 0.1]))`"#,
            ));
        }
        vary.iter()
            .map(|(variable, varied)| {
                let values = spot.field(variable).field("values");
                let values = match varied.values {
                    Values::Each(_) => {
                        let list = values.items().next().unwrap_or(values);
                        each(list, self.text, varied.shown)
                    }
                    Values::Steps(_) => range(values, self.text, Stride::Add, varied.shown),
                    Values::Factors(_) => range(values, self.text, Stride::Multiply, varied.shown),
                    Values::Cases(ref named) => cases(named.keys(), values, self.text),
                }?;
                let title = Some(&varied.title).filter(|title| !title.is_empty());
                Ok(Axis {
                    variable: variable.clone(),
                    title: title.unwrap_or(variable).clone(),
                    values,
                })
            })
            .collect()
    }

    fn settings<'p>(
        &self,
        set: &'p Set,
        vary: &'p IndexMap<String, Varied>,
        axes: &[Axis],
    ) -> Result<Vec<Setting<'p>>, Mistake> {
        let mut settings: Vec<Setting<'p>> =
            Setting::all(set, self.root.field("set"), self.text, axes, None).collect();
        for (axis, (variable, varied)) in vary.iter().enumerate() {
            let Values::Cases(cases) = &varied.values else {
                continue;
            };
            let named = self.root.field("vary").field(variable).field("values");
            let named = named.items().next().unwrap_or(named);
            for (n, (name, set)) in cases.iter().enumerate() {
                let spot = named.field(name);
                settings.extend(Setting::all(set, spot, self.text, axes, Some((axis, n))));
            }
        }
        let used = |n: usize| {
            let mut uses = settings.iter().flat_map(|set| &set.uses);
            matches!(vary[n].values, Values::Cases(_)) || uses.any(|one| one.axis == n)
        };
        match (0..axes.len()).find(|&n| !used(n)) {
            None => Ok(settings),
            Some(idle) => Err(self.wrong(
                self.root.field("vary").key(&axes[idle].variable),
                format!(
                    "`{}` is varied, but nothing is set to it",
                    axes[idle].variable
                ),
                format!(
                    "write `{}` without quotes into a value of `set`",
                    axes[idle].variable
                ),
            )),
        }
    }

    fn sessions(&self, wanted: Vec<String>, scenario: &Scenario) -> Result<Vec<String>, Mistake> {
        let known = || scenario.sessions.keys();
        let spot = self.root.field("sessions");
        if let Some(n) = wanted
            .iter()
            .position(|name| !scenario.sessions.contains_key(name))
        {
            return Err(self.wrong(
                spot.item(n).span(),
                format!("the scenario has no session \"{}\"", wanted[n]),
                suggest(&wanted[n], "sessions", known().map(String::as_str)),
            ));
        }
        let waits = scenario
            .timeline
            .iter()
            .find_map(|event| match &event.trigger {
                Trigger::When { of, .. } => of.as_ref(),
                Trigger::At(_) => None,
            });
        if let Some(other) = waits {
            let what = format!(
                "in this scenario sessions wait for \"{other}\", but a sweep runs each alone"
            );
            return Err(self.wrong(
                self.root.field("scenario").span(),
                what,
                "leave `of` out of its timeline: every session then waits for itself",
            ));
        }
        let all = if wanted.is_empty() {
            known().cloned().collect()
        } else {
            wanted
        };
        if all.is_empty() {
            return Err(self.no_scenario("this scenario has no sessions".to_owned()));
        }
        Ok(all)
    }

    fn points(
        &self,
        base: &Base,
        axes: &[Axis],
        settings: &[Setting<'_>],
    ) -> Result<Vec<Point>, Mistake> {
        let count = axes
            .iter()
            .try_fold(1_usize, |all, axis| all.checked_mul(axis.values.len()));
        let Some(count) = count.filter(|&count| count <= MOST_POINTS) else {
            return Err(self.wrong(
                self.root.field("vary").span(),
                "these are more than 100000 combinations",
                "vary less",
            ));
        };
        (0..count)
            .map(|nth| {
                let indices = combination(nth, axes);
                let values: Vec<&Value> = axes
                    .iter()
                    .zip(&indices)
                    .map(|(axis, &n)| &axis.values[n])
                    .collect();
                let here: Vec<&Setting<'_>> =
                    settings.iter().filter(|set| set.holds(&indices)).collect();
                Ok(Point {
                    scenario: self.scenario(base, axes, &here, &values)?,
                    values: indices,
                })
            })
            .collect()
    }

    /// What the scenario becomes by a combination of values.
    fn scenario(
        &self,
        base: &Base,
        axes: &[Axis],
        settings: &[&Setting<'_>],
        values: &[&Value],
    ) -> Result<Scenario, Mistake> {
        let mut changed = base.text.clone();
        for set in settings {
            let value = fill(self.text, set.span.clone(), &set.uses, values)?;
            changed = place::put(&changed, set.path, &value)
                .map_err(|nowhere| self.wrong(set.key.clone(), nowhere.what, nowhere.help))?;
        }
        base.parse(&changed).map_err(|error| match error {
            Error::Unreadable { reason, .. } => self.no_scenario(reason),
            Error::Mistaken { mistakes, .. } => {
                let first = mistakes.into_iter().next();
                self.blamed(
                    &first.expect("at least one"),
                    &changed,
                    axes,
                    settings,
                    values,
                )
            }
        })
    }

    /// A mistake in the changed scenario, where the sweep makes it: at the value that is wrong by itself, or at what
    /// is set.
    fn blamed(
        &self,
        mistake: &Mistake,
        changed: &str,
        axes: &[Axis],
        settings: &[&Setting<'_>],
        values: &[&Value],
    ) -> Mistake {
        let place = mistake.place(changed);
        let around = |set: &&&Setting<'_>| {
            place::span(changed, set.path)
                .is_some_and(|span| span.start <= place.start && place.end <= span.end)
        };
        let value = values
            .iter()
            .find(|value| value.text == changed[place.clone()]);
        let set = settings.iter().find(around);
        let span = value.map(|value| value.span.clone());
        let span = span.or_else(|| set.map(|set| set.span.clone()));
        let combination: Vec<String> = axes
            .iter()
            .zip(values)
            .map(|(axis, value)| format!("{} = {}", axis.variable, value.shown))
            .collect();
        self.wrong(
            span.unwrap_or_else(|| self.root.field("set").span()),
            format!("with {}: {}", combination.join(", "), mistake.what),
            &mistake.help,
        )
    }

    fn no_scenario(&self, what: String) -> Mistake {
        let help =
            "name one that `roamlab list` shows, or a file by its path from the sweep's own folder";
        self.wrong(self.root.field("scenario").span(), what, help)
    }

    fn wrong(
        &self,
        span: Range<usize>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Mistake {
        Mistake::new(self.text, span, what.into(), help.into())
    }
}

/// The `nth` combination, as an index into each axis: the last axis changes fastest.
fn combination(nth: usize, axes: &[Axis]) -> Vec<usize> {
    let mut rest = nth;
    let mut indices: Vec<usize> = axes
        .iter()
        .rev()
        .map(|axis| {
            let index = rest % axis.values.len();
            rest /= axis.values.len();
            index
        })
        .collect();
    indices.reverse();
    indices
}
