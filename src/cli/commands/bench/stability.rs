//! `erba bench stability`: how sure tiers and types are.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

use super::input::{InputArgs, Silent};
use crate::cli::{Outcome, Printer};
use crate::domain::{Money, Tier};
use crate::error::{Fault, Result};
use crate::pipeline;
use crate::result::Segmentation;
use crate::tiering::{self, TierStability};
use crate::typing::{self, ClusterStudy, StudySettings};

/// How sure tiers are, and how many types the data hold
///
/// Draws customers and months again (resamples in the recipe, [runs]) and tells how often each customer keeps its tier;
/// clusters with 1, 2, 3, … groups and tells which number the silhouette, the gap statistic and stability advise.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  erba bench stability --transactions sales.csv --out sure.csv")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Write each customer's probability of every tier to this CSV file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to print the figures
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Outcome {
    let request = args.input.request(args.input.as_of, args.input.window)?;
    let found = pipeline::run(&request, &Silent)?;
    let run = &found.segmentation;
    let params = request.recipe.runs.get();
    let seed = args.input.seed;
    let recipe = &request.recipe.tiering;
    let tiers = tiering::stability(&run.table, &run.value, &run.potential, recipe, params.resamples, seed)?;
    let settings = StudySettings {
        resamples: params.resamples,
        max_clusters: params.max_clusters,
        gap_references: params.gap_references,
        sample: params.study_sample,
        seed,
    };
    let types = match found.segmentation.model.as_ref().and_then(|model| model.typing.as_ref()) {
        Some(model) => typing::study(model, &run.table, &settings)?,
        None => None,
    };
    if let Some(path) = &args.out {
        write(path, run, &tiers)?;
    }
    match args.format {
        Format::Table => printer.data(&told(&tiers, types.as_ref()))?,
        Format::Json => {
            let report = json!({ "tiers": tiers, "types": types });
            printer.data(&(serde_json::to_string_pretty(&report)? + "\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, run: &Segmentation, tiers: &TierStability) -> Result<()> {
    let rows = || -> csv::Result<()> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
        writer.write_record(["customer_id", "tier_by_value", "p_I", "p_II", "p_III"])?;
        let own = run.table.ids.iter().zip(&run.tiering.by_value);
        for ((id, tier), chances) in own.zip(&tiers.probabilities) {
            let [one, two, three] = chances.map(|chance| format!("{chance:.4}"));
            writer.write_record([escaped(id).as_str(), tier.as_str(), &one, &two, &three])?;
        }
        writer.flush().map_err(csv::Error::from)
    };
    rows().map_err(|cause| {
        Fault::new(901, format!("the probabilities cannot be written: {cause}")).in_file(path).into()
    })
}

/// An id that a spreadsheet would take for a formula gets an apostrophe.
fn escaped(id: &str) -> String {
    let formula = id.starts_with(['=', '+', '-', '@']) && id.parse::<f64>().is_err();
    if formula { format!("'{id}") } else { id.to_owned() }
}

fn told(tiers: &TierStability, types: Option<&ClusterStudy>) -> String {
    let drawn = if tiers.months_drawn { "customers and months" } else { "customers" };
    let mut lines = vec![format!(
        "Tiers by value, {drawn} drawn again {} times: {:.1} % of customers keep theirs in 9 of 10 draws.",
        tiers.resamples,
        tiers.sure_share * 100.0
    )];
    for (tier, chance) in Tier::ALL.iter().zip(tiers.mean_probability) {
        if let Some(chance) = chance {
            lines.push(format!("  {}: a customer keeps it in {:.1} % of draws", tier.sign(), chance * 100.0));
        }
    }
    for (tier, line) in Tier::ALL.iter().zip(tiers.lines) {
        if let Some([low, high]) = line.map(|line| line.map(Money::to_f64)) {
            lines.push(format!("  {} begins between {low:.2} and {high:.2} (95 % of draws)", tier.sign()));
        }
    }
    match types {
        None => lines.push("Types: nothing in the data tells them apart.".to_owned()),
        Some(study) => {
            lines.push(format!(
                "Types, {} customers with evidence, drawn again {} times:",
                study.customers, study.resamples
            ));
            lines.push(groups(study));
            lines.push(study.reason.clone());
        }
    }
    lines.join("\n") + "\n"
}

fn groups(study: &ClusterStudy) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header([
        "groups",
        "silhouette",
        "gap",
        "Davies–Bouldin",
        "Caliński–Harabasz",
        "Jaccard of each",
    ]);
    for one in &study.figures {
        let figure = |figure: Option<f64>| figure.map_or_else(String::new, |figure| format!("{figure:.3}"));
        let error = one.gap_error.map_or_else(String::new, |error| format!(" ± {error:.3}"));
        let jaccard: Vec<String> = one.jaccard.iter().map(|jaccard| format!("{jaccard:.2}")).collect();
        table.add_row([
            one.k.to_string(),
            figure(one.silhouette),
            figure(one.gap) + &error,
            figure(one.davies_bouldin),
            one.calinski_harabasz.map_or_else(String::new, |index| format!("{index:.0}")),
            jaccard.join(" "),
        ]);
    }
    for column in 0..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}
