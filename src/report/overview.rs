//! The figures every report for people begins with, worked out once.

use crate::domain::{Channel, CustomerType, Money, Tier, TypeFlag, Window};
use crate::language::Language;
use crate::result::{GroupTotals, Segmentation};
use crate::service::PlanRow;

/// Figures of a run as a whole.
pub(super) struct Overview {
    pub customers: u64,
    pub total: Money,
    /// Totals by tier.
    pub tiers: [GroupTotals; 3],
    /// Totals by type.
    pub types: [GroupTotals; 2],
    /// Those of the conservative of whom too little is known to tell.
    pub unsure: GroupTotals,
    /// Customers who are Ⅰ by value alone, and the share of value they bring.
    pub core: (u64, f64),
    /// Share of value that the first fifth of the customers brings, along rank.
    pub fifth_brings: f64,
    /// Share of customers, along rank, that brings 80 % of the value.
    pub eighty_from: f64,
}

impl Overview {
    pub(super) fn of(all: &Segmentation) -> Self {
        let customers = all.customers();
        let order = &all.tiering.order;
        let cumulative = |rank: usize| {
            order
                .get(rank)
                .and_then(|&at| all.tiering.cumulative_shares.get(at as usize))
                .copied()
                .unwrap_or(0.0)
        };
        let core = all.tiering.by_value.iter().filter(|&&tier| tier == Tier::I).count();
        // Summed over those in Ⅰ, who under `kmeans` need not be the first by value.
        let core_share = if all.tiering.cuts.method == "kmeans" {
            let in_core = all.tiering.by_value.iter().zip(&all.tiering.value_shares);
            in_core.filter(|(tier, _)| **tier == Tier::I).map(|(_, share)| share).sum()
        } else if core == 0 {
            0.0
        } else {
            cumulative(core - 1)
        };
        let fifth = (customers as f64 * 0.2).round() as usize;
        let eighty = (0..order.len()).find(|&rank| cumulative(rank) >= 0.8).map_or(0, |rank| rank + 1);
        Overview {
            customers,
            total: all.value_total(),
            tiers: Tier::ALL.map(|tier| all.tier_totals(tier)),
            types: CustomerType::ALL.map(|kind| all.type_totals(kind)),
            unsure: all.totals(|index| all.typing.flags.get(index) == Some(&TypeFlag::InsufficientEvidence)),
            core: (core as u64, core_share),
            fifth_brings: if fifth == 0 { 0.0 } else { cumulative(fifth - 1) },
            eighty_from: if customers == 0 { 0.0 } else { eighty as f64 / customers as f64 },
        }
    }

    /// The sentence that matters: how many customers bring how much.
    pub(super) fn headline(&self, all: &Segmentation, lang: Language) -> String {
        let (core, brings) = self.core;
        if core == 0 {
            let words = if self.total > Money::ZERO { "headline-none-in-one" } else { "headline-nobody" };
            return lang.text(words, &[("metric", metric(all, lang).into())]);
        }
        // A score is an order, not an amount: nobody brings a part of it.
        lang.text(
            if is_score(all) { "headline-score" } else { "headline" },
            &[
                ("core", core.into()),
                ("customers", self.customers.into()),
                ("share", lang.percent(core as f64 / self.customers as f64).into()),
                ("brings", lang.percent(brings).into()),
                ("metric", metric(all, lang).into()),
            ],
        )
    }

    /// What to add to the headline: the promoted and the 80/20 point.
    pub(super) fn below_headline(&self, all: &Segmentation, lang: Language) -> Vec<String> {
        let mut lines = Vec::new();
        if all.tiering.promoted > 0 {
            lines.push(lang.text("headline-promoted", &[("count", all.tiering.promoted.into())]));
        }
        // A fifth of fewer than five is nobody.
        if self.core.0 > 0 && self.customers >= 5 && !is_score(all) {
            let args = [
                ("brings", lang.percent(self.fifth_brings).into()),
                ("share", lang.percent(self.eighty_from).into()),
                ("metric", metric(all, lang).into()),
            ];
            lines.push(lang.text("headline-eighty", &args));
        }
        lines
    }
}

fn is_score(all: &Segmentation) -> bool {
    all.value.metric == "score"
}

/// What is measured, in words; a column's name stands for itself.
pub(super) fn metric(all: &Segmentation, lang: Language) -> String {
    let name = all.value.metric.as_str();
    lang.try_text(&format!("metric-{name}"), &[]).unwrap_or_else(|| name.to_owned())
}

/// What is measured, as the head of a column.
pub(super) fn metric_head(all: &Segmentation, lang: Language) -> String {
    let name = all.value.metric.as_str();
    lang.try_text(&format!("metric-head-{name}"), &[]).unwrap_or_else(|| name.to_owned())
}

/// Why a row was rejected, in words; as the machine file says it where there are none.
pub(super) fn reject_reason(reason: &str, lang: Language) -> String {
    lang.try_text(&format!("reject-{}", reason.replace(' ', "-")), &[]).unwrap_or_else(|| reason.to_owned())
}

