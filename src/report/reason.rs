//! Why a customer is in its tier, in words.

use std::borrow::Cow;

use crate::domain::{Channel, Money, Tier, TierReason};
use crate::language::Language;
use crate::result::Segmentation;

/// Reasons of one run in one language; what most customers share is put into words once.
pub(super) struct Reasons<'a> {
    all: &'a Segmentation,
    lang: Language,
    by_contribution: [String; 3],
    nothing: String,
    negative: String,
    held: String,
}

impl<'a> Reasons<'a> {
    pub(super) fn new(all: &'a Segmentation, lang: Language) -> Self {
        Reasons {
            all,
            lang,
            by_contribution: Tier::ALL
                .map(|tier| lang.text(&format!("reason-contribution-{}", tier.as_str()), &[])),
            nothing: lang.text("reason-nothing", &[]),
            // Only returns can take more sales from a log than there were.
            negative: lang.text(
                if all.table.has_transactions && all.value.metric == "sales" {
                    "reason-returns"
                } else {
                    "reason-negative"
                },
                &[],
            ),
            held: lang.text("reason-held", &[]),
        }
    }

    /// The reason of the customer at `index` of the feature table.
    pub(super) fn of(&self, index: usize) -> Cow<'_, str> {
        let service = self.all.service.customers.get(index);
        if let Some(rule) =
            service.filter(|service| service.channel == Channel::None).and_then(|s| s.rule.as_deref())
        {
            // In the file the rule says what it does; the sentence says that itself.
            let rule = rule.strip_prefix("excluded: ").unwrap_or(rule);
            return self.lang.text("reason-watch", &[("rule", rule.into())]).into();
        }
        match self.all.tiering.reasons[index] {
            TierReason::Held => (&self.held).into(),
            TierReason::Potential => self.potential(index).into(),
            TierReason::Contribution if self.all.value.amounts[index] < Money::ZERO => {
                (&self.negative).into()
            }
            TierReason::Contribution if self.all.value.amounts[index] == Money::ZERO => {
                (&self.nothing).into()
            }
            TierReason::Contribution => (&self.by_contribution[self.all.tiering.tiers[index].index()]).into(),
        }
    }

    fn potential(&self, index: usize) -> String {
        let (all, lang) = (self.all, self.lang);
        let value = all.value.amounts[index];
        let found = all.potential.reason(&all.table, &all.value, index);
        let expected = all.potential.expected.get(index).copied().flatten();
        // Only what lies clearly above the present value is a reason; who stands just below the line is told by its chance.
        let least = if found.opened.is_some() { 1.0 } else { 1.15 };
        if let (Some(times), Some(expected)) = (found.times.filter(|&times| times > least), expected) {
            let mut args = vec![
                ("expected", lang.money(expected).into()),
                ("times", lang.decimal(times, 1).into()),
                ("value", lang.money(value).into()),
            ];
            if let Some(opened) = found.opened {
                args.push(("first", opened.to_string().into()));
                return lang.text("reason-potential-new", &args);
            }
            return lang.text("reason-potential-growth", &args);
        }
        let stated = all.table.profile(index).and_then(|profile| profile.potential);
        if let Some(stated) = stated.filter(|&stated| stated > value) {
            let args = [("stated", lang.money(stated).into()), ("value", lang.money(value).into())];
            return lang.text("reason-potential-stated", &args);
        }
        if let (Some(expected), Some(reach)) = (expected, found.reach) {
            let mut args =
                vec![("expected", lang.money(expected).into()), ("chance", lang.percent(reach).into())];
            // Who stands just below the line may bring less than now and still be likely to reach it.
            let Some(times) = found.times else { return lang.text("reason-potential-reach", &args) };
            args.extend([("times", lang.decimal(times, 1).into()), ("value", lang.money(value).into())]);
            return lang.text("reason-potential-reach-times", &args);
        }
        let potential = all.potential.known(index).unwrap_or_default();
        lang.text("reason-potential", &[("potential", lang.decimal(potential, 2).into())])
    }
}

/// Why the customer at `index` of the feature table is in its tier.
pub fn tier_reason(segmentation: &Segmentation, index: usize, lang: Language) -> String {
    Reasons::new(segmentation, lang).of(index).into_owned()
}
