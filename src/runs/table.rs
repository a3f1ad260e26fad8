//! Reading a side from a result folder or from any CSV with `customer_id,tier[,type]`.

use std::fs;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use rayon::slice::ParallelSliceMut;

use super::side::{Assignment, Provenance, Side};
use crate::domain::{Money, Tier, TierReason};
use crate::error::{Error, Fault, Result, nearest};

/// Faulty cells told one by one; the rest of them only counted.
const FAULTS_TOLD: usize = 20;

/// Reads a result folder (its `customers.csv` and `summary.json`) or a CSV file.
///
/// # Errors
/// E201 if it cannot be read, E202 without the columns `customer_id` and `tier`, E203 for a cell
/// that cannot be read, E206 without rows, E207 for a customer that stands there twice.
pub fn read_side(path: &Path) -> Result<Side> {
    let name = path.display().to_string();
    if !path.is_dir() {
        return Ok(Side { name, assignments: read_assignments(path)?, provenance: None });
    }
    let assignments = read_assignments(&path.join("customers.csv"))?;
    Ok(Side { name, assignments, provenance: read_provenance(&path.join("summary.json")) })
}

/// Where each column of interest stands.
struct Columns {
    id: usize,
    tier: usize,
    reason: Option<usize>,
    customer_type: Option<usize>,
    value: Option<usize>,
    potential: Option<usize>,
}

fn read_assignments(path: &Path) -> Result<Vec<Assignment>> {
    let bytes = fs::read(path).map_err(|fault| {
        Fault::new(201, format!("the file cannot be read: {fault}")).in_file(path).hint(
            "a side is a run id, \"latest\", a name, a result folder, or a CSV with customer_id and tier",
        )
    })?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = ReaderBuilder::new().delimiter(delimiter(text)).from_reader(text);
    let header = reader.byte_headers().map_err(|fault| broken(path, &fault))?.clone();
    let columns = Columns::find(&header, path)?;
    let mut rows: Vec<(Assignment, u64)> = Vec::with_capacity(text.len() / 120);
    let mut faults = Faults { path, told: Vec::new(), untold: 0 };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|fault| broken(path, &fault))? {
        let line = record.position().map_or(0, csv::Position::line);
        rows.extend(columns.assignment(&record, line, &mut faults).map(|assignment| (assignment, line)));
    }
    if rows.is_empty() && faults.told.is_empty() {
        return Err(Fault::new(206, "there are no customers below the header").in_file(path).into());
    }
    let rows = sorted(rows);
    for pair in rows.windows(2).filter(|pair| pair[0].0.customer_id == pair[1].0.customer_id) {
        let cause = format!("customer \"{}\" stands in line {} already", pair[1].0.customer_id, pair[0].1);
        faults.tell(207, pair[1].1, "customer_id", cause);
    }
    faults.into_result()?;
    Ok(rows.into_iter().map(|(assignment, _)| assignment).collect())
}

/// Ascending by id, then by line. Most ids differ within their first sixteen bytes, and keys that lie side by side
/// are compared several times as fast as ids that lie anywhere.
fn sorted(rows: Vec<(Assignment, u64)>) -> Vec<(Assignment, u64)> {
    let key = |id: &str| {
        let mut bytes = [0; 16];
        let length = id.len().min(16);
        bytes[..length].copy_from_slice(&id.as_bytes()[..length]);
        u128::from_be_bytes(bytes)
    };
    let mut keys: Vec<(u128, u32)> =
        rows.iter().zip(0_u32..).map(|((row, _), place)| (key(&row.customer_id), place)).collect();
    if keys.len() < rows.len() {
        // More rows than 32 bits can number.
        let mut rows = rows;
        rows.par_sort_by(|a, b| a.0.customer_id.cmp(&b.0.customer_id));
        return rows;
    }
    let id = |place: u32| &*rows[place as usize].0.customer_id;
    keys.par_sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))).then_with(|| a.1.cmp(&b.1))
    });
    let mut rows: Vec<Option<(Assignment, u64)>> = rows.into_iter().map(Some).collect();
    keys.into_iter().filter_map(|(_, place)| rows[place as usize].take()).collect()
}

/// The delimiter that the header uses most.
fn delimiter(text: &[u8]) -> u8 {
    let header = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| memchr::memchr_iter(*delimiter, header).count();
    // The last of equals wins in `max_by_key`, so the comma stands last.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn broken(path: &Path, fault: &csv::Error) -> Error {
    let line = fault.position().map_or(1, csv::Position::line);
    Fault::new(203, format!("the record cannot be read: {fault}")).in_file(path).at_line(line).into()
}

