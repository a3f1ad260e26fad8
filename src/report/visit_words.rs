//! Why a visit stands in the list, and why a customer has none, in plain words.

use std::collections::BTreeMap;

use crate::domain::{CustomerType, Tier};
use crate::language::{FluentValue, Language};
use crate::result::Segmentation;
use crate::visits::{NotPlanned, Visit, VisitCause, VisitState, WhyNot};

use super::reason::Reasons;

/// Words of one run in one language.
pub(super) struct VisitWords<'a> {
    all: &'a Segmentation,
    lang: Language,
    reasons: Reasons<'a>,
    /// Reasons without an argument, put into words once: most customers share them.
    plain: BTreeMap<WhyNot, String>,
}

impl<'a> VisitWords<'a> {
    pub(super) fn new(all: &'a Segmentation, lang: Language) -> Self {
        let plain = [
            WhyNot::NoRep,
            WhyNot::UnknownRep,
            WhyNot::Distributor,
            WhyNot::Excluded,
            WhyNot::NoVisits,
            WhyNot::NoTime,
            WhyNot::NoDay,
            WhyNot::TooLong,
        ];
        let plain = plain.map(|why| (why, lang.text(&format!("why-not-{}", why.as_str()), &[])));
        VisitWords { all, lang, reasons: Reasons::new(all, lang), plain: plain.into() }
    }

    /// Why the visit stands in the list: cause, tier, value at stake, type.
    pub(super) fn reason(&self, visit: &Visit) -> String {
        let index = visit.customer as usize;
        let mut parts = vec![self.cause(visit)];
        if visit.interval_days > visit.wanted_interval_days {
            let (now, wanted) = (visit.interval_days, visit.wanted_interval_days);
            let key = if visit.days_bind { "visit-days-bind" } else { "visit-stretched" };
            parts.push(self.text(key, &[("now", now.into()), ("wanted", wanted.into())]));
        }
        if visit.wanted_interval_days == 0 {
            parts.push(self.text("visit-outside-plan", &[]));
        }
        if visit.late {
            parts.push(self.text("visit-late", &[]));
        }
        let tier: Tier = self.all.tiering.tiers[index];
        let why = self.reasons.of(index);
        parts.push(self.text("visit-tier", &[("tier", tier.sign().into()), ("why", (*why).into())]));
        parts.push(self.text("visit-value", &[("value", self.lang.money(visit.value).into())]));
        if self.all.typing.confidence.get(index).is_some_and(|confidence| *confidence > 0.0) {
            parts.push(match self.all.typing.types[index] {
                CustomerType::Innovative => self.text("visit-innovative", &[]),
                CustomerType::Conservative => self.text("visit-conservative", &[]),
            });
        }
        parts.join(&self.text("visit-join", &[])) + &self.text("visit-stop", &[])
    }

    fn cause(&self, visit: &Visit) -> String {
        let overdue = || {
            let since = visit.days_since_visit?;
            since.checked_sub(visit.wanted_interval_days).filter(|days| *days > 0)
        };
        match visit.cause {
            VisitCause::Appointment => self.text("visit-appointment", &[]),
            VisitCause::Kept => self.text("visit-kept", &[]),
            VisitCause::First => self.text("visit-first", &[]),
            VisitCause::Interval if visit.visit_number > 1 => self.text(
                "visit-again",
                &[("number", visit.visit_number.into()), ("days", visit.interval_days.into())],
            ),
            VisitCause::Interval => match overdue() {
                Some(days) if visit.state == VisitState::Overdue => {
                    self.text("visit-overdue", &[("days", days.into())])
                }
                _ => self.text("visit-due", &[("due", visit.due_date.to_string().into())]),
            },
        }
    }

    /// What to talk about: the message of the service plan.
    pub(super) fn message(&self, index: usize) -> &str {
        let service = &self.all.service;
        let Some(key) = service.customers.get(index).map(|service| &*service.message) else { return "" };
        service.messages.get(key).map_or(key, |text| match self.lang {
            Language::En => &text.en,
            Language::Zh | Language::ZhWan => &text.zh,
        })
    }

    /// Why the customer has no visit.
    pub(super) fn why_not(&self, entry: &NotPlanned) -> String {
        if let Some(words) = self.plain.get(&entry.why_not) {
            return words.clone();
        }
        let due = entry.due_date.map(|day| day.to_string()).unwrap_or_default();
        self.text(&format!("why-not-{}", entry.why_not.as_str()), &[("due", due.into())])
    }

    pub(super) fn text(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.lang.text(key, args)
    }
}
