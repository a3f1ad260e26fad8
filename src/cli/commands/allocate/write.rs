//! Writes the visits of every customer.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use crate::error::{Fault, Result};
use crate::service::allocate::{Account, TICKS_PER_MINUTE};

/// `customer_id, visits, minutes, sales, marginal_per_minute`, in the order of the input.
///
/// # Errors
/// E901 if the file cannot be written.
pub(super) fn visits(path: &Path, ids: &[Box<str>], accounts: &[Account], visits: &[u32]) -> Result<()> {
    write(path, ids, accounts, visits)
        .map_err(|cause| Fault::new(901, format!("cannot be written: {cause}")).in_file(path).into())
}

fn write(path: &Path, ids: &[Box<str>], accounts: &[Account], visits: &[u32]) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    writer.write_record(["customer_id", "visits", "minutes", "sales", "marginal_per_minute"])?;
    for ((id, account), &visits) in ids.iter().zip(accounts).zip(visits) {
        let minutes = f64::from(account.ticks) * f64::from(visits) / TICKS_PER_MINUTE as f64;
        writer.write_record([
            harmless(id),
            visits.to_string(),
            minutes.to_string(),
            format!("{:.4}", account.response.sales(f64::from(visits))),
            format!("{:.6}", account.marginal_per_minute(visits)),
        ])?;
    }
    writer.flush()?;
    Ok(())
}

/// A spreadsheet would run a cell that begins like a formula.
fn harmless(cell: &str) -> String {
    let like_a_formula = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
    if like_a_formula { format!("'{cell}") } else { cell.to_owned() }
}
