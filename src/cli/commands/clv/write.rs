//! One row a customer.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rayon::prelude::*;

use crate::error::{Error, Fault, Result};
use crate::lifetime::{Forecast, Prediction};

use super::input::Input;

const HEADER: &str = "customer_id,x,t_x,T,p_alive,expected_purchases,expected_purchases_low,expected_purchases_high,\
expected_spend,expected_value,expected_value_low,expected_value_high,discounted,purchases_deviation,value_deviation\n";

/// Rows formatted by one thread at a time.
const PIECE: usize = 8192;

/// Writes beside the file and renames when complete.
pub(super) fn customers(path: &Path, input: &Input, forecast: &Forecast) -> Result<()> {
    let fault = |cause: &std::io::Error| {
        Error::from(Fault::new(901, format!("the customers cannot be written: {cause}")).in_file(path))
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let beside = path.with_file_name(name);
    let written = (|| {
        let mut file = BufWriter::new(File::create(&beside)?);
        file.write_all(HEADER.as_bytes())?;
        // A few pieces at a time keep all threads busy without holding the whole file.
        let places: Vec<usize> = (0..input.ids.len()).collect();
        for batch in places.chunks(PIECE * 16) {
            let pieces: Vec<Vec<u8>> = batch
                .par_chunks(PIECE)
                .map(|piece| {
                    let mut text = Vec::with_capacity(piece.len() * 128);
                    piece
                        .iter()
                        .for_each(|place| row(&mut text, input, &forecast.predictions[*place], *place));
                    text
                })
                .collect();
            for piece in pieces {
                file.write_all(&piece)?;
            }
        }
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_data()?;
        std::fs::rename(&beside, path)
    })();
    written.map_err(|cause| {
        let _ = std::fs::remove_file(&beside);
        fault(&cause)
    })
}

fn row(text: &mut Vec<u8>, input: &Input, prediction: &Prediction, place: usize) {
    let history = input.histories.rows()[place];
    push_id(text, &input.ids[place]);
    let purchases = prediction.purchases;
    // Writing to memory cannot fail.
    let _ = write!(
        text,
        ",{},{},{},{:.6},{:.6},{:.6},{:.6},",
        history.x,
        short(history.t_x),
        short(history.total),
        prediction.p_alive,
        purchases.expected,
        purchases.low,
        purchases.high
    );
    let _ = match prediction.spend {
        Some(spend) => write!(
            text,
            "{:.4},{:.4},{:.4},{:.4},{:.4},{:.6},",
            spend.mean,
            spend.value.expected,
            spend.value.low,
            spend.value.high,
            spend.discounted,
            prediction.purchases_deviation
        ),
        None => write!(text, ",,,,,{:.6},", prediction.purchases_deviation),
    };
    // A deviation that does not exist stays blank.
    if let Some(deviation) = prediction.spend.map(|spend| spend.deviation).filter(|found| found.is_finite()) {
        let _ = write!(text, "{deviation:.4}");
    }
    text.push(b'\n');
}

/// Six decimals at most, no more than needed.
fn short(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// Quoted where CSV needs it; cells a spreadsheet would calculate get an apostrophe.
fn push_id(text: &mut Vec<u8>, id: &str) {
    let risky = id.starts_with(['=', '+', '-', '@']) && id.parse::<f64>().is_err();
    if !risky && !id.contains([',', '"', '\n', '\r']) {
        text.extend_from_slice(id.as_bytes());
        return;
    }
    text.push(b'"');
    if risky {
        text.push(b'\'');
    }
    text.extend_from_slice(id.replace('"', "\"\"").as_bytes());
    text.push(b'"');
}
