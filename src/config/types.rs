//! What serde says about a value, in a planner's words.

use crate::error::{Fault, nearest};

/// A fault without its place: E111 for a key that nobody knows, E112 for everything else.
pub(super) fn explain(message: &str) -> Fault {
    for start in ["invalid type: ", "invalid value: "] {
        if let Some((found, wanted)) =
            message.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected "))
        {
            return Fault::new(112, format!("{} stands where {} should", in_words(found), expected(wanted)));
        }
    }
    for (start, code) in [("unknown variant `", 112), ("unknown field `", 111)] {
        if let Some((found, wanted)) =
            message.strip_prefix(start).and_then(|rest| rest.split_once("`, expected "))
        {
            let known: Vec<&str> = wanted.split('`').skip(1).step_by(2).collect();
            let fault = Fault::new(code, format!("\"{found}\" is not one of: {}", known.join(", ")));
            return match nearest(found, known.iter().copied()) {
                Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
                None => fault,
            };
        }
    }
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return Fault::new(112, format!("the key \"{key}\" is missing"));
    }
    Fault::new(112, message.replace('\n', " "))
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
            explain("invalid type: string \"many\", expected u32").cause,
            "the text \"many\" stands where a whole number, 0 or more, should"
        );
        assert_eq!(explain("invalid type: map, expected f64").cause, "a table stands where a number should");
        let variant = explain("unknown variant `direkt`, expected one of `direct`, `none`");
        assert_eq!(variant.cause, "\"direkt\" is not one of: direct, none");
        assert_eq!(variant.action.as_deref(), Some("did you mean \"direct\"?"));
        assert_eq!(explain("unknown field `colum`, expected `column` or `weight`").code, 111);
        assert_eq!(explain("missing field `visits`").cause, "the key \"visits\" is missing");
    }
}
