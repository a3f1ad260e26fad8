//! What a finished run says about itself that no room could.

use crate::domain::{Notice, Tier, Window};
use crate::ingest::InputRecord;
use crate::model::FittedModel;
use crate::result::Segmentation;
use crate::scoring;

/// A year's lines do not fit a quarter's sales.
pub(super) fn warn_of_other_span(segmentation: &mut Segmentation, model: &FittedModel) {
    let (Some(fitted), Some(here)) =
        (model.potential.horizon_days, scoring::window_days(&segmentation.table))
    else {
        return;
    };
    if (f64::from(here) / f64::from(fitted) - 1.0).abs() > 0.05 {
        segmentation.warnings.push(
            Notice::new("model-of-other-span")
                .with("here", here.unsigned_abs())
                .with("fitted", fitted.unsigned_abs()),
        );
    }
}

/// What in a result its reader would not expect.
///
/// * `customers`: how many there are, in the table or elsewhere.
pub(super) fn warn_of_oddities(segmentation: &mut Segmentation, customers: u64) {
    let in_tier_three = segmentation.tier_totals(Tier::III).customers;
    if in_tier_three == 0 && customers > 2 {
        segmentation.warnings.push(Notice::new("tier-three-empty"));
    }
    warn_of_empty_window(segmentation);
    warn_of_inputs(segmentation);
    warn_of_potential_off_scale(segmentation);
}

/// A blank cell is not a bad one: who has only the good cells of a card may stand above all who have everything.
pub(super) fn of_thin_scores(segmentation: &Segmentation) -> Option<Notice> {
    let thin = segmentation.value.thin?;
    let score = segmentation.value.amounts.get(thin.example)?.to_f64();
    Some(
        Notice::new("score-of-few")
            .with("customers", thin.customers)
            .with("example", &**segmentation.table.ids.get(thin.example)?)
            .with("score", format!("{score:.2}"))
            .with("share", format!("{:.0} %", thin.share * 100.0)),
    )
}

pub(super) fn warn_of_inputs(segmentation: &mut Segmentation) {
    let inputs = &segmentation.inputs;
    let twin = |(at, input): (usize, &InputRecord)| {
        let first =
            inputs[..at].iter().find(|other| other.role == input.role && other.sha256 == input.sha256)?;
        Some(Notice::new("input-twice").with("first", &*first.path).with("second", &*input.path))
    };
    let mut told: Vec<Notice> = inputs.iter().enumerate().filter_map(twin).collect();
    // With neither launch dates nor categories it adds nothing; more likely it is another file.
    let silent = |input: &&InputRecord| input.role == "products" && input.columns.len() <= 1;
    told.extend(
        inputs.iter().find(silent).map(|input| Notice::new("products-silent").with("file", &*input.path)),
    );
    segmentation.warnings.extend(told);
}

fn warn_of_potential_off_scale(segmentation: &mut Segmentation) {
    let stated = segmentation.table.profiles.iter().filter_map(|profile| profile.potential);
    let off = stated.filter(|stated| scoring::off_scale(&segmentation.value, *stated)).count();
    if off > 0 {
        segmentation.warnings.push(Notice::new("potential-off-scale").with("customers", off));
    }
}

pub(super) fn warn_of_empty_window(segmentation: &mut Segmentation) {
    let table = &segmentation.table;
    if let (Some(Window::Days(days)), Some((_, last))) = (table.window, table.history)
        && table.as_of.is_some_and(|as_of| as_of.since(last) >= i32::try_from(days).unwrap_or(i32::MAX))
    {
        segmentation
            .warnings
            .push(Notice::new("window-empty").with("days", days).with("last", last.to_string()));
    }
}
