//! `report.html`: one file, no network, for the screen and for A4.
//!
//! Pages and charts are minijinja templates in this folder, escaped by default; geometry and words are worked out in
//! Rust, so a template holds no arithmetic. The table of customers is drawn by a small inline script from
//! rows embedded as JSON, at most [`customers::MOST`] of them. Why templates and no charting crate: see
//! `docs/internals/report.md`.

mod charts;
mod comparison;
mod customers;
mod dots;
mod future;
mod gains;
mod heat;
mod histogram;
mod methods;
mod movers;
mod plan;
mod scatter;
mod sections;

pub use comparison::comparison_page;
pub use gains::gains;
pub use methods::methods_page;

use std::fs;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, context};

use super::overview::Overview;
use crate::error::{Error, Fault, Result};
use crate::language::{FluentValue, Language};
use crate::result::Segmentation;

const TEMPLATES: [(&str, &str); 12] = [
    ("page.html", include_str!("page.html")),
    ("comparison.html", include_str!("comparison.html")),
    ("methods.html", include_str!("methods.html")),
    ("report.html", include_str!("report.html")),
    ("pareto.html", include_str!("pareto.html")),
    ("scatter.html", include_str!("scatter.html")),
    ("typing.html", include_str!("typing.html")),
    ("plan.html", include_str!("plan.html")),
    ("future.html", include_str!("future.html")),
    ("movers.html", include_str!("movers.html")),
    ("rows.html", include_str!("rows.html")),
    ("customers.html", include_str!("customers.html")),
];

pub(super) fn write(segmentation: &Segmentation, lang: Language, path: &Path) -> Result<()> {
    fs::write(path, render(segmentation, lang)?).map_err(super::not_written(path))
}

/// All templates, escaped by default, with the catalogue as `t`.
fn environment(lang: Language) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // Lines that hold only a tag leave no line behind.
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(|fault| broken(&fault))?,
    );
    environment.add_function("t", move |key: String, args: Kwargs| text(lang, &key, &args));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|fault| broken(&fault))?;
    }
    Ok(environment)
}

fn render(all: &Segmentation, lang: Language) -> Result<String> {
    let environment = environment(lang)?;
    let overview = Overview::of(all);
    let page = environment.get_template("report.html").map_err(|fault| broken(&fault))?;
    page.render(context! {
        lang => lang.html(),
        // Between sentences; Chinese has its room in the full stop.
        gap => if lang.is_chinese() { "" } else { " " },
        style => safe(include_str!("style.css")),
        script => Value::from_safe_string(include_str!("script.js").to_owned()),
        data => Value::from_safe_string(customers::json(all, lang)?),
        first => shown(sections::first(all, &overview, lang)),
        pareto => shown(charts::pareto(all, &overview, lang)),
        scatter => shown(scatter::scatter(all, lang)),
        typing => shown(sections::typing(all, &overview, lang)),
        plan => shown(plan::plan(all, &overview, lang)),
        future => shown(future::future(all, lang)),
        movers => shown(movers::movers(all, lang)),
        rows => shown(sections::rows(all, lang)),
        settings => shown(sections::settings(all, lang)),
        visits => shown(plan::visits(all, lang)),
    })
    .map_err(|fault| broken(&fault))
}

/// Text of our own that is markup already.
fn safe(markup: &str) -> Value {
    Value::from_safe_string(markup.to_owned())
}

fn shown(part: impl serde::Serialize) -> Value {
    Value::from(Serde(part))
}

/// A message for a template, `t("key", count=3)`.
fn text(lang: Language, key: &str, args: &Kwargs) -> Result<String, minijinja::Error> {
    let names: Vec<String> = args.args().map(str::to_owned).collect();
    let mut given: Vec<(&str, FluentValue<'_>)> = Vec::new();
    for name in &names {
        let value: Value = args.get(name)?;
        let value = match i64::try_from(value.clone()) {
            Ok(number) => FluentValue::from(number),
            Err(_) => FluentValue::from(value.to_string()),
        };
        given.push((name, value));
    }
    lang.try_text(key, &given).ok_or_else(|| {
        minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, format!("no message \"{key}\""))
    })
}

fn broken(fault: &minijinja::Error) -> Error {
    Fault::new(902, format!("the report could not be drawn: {fault:#}")).into()
}

#[cfg(test)]
mod browser;
#[cfg(test)]
mod tests;
