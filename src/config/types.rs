//! What serde says about a value, in a planner's words.

use crate::error::nearest;

/// The cause of a fault, and a hint if there is one.
pub(super) fn explain(message: &str) -> (String, Option<String>) {
    for start in ["invalid type: ", "invalid value: "] {
        if let Some((found, wanted)) =
            message.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected "))
        {
            return (format!("{} stands where {} should", in_words(found), expected(wanted)), None);
        }
    }
    if let Some((found, wanted)) =
        message.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        let known: Vec<&str> = wanted.split('`').skip(1).step_by(2).collect();
        let hint = nearest(found, known.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
        return (format!("\"{found}\" is not one of: {}", known.join(", ")), hint);
    }
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return (format!("the key \"{key}\" is missing"), None);
    }
    (message.replace('\n', " "), None)
}

/// What serde found: a text in quotes, a number or boolean bare, `map` as a table.
fn in_words(found: &str) -> String {
    if let Some(text) = found.strip_prefix("string ") {
        return format!("the text {text}");
    }
    for kind in ["integer ", "floating point ", "boolean "] {
        if let Some(value) = found.strip_prefix(kind) {
            return value.trim_matches('`').to_owned();
        }
    }
    match found {
        "map" => "a table".to_owned(),
        "sequence" => "a list".to_owned(),
        other => other.to_owned(),
    }
}

fn expected(wanted: &str) -> &str {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more,",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_without_the_words_of_the_language() {
        assert_eq!(
            explain("invalid type: string \"many\", expected u32").0,
            "the text \"many\" stands where a whole number, 0 or more, should"
        );
        assert_eq!(explain("invalid type: map, expected f64").0, "a table stands where a number should");
        let (cause, hint) = explain("unknown variant `direkt`, expected one of `direct`, `none`");
        assert_eq!(cause, "\"direkt\" is not one of: direct, none");
        assert_eq!(hint.as_deref(), Some("did you mean \"direct\"?"));
        assert_eq!(explain("missing field `visits`").0, "the key \"visits\" is missing");
    }
}
