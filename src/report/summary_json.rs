//! `summary.json`: what made the result and what came out, in one small file.
//!
//! Everything but `timings_ms` is the same for the same input, recipe and seed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::domain::{CustomerType, Tier, Window};
use crate::error::{Fault, Result};
use crate::language::Language;
use crate::lifetime::Lifetime;
use crate::report::read::group_key;
use crate::result::{GroupTotals, Segmentation};
use crate::visits::{RepPlan, VisitPlan};

pub(super) fn write(segmentation: &Segmentation, lang: Language, path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).map_err(super::not_written(path))?);
    serde_json::to_writer_pretty(&mut file, &summary(segmentation, lang)?)
        .map_err(|fault| super::not_written(path)(fault.into()))?;
    file.write_all(b"\n").and_then(|()| file.flush()).map_err(super::not_written(path))
}

fn summary(all: &Segmentation, lang: Language) -> Result<Value> {
    let settings = &all.settings;
    let tiers: Map<String, Value> =
        Tier::ALL.iter().map(|&tier| (tier.to_string(), group(all.tier_totals(tier)))).collect();
    let types: Map<String, Value> =
        CustomerType::ALL.iter().map(|&kind| (kind.to_string(), group(all.type_totals(kind)))).collect();
    let rows = &all.rows;
    let mut told = json!({
        "version": settings.version,
        "as_of": settings.as_of,
        "window_days": match settings.window { Some(Window::Days(days)) => Some(days), _ => None },
        "seed": settings.seed,
        "recipe": settings.recipe,
        "model": all.scored_by.as_ref().map(|model| json!({ "path": model.path, "sha256": model.sha256 })),
        "inputs": all.inputs.iter().map(|input| json!({
            "role": input.role,
            "path": input.path,
            "sha256": input.sha256,
            "rows": input.rows,
            "columns": input.columns.iter().cloned().map(|(role, column)| (role, Value::from(column)))
                .collect::<Map<_, _>>(),
        })).collect::<Vec<_>>(),
        "rows": {
            "read": rows.read,
            "used": rows.used,
            "filtered": rows.filtered,
            "rejected": rows.rejected,
            "filters": rows.filters,
        },
        "customers": all.customers(),
        "value_metric": all.value.metric,
        "value_weights": all.value.weights.iter().map(|(column, weight)| (column.clone(), json!(weight)))
            .collect::<Map<_, _>>(),
        "value_consistency_ratio": all.value.consistency_ratio,
        "value_total": all.value_total(),
        "tiers": tiers,
        "types": types,
        "promoted": all.tiering.promoted,
        "cuts": value(&all.tiering.cuts)?,
        "potential": {
            "weight_method": all.potential.weight_method,
            "consistency_ratio": all.potential.consistency_ratio,
            "weights": all.potential.components.iter()
                .map(|component| (component.kind.as_str().to_owned(), json!(component.weight)))
                .collect::<Map<_, _>>(),
        },
        "typing": value(&all.typing.quality)?,
        "service": {
            "period_days": all.service.period_days,
            "allocation": all.service.allocation,
            "budget": all.service.budget,
            "messages": all.service.messages.iter()
                .map(|(key, text)| (key.clone(), json!({ "en": text.en, "zh": text.zh })))
                .collect::<Map<_, _>>(),
            "group_messages": all.service.groups.iter()
                .map(|row| (group_key(row.tier, row.customer_type), json!(row.message)))
                .collect::<Map<_, _>>(),
        },
        "lifetime": all.lifetime.as_ref().map(|lifetime| expected(all, lifetime)),
        "movers": all.movers.as_ref().map(Vec::len),
        "history": all.table.history.map(|(first, last)| json!({ "first": first, "last": last })),
        "has_transactions": all.table.has_transactions,
        "has_products": all.table.has_products,
        "has_reps": all.visits.is_some(),
        "warnings": all.warnings.iter().map(|notice| Language::En.notice(notice)).collect::<Vec<_>>(),
        "notices": value(&all.warnings)?,
        "language": lang.as_str(),
        "mappings": settings.mappings,
        "recipe_text": settings.recipe_text,
        "timings_ms": all.timings_ms.iter()
            .map(|(room, milliseconds)| ((*room).to_owned(), json!((milliseconds * 1e3).round() / 1e3)))
            .collect::<Map<_, _>>(),
    });
    if let Some(allocated) = &all.service.allocated {
        told["service"]["allocated"] = value(allocated)?;
    }
    if let Some(plan) = &all.visits {
        told["visits"] = visits(plan)?;
    }
    Ok(told)
}

/// Hours, ways and what became of the plan before; the visits themselves are in `visits.csv`.
fn visits(plan: &VisitPlan) -> Result<Value> {
    let sum = |of: fn(&RepPlan) -> f64| plan.reps.iter().map(of).sum::<f64>();
    Ok(json!({
        "from": plan.horizon.map(|(from, _)| from),
        "to": plan.horizon.map(|(_, to)| to),
        "visits": plan.visits.len(),
        "not_planned": plan.not_planned.len(),
        "hours": sum(|rep| rep.hours),
        "hours_used": sum(|rep| rep.visit_hours + rep.travel_hours),
        "reps": value(&plan.reps)?,
        "execution": plan.execution.as_ref().map(|execution| json!({
            "visits": execution.visits,
            "from": execution.from,
            "rates": execution.rates,
            "no_change": execution.no_change.len(),
            "answers": execution.answers.len(),
        })),
    }))
}

/// The models, and what each tier and each tier × type will bring.
fn expected(all: &Segmentation, lifetime: &Lifetime) -> Value {
    let fit = &lifetime.forecast.fit;
    let names = fit.model.kind().param_names();
    let params: Map<String, Value> = names
        .iter()
        .zip(fit.model.params())
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let tiers: Map<String, Value> = Tier::ALL
        .iter()
        .zip(lifetime.by_tier(&all.tiering.tiers))
        .map(|(tier, total)| (tier.to_string(), json!(total)))
        .collect();
    json!({
        "model": fit.model.kind().as_str(),
        "params": params,
        "log_likelihood": fit.log_likelihood,
        "repeaters": fit.repeaters,
        "horizon": lifetime.params.horizon().to_string(),
        "discount_rate": lifetime.params.discount_rate(),
        "coverage": lifetime.params.coverage(),
        "expected": lifetime.total(|_| true),
        "tiers": tiers,
        "portfolio": all.portfolio(),
        "holdout": lifetime.holdout,
    })
}

fn group(totals: GroupTotals) -> Value {
    json!({
        "customers": totals.customers,
        "customer_share": totals.customer_share,
        "value": totals.value,
        "value_share": totals.value_share,
    })
}

fn value(part: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(part).map_err(|fault| {
        Fault::new(902, format!("a part of the summary could not be formed: {fault}")).into()
    })
}