impl Columns {
    fn find(header: &ByteRecord, path: &Path) -> Result<Self> {
        let names: Vec<String> =
            header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
        let place = |name: &str| names.iter().position(|other| other == name);
        let missing = |name: &str| {
            let near = nearest(name, names.iter().map(String::as_str))
                .map_or_else(String::new, |near| format!("; is it \"{near}\"?"));
            Fault::new(202, format!("the column \"{name}\" is missing{near}"))
                .in_file(path)
                .hint(format!("the columns are: {}", names.join(", ")))
        };
        let (id, tier) = (place("customer_id"), place("tier"));
        let faults: Vec<Fault> = [(id, "customer_id"), (tier, "tier")]
            .into_iter()
            .filter(|(found, _)| found.is_none())
            .map(|(_, name)| missing(name))
            .collect();
        match (id, tier) {
            (Some(id), Some(tier)) => Ok(Columns {
                id,
                tier,
                reason: place("tier_reason"),
                customer_type: place("type"),
                value: place("value"),
                potential: place("potential"),
            }),
            _ => Err(Error { faults }),
        }
    }

    /// The assignment of one record; none if a cell is at fault.
    fn assignment(&self, record: &ByteRecord, line: u64, faults: &mut Faults<'_>) -> Option<Assignment> {
        let told = faults.count();
        let customer_id = cell(record, Some(self.id), |id| (!id.is_empty()).then(|| unescaped(id).into()));
        let tier = cell(record, Some(self.tier), parse_tier);
        let reason = cell(record, self.reason, |text| Some(parse_reason(text)));
        let customer_type = cell(record, self.customer_type, optional(|text| text.parse().ok()));
        let value = cell(record, self.value, optional(parse_money));
        let potential = cell(record, self.potential, optional(parse_number));
        let mut fault = |text: &str, name: &str, wanted: &str| {
            faults.tell(203, line, name, format!("\"{text}\" is not {wanted}"));
        };
        let customer_id: Option<Box<str>> =
            customer_id.map_err(|text| fault(&text, "customer_id", "a customer id in UTF-8")).ok().flatten();
        let tier =
            tier.map_err(|text| fault(&text, "tier", "a tier (I, II or III; A, B or C)")).ok().flatten();
        let customer_type = customer_type
            .map_err(|text| fault(&text, "type", "a type (innovative or conservative)"))
            .ok()
            .flatten();
        let value = value.map_err(|text| fault(&text, "value", "a number")).ok().flatten();
        let potential = potential.map_err(|text| fault(&text, "potential", "a number")).ok().flatten();
        if faults.count() > told {
            return None;
        }
        Some(Assignment {
            customer_id: customer_id?,
            tier: tier?,
            reason: reason.ok().flatten().flatten(),
            customer_type: customer_type.flatten(),
            value: value.flatten(),
            potential: potential.flatten(),
        })
    }
}