/// The period looked at, in words.
pub(super) fn period(all: &Segmentation, lang: Language) -> String {
    let Some(as_of) = all.settings.as_of else { return lang.text("period-none", &[]) };
    match (all.settings.window, all.table.history) {
        (Some(Window::Days(days)), history) => {
            let from = as_of.plus(1 - i32::try_from(days).unwrap_or(i32::MAX));
            // Data that begin later cannot be counted from before.
            let from = history.map_or(from, |(first, _)| from.max(first));
            lang.text("period", &[("from", from.to_string().into()), ("to", as_of.to_string().into())])
        }
        (_, Some((first, _))) => {
            lang.text("period", &[("from", first.to_string().into()), ("to", as_of.to_string().into())])
        }
        _ => lang.text("period-to", &[("to", as_of.to_string().into())]),
    }
}

/// Who serves, in words.
pub(super) fn channel(channel: Channel, lang: Language) -> String {
    lang.text(&format!("channel-{}", channel.as_str()), &[])
}

/// The type, in words.
pub(super) fn type_name(kind: CustomerType, lang: Language) -> String {
    lang.text(&format!("type-{}", kind.as_str()), &[])
}

/// The recipe's words for a message key; the key itself where it has none.
pub(super) fn message(all: &Segmentation, key: &str, lang: Language) -> String {
    match all.service.messages.get(key) {
        Some(text) if lang.is_chinese() => text.zh.clone(),
        Some(text) => text.en.clone(),
        None => key.to_owned(),
    }
}

/// Visits a customer and period of a plan row; a word where nobody visits.
pub(super) fn visits_each(row: &PlanRow, lang: Language) -> String {
    if row.visits_per_customer > 0.0 {
        // Few of a group may be visited, by a rule of their stage: that is not "0.0".
        lang.decimal(row.visits_per_customer, if row.visits_per_customer < 0.95 { 2 } else { 1 })
    } else {
        lang.text("no-visits", &[])
    }
}

/// Why rows were left out, with counts.
pub(super) fn filters(all: &Segmentation, lang: Language) -> Vec<(String, u64)> {
    let word = |reason: &str| {
        lang.try_text(&format!("filter-{}", reason.replace('_', "-")), &[])
            .unwrap_or_else(|| reason.to_owned())
    };
    all.rows.filters.iter().map(|(reason, &rows)| (word(reason), rows)).collect()
}

/// A customer as people know it: the name with the id, or the id alone.
pub(super) fn name(all: &Segmentation, at: usize) -> String {
    let id = &all.table.ids[at];
    match all.table.profile(at).and_then(|profile| profile.name.as_deref()) {
        Some(name) if name != &**id => format!("{name} ({id})"),
        _ => id.to_string(),
    }
}

/// What made the run, name and value.
pub(super) fn settings(all: &Segmentation, lang: Language) -> Vec<(String, String)> {
    let settings = &all.settings;
    let cuts = &all.tiering.cuts;
    let dash = || "–".to_owned();
    let mut lines = vec![
        ("setting-version", settings.version.clone()),
        ("setting-recipe", settings.recipe.clone()),
        ("setting-as-of", settings.as_of.map_or_else(dash, |day| day.to_string())),
        (
            "setting-window",
            match settings.window {
                Some(Window::Days(days)) => lang.text("days", &[("count", days.into())]),
                Some(Window::All) => lang.text("window-all", &[]),
                None => dash(),
            },
        ),
        ("setting-seed", settings.seed.to_string()),
        ("setting-metric", metric(all, lang)),
        ("setting-method", cuts.method.clone()),
    ];
    if let Some([first, second]) = cuts.shares {
        lines.push(("setting-cuts", format!("{} / {}", lang.percent(first), lang.percent(second))));
    }
    for (key, smallest) in ["setting-smallest-I", "setting-smallest-II"].into_iter().zip(cuts.smallest) {
        lines.push((key, smallest.map_or_else(dash, |amount| lang.money(amount))));
    }
    lines.push((
        "setting-promotion-line",
        cuts.promotion_line.map_or_else(dash, |line| lang.decimal(line, 3)),
    ));
    lines.push(("setting-promoted", lang.count(u64::from(all.tiering.promoted))));
    lines.push(("setting-clusters", format!("k = {}, {}", all.typing.quality.k, all.typing.quality.backend)));
    for mapping in &settings.mappings {
        lines.push(("setting-mapping", mapping.clone()));
    }
    lines.into_iter().map(|(key, value)| (lang.text(key, &[]), value)).collect()
}

/// Parts of potential with their weights, in words.
pub(super) fn weights(all: &Segmentation, lang: Language) -> Vec<(String, String)> {
    all.potential
        .components
        .iter()
        .map(|component| {
            let key = format!("component-{}", component.kind.as_str().replace('_', "-"));
            (lang.text(&key, &[]), lang.percent(component.weight))
        })
        .collect()
}
