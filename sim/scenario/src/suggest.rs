//! Did you mean …?

/// Says which of `known` is most like `unknown`, or lists them. `kind` is what they are, in the plural.
pub(crate) fn suggest<'a>(
    unknown: &str,
    kind: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if known.is_empty() {
        return format!("there are no {kind}");
    }
    let list = known.join(", ");
    match most_like(unknown, &known) {
        Some(name) => format!("did you mean `{name}`? The {kind}: {list}"),
        None => format!("the {kind}: {list}"),
    }
}

/// The name that a slip of the finger away is, if one is near enough to be meant.
fn most_like<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let unknown = unknown.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&unknown, &name.to_lowercase());
    known
        .iter()
        .map(|name| (distance(name), *name))
        .filter(|(distance, name)| *distance <= name.len().max(unknown.len()) / 3 + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