/// One cell parsed: `Ok(None)` if the file has no such column, `Err` with the cell if it cannot be read.
fn cell<T>(
    record: &ByteRecord,
    column: Option<usize>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, String> {
    let Some(bytes) = column.map(|column| record.get(column).unwrap_or_default()) else {
        return Ok(None);
    };
    match std::str::from_utf8(bytes).map(str::trim) {
        Ok(text) => parse(text).map(Some).ok_or_else(|| text.to_owned()),
        Err(_) => Err(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// A blank cell is nothing, not a fault.
fn optional<T>(parse: impl Fn(&str) -> Option<T>) -> impl Fn(&str) -> Option<Option<T>> {
    move |text| if text.is_empty() { Some(None) } else { parse(text).map(Some) }
}

/// The tiers of Erba, and the letters of ABC analysis that other tools write.
fn parse_tier(text: &str) -> Option<Tier> {
    let text = text.strip_suffix("类客户").or_else(|| text.strip_suffix('类')).unwrap_or(text);
    match text {
        "A" | "a" => Some(Tier::I),
        "B" | "b" => Some(Tier::II),
        "C" | "c" => Some(Tier::III),
        other => other.parse().ok(),
    }
}

fn parse_reason(text: &str) -> Option<TierReason> {
    [TierReason::Contribution, TierReason::Potential, TierReason::Held]
        .into_iter()
        .find(|reason| reason.as_str() == text)
}

fn parse_number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn parse_money(text: &str) -> Option<Money> {
    parse_number(text).and_then(Money::from_f64)
}

/// Ids that look like a formula are written with an apostrophe before them; here it goes away, so
/// that the same customer is the same on both sides.
fn unescaped(id: &str) -> &str {
    match id.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => id,
    }
}

/// The first faults, and how many more there are.
struct Faults<'a> {
    path: &'a Path,
    told: Vec<Fault>,
    untold: usize,
}

impl Faults<'_> {
    fn count(&self) -> usize {
        self.told.len() + self.untold
    }

    fn tell(&mut self, code: u16, line: u64, column: &str, cause: String) {
        if self.told.len() < FAULTS_TOLD {
            self.told.push(Fault::new(code, cause).in_file(self.path).at_line(line).in_column(column));
        } else {
            self.untold += 1;
        }
    }

    fn into_result(mut self) -> Result<()> {
        if let (Some(last), true) = (self.told.last_mut(), self.untold > 0) {
            last.action = Some(format!("{} more cells are at fault", self.untold));
        }
        Error::unless_empty(self.told)
    }
}

/// What `summary.json` says of the run; none if there is no such file or it is not JSON: the tiers
/// can still be compared.
fn read_provenance(path: &Path) -> Option<Provenance> {
    let summary: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let text = |key: &str| {
        let value = summary.get(key)?;
        match value {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    };
    let inputs = summary.get("inputs").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let input = |value: &serde_json::Value| {
        let field = |key: &str| value.get(key).and_then(serde_json::Value::as_str);
        Some((field("role").or_else(|| field("path"))?.to_owned(), field("sha256")?.to_owned()))
    };
    Some(Provenance {
        version: text("version").unwrap_or_default(),
        as_of: text("as_of"),
        window: text("window_days"),
        seed: summary.get("seed").and_then(serde_json::Value::as_u64).unwrap_or_default(),
        recipe: text("recipe").unwrap_or_default(),
        recipe_text: text("recipe_text").unwrap_or_default(),
        inputs: inputs.iter().filter_map(input).collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::domain::CustomerType;

    fn read(text: &str) -> Result<Side> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_side(file.path())
    }

    #[test]
    fn a_bare_table_is_sorted_by_id() {
        let side = read("customer_id,tier\nb,III\na,Ⅰ\nc,B\n").unwrap();
        let found: Vec<_> =
            side.assignments.iter().map(|a| (&*a.customer_id, a.tier, a.customer_type)).collect();
        assert_eq!(found, [("a", Tier::I, None), ("b", Tier::III, None), ("c", Tier::II, None)]);
        assert!(side.provenance.is_none() && !side.has_types());
    }

    #[test]
    fn long_ids_and_ids_that_begin_alike_are_sorted_by_bytes() {
        let ids =
            ["", "a", "a\u{0}", "customer-0000000000", "customer-0000000001", "customer-000000000", "客户"];
        let rows = ids.iter().rev().map(|&id| {
            let row = Assignment {
                customer_id: id.into(),
                tier: Tier::I,
                reason: None,
                customer_type: None,
                value: None,
                potential: None,
            };
            (row, 1)
        });
        let found: Vec<Box<str>> =
            sorted(rows.collect()).into_iter().map(|(row, _)| row.customer_id).collect();
        let mut expected = ids.map(Box::<str>::from);
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_table_with_everything() {
        let side = read(
            "\u{feff}Tier;customer_id;type;value;potential;tier_reason\nⅠ类;'=x;创新型;12.5;0.25;potential\n",
        )
        .unwrap();
        assert_eq!(
            side.find("=x").unwrap(),
            &Assignment {
                customer_id: "=x".into(),
                tier: Tier::I,
                reason: Some(TierReason::Potential),
                customer_type: Some(CustomerType::Innovative),
                value: Some(Money(125_000)),
                potential: Some(0.25),
            }
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let fault = read("customer_id,tier,value\na,IV,1\n,I,1\nb,II,n/a\n").unwrap_err();
        let lines: Vec<_> = fault.faults.iter().filter_map(|f| f.place.as_ref()?.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(fault.faults.iter().all(|fault| fault.code == 203));
    }

    #[test]
    fn missing_columns_duplicates_and_empty_tables() {
        let fault = read("id,tiers\na,I\n").unwrap_err();
        assert_eq!(fault.faults.len(), 2);
        assert!(fault.to_string().contains("is it \"tiers\"?"), "{fault}");
        assert!(read("customer_id,tier\na,I\nb,I\na,II\n").unwrap_err().has_code(207));
        assert!(read("customer_id,tier\n").unwrap_err().has_code(206));
        assert!(read_side(Path::new("no such file.csv")).unwrap_err().has_code(201));
    }
}
