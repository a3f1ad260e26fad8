//! The two catalogues, parsed once.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{Language, numbers};

type Bundle = FluentBundle<FluentResource>;

const SOURCES: [&str; 2] = [include_str!("en.ftl"), include_str!("zh.ftl")];

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| [bundle(Language::En), bundle(Language::Zh)]);

fn bundle(language: Language) -> Bundle {
    let locale: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolating marks are for mixed writing directions; here they would only spoil column widths.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(numbers::grouped_float(number.value)),
        _ => None,
    }));
    // A faulty entry is left out here and found by the tests below, which read the same text.
    let resource = FluentResource::try_new(SOURCES[usize::from(language.is_chinese())].to_owned())
        .unwrap_or_else(|(part, _)| part);
    bundle.add_resource_overriding(resource);
    bundle
}

pub(super) fn format<'a>(
    language: Language,
    key: &str,
    args: &[(&str, FluentValue<'_>)],
) -> Option<Cow<'a, str>> {
    let bundle = &BUNDLES[usize::from(language.is_chinese())];
    let pattern = bundle.get_message(key)?.value()?;
    let mut given = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        given.set(*name, value.clone());
    }
    let mut faults = Vec::new();
    Some(Cow::Owned(bundle.format_pattern(pattern, Some(&given), &mut faults).into_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Message → the arguments it names.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '[', '*'])) {
                key.clone_into(&mut current);
                assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{key} is there twice");
            }
            for part in line.split('$').skip(1) {
                let name: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if let Some(arguments) = found.get_mut(&current) {
                    arguments.insert(name);
                }
            }
        }
        found
    }

    fn sources(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_none_or(|ending| ending != "ftl") {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn catalogues_parse() {
        for source in SOURCES {
            if let Err((_, faults)) = FluentResource::try_new(source.to_owned()) {
                panic!("{faults:?}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_messages_and_arguments() {
        let [en, mut zh] = SOURCES.map(messages);
        // Faults are English where they arise; only their codes are told in Chinese.
        zh.retain(|key, _| !key.starts_with("fault-"));
        let missing: Vec<_> = en.keys().filter(|key| !zh.contains_key(*key)).collect();
        assert!(missing.is_empty(), "not in zh.ftl: {missing:?}");
        let missing: Vec<_> = zh.keys().filter(|key| !en.contains_key(*key)).collect();
        assert!(missing.is_empty(), "not in en.ftl: {missing:?}");
        for (key, arguments) in &en {
            assert!(
                zh[key].is_subset(arguments),
                "{key}: Chinese names {:?}, English {arguments:?}",
                zh[key]
            );
        }
    }

    /// Every key named in code or in a template, as `lang.text("{key}"` or `t("{key}"`.
    #[test]
    fn every_named_message_is_there() {
        let mut code = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
        let known = messages(SOURCES[0]);
        let missing: Vec<_> = code
            .split("lang.text(\"")
            .skip(1)
            .chain(code.split(" t(\"").skip(1))
            .filter_map(|rest| rest.split_once('"'))
            .map(|(key, _)| key)
            .filter(|key| {
                !known.contains_key(*key) && !key.contains(['{', ' ']) && !key.ends_with('-') && *key != "key"
            })
            .collect();
        assert!(missing.is_empty(), "messages that are not in the catalogue: {missing:?}");
    }

    /// Warnings are made in rooms that know no language: each `Notice::new("code")` has its words, and all words a notice.
    #[test]
    fn every_warning_has_words() {
        let mut code = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
        let made: BTreeSet<_> = code
            .split("Notice::new(\"")
            .skip(1)
            .filter_map(|rest| rest.split_once('"'))
            .map(|(code, _)| format!("warning-{code}"))
            .filter(|key| key != "warning-code")
            .collect();
        let said: BTreeSet<_> =
            messages(SOURCES[0]).into_keys().filter(|key| key.starts_with("warning-")).collect();
        assert_eq!(made, said);
    }

    /// Keys built in code (`reason-contribution-` + tier, message styles of recipes) are written there as
    /// a prefix that ends with `-`; such a prefix uses every message that begins with it.
    #[test]
    fn every_message_is_used() {
        let mut code = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
        let unused: Vec<_> = messages(SOURCES[0])
            .into_keys()
            .filter(|key| {
                let prefixes = key.match_indices('-').map(|(at, _)| &key[..=at]);
                !code.contains(&format!("\"{key}\""))
                    && !prefixes.into_iter().any(|prefix| {
                        code.contains(&format!("\"{prefix}\"")) || code.contains(&format!("\"{prefix}{{"))
                    })
            })
            .collect();
        assert!(unused.is_empty(), "messages nobody uses: {unused:?}");
    }
}
