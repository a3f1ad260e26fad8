//! Which column of a side says what: by its name, by names that other tools use, or as the user says.

use std::path::Path;

use csv::ByteRecord;

use crate::error::{Error, Fault, Result, nearest};
use crate::ingest::Role;
use crate::scoring::ComponentKind;

/// What the user can name a column for.
const NAMED: [&str; 4] = ["customer_id", "tier", "type", "value"];

/// Names that other tools give to a tier, lower case, letters and digits only, the most telling first.
const TIER: [&str; 20] = [
    "tier",
    "customertier",
    "abcclass",
    "abc",
    "customerclass",
    "customergrade",
    "class",
    "grade",
    "segment",
    "customersegment",
    "客户等级",
    "客户级别",
    "客户分级",
    "客户层级",
    "客户分类",
    "等级",
    "级别",
    "分级",
    "层级",
    "分类",
];

/// Names that other tools give to a type.
const TYPE: [&str; 5] = ["type", "customertype", "客户类型", "类型", "创新保守"];

/// `--map role=Column` for the sides of a comparison that are files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideColumns(Vec<(&'static str, String)>);

impl SideColumns {
    /// Reads `role=Column` pairs; the roles are `customer_id`, `tier`, `type` and `value`.
    ///
    /// # Errors
    /// E102 for each pair without `=` or with another role.
    pub fn parse<S: AsRef<str>>(pairs: &[S]) -> Result<Self> {
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        for pair in pairs.iter().map(AsRef::as_ref) {
            let (role, column) = pair.split_once('=').unwrap_or((pair, ""));
            match NAMED.iter().find(|name| **name == role.trim()) {
                Some(name) if !column.trim().is_empty() => columns.push((*name, column.trim().to_owned())),
                _ => {
                    let hint = format!("write --map ROLE=COLUMN; the roles are {}", NAMED.join(", "));
                    faults.push(Fault::new(102, format!("--map \"{pair}\" cannot be understood")).hint(hint));
                }
            }
        }
        Error::unless_empty(faults)?;
        Ok(SideColumns(columns))
    }

    fn of(&self, role: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(name, _)| *name == role).map(|(_, column)| column.as_str())
    }
}

/// Where each column of interest stands.
pub(super) struct Columns {
    pub(super) id: usize,
    pub(super) tier: usize,
    pub(super) reason: Option<usize>,
    pub(super) customer_type: Option<usize>,
    pub(super) value: Option<usize>,
    pub(super) potential: Option<usize>,
    pub(super) orders: Option<usize>,
    pub(super) components: [Option<usize>; 5],
}

impl Columns {
    /// # Errors
    /// E202 for each of customer and tier that is not there.
    pub(super) fn find(header: &ByteRecord, path: &Path, named: &SideColumns) -> Result<Self> {
        let names: Vec<String> =
            header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let exact = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let plain: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let known = |synonyms: &[&str]| {
            synonyms.iter().find_map(|synonym| plain.iter().position(|name| name == synonym))
        };
        let mapped = |role: &str| named.of(role).find_map(exact).or_else(|| exact(role));
        let (id, tier) = (
            mapped("customer_id").or_else(|| Role::CustomerId.column_in(&names)),
            mapped("tier").or_else(|| known(&TIER)),
        );
        let missing = |name: &str| {
            let near = nearest(name, names.iter().map(String::as_str))
                .map_or_else(String::new, |near| format!("; is it \"{near}\"?"));
            Fault::new(202, format!("the column \"{name}\" is missing{near}"))
                .in_file(path)
                .hint(format!("the columns are: {}; name one with --map {name}=\"Column\"", names.join(", ")))
        };
        let faults: Vec<Fault> = [(id, "customer_id"), (tier, "tier")]
            .into_iter()
            .filter(|(found, _)| found.is_none())
            .map(|(_, name)| missing(name))
            .collect();
        let (Some(id), Some(tier)) = (id, tier) else { return Err(Error { faults }) };
        Ok(Columns {
            id,
            tier,
            reason: exact("tier_reason"),
            customer_type: mapped("type").or_else(|| known(&TYPE)),
            value: mapped("value").or_else(|| Role::Sales.column_in(&names)),
            potential: exact("potential"),
            orders: exact("orders"),
            components: ComponentKind::ALL.map(|kind| exact(&format!("potential_{}", kind.as_str()))),
        })
    }
}

/// Lower case, letters and digits only.
fn plain(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
