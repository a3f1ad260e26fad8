//! What the user says of columns on the command line.

use crate::error::{Error, Fault, Result, nearest};

use super::account::InputRecord;
use super::roles::{Role, locate};

/// What the user says of columns: `--map role=Column`, in the order given, and which files have no header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mappings {
    pairs: Vec<(Role, String)>,
    further: Vec<(String, String)>,
    spoken_of: Vec<String>,
    headerless: Option<&'static str>,
}

impl Mappings {
    /// Reads `role=Column` pairs; `columns` are names without a role that the recipe speaks of.
    ///
    /// # Errors
    /// E102 for each pair without `=` or with a name that is neither.
    pub fn parse<S: AsRef<str>>(pairs: &[S], columns: &[&str]) -> Result<Self> {
        let others: Vec<&str> = columns.iter().copied().filter(|name| Role::named(name).is_none()).collect();
        // Sales and margin have a meaning besides what the table states: transactions may say more.
        let stated = |name: &&&str| !matches!(Role::named(name), Some(Role::Sales | Role::Margin));
        let spoken_of = columns.iter().filter(stated).map(|name| (*name).to_owned()).collect();
        let mut mappings = Mappings { spoken_of, ..Mappings::default() };
        let mut faults = Vec::new();
        for pair in pairs {
            let pair = pair.as_ref();
            let Some((role, column)) = pair.split_once('=') else {
                faults.push(
                    Fault::new(102, format!("--map \"{pair}\" has no \"=\""))
                        .hint("write --map role=\"Column\", for example --map customer_id=\"Store Number\""),
                );
                continue;
            };
            let (role, column) = (role.trim(), column.trim().to_owned());
            match Role::named(role) {
                Some(role) => mappings.pairs.push((role, column)),
                None if others.contains(&role) => mappings.further.push((role.to_owned(), column)),
                None => {
                    let roles: Vec<&str> = Role::names().collect();
                    let near = nearest(role, roles.iter().chain(&others).copied())
                        .map(|name| format!("did you mean \"{name}\"? "))
                        .unwrap_or_default();
                    let all = roles.join(", ");
                    let others = if others.is_empty() {
                        String::new()
                    } else {
                        format!("; the recipe also speaks of {}", others.join(", "))
                    };
                    faults.push(
                        Fault::new(102, format!("--map names the unknown role \"{role}\""))
                            .hint(format!("{near}the roles are {all}{others}")),
                    );
                }
            }
        }
        Error::unless_empty(faults)?;
        Ok(mappings)
    }

    /// Says that files read as `table` (`transactions` or `customers`) have no header: their columns are called 1, 2, 3, ….
    #[must_use]
    pub fn without_header_in(mut self, table: &'static str) -> Self {
        self.headerless = Some(table);
        self
    }

    /// True if files read as `table` begin with a header.
    pub(super) fn header_in(&self, table: &str) -> bool {
        self.headerless != Some(table)
    }

    /// The mappings as given, `role=Column`.
    pub fn words(&self) -> Vec<String> {
        let roles = self.pairs.iter().map(|(role, column)| format!("{}={column}", role.as_str()));
        roles.chain(self.further.iter().map(|(name, column)| format!("{name}={column}"))).collect()
    }

    /// The mappings of roles that no file read has a use for, `(role, column)`.
    pub fn idle<'m>(&'m self, inputs: &'m [InputRecord]) -> impl Iterator<Item = (&'m str, &'m str)> {
        let used =
            |role: &str| inputs.iter().any(|input| input.columns.iter().any(|(known, _)| known == role));
        let roles = self.pairs.iter().map(|(role, column)| (role.as_str(), column.as_str()));
        roles.filter(move |(role, _)| !used(role))
    }

    /// Columns that the recipe speaks of, by the headers it gives them.
    pub fn spoken_of(&self) -> impl Iterator<Item = &str> {
        self.spoken_of.iter().map(String::as_str)
    }

    /// Columns without a role that the user named, `(name, header)`.
    pub fn further(&self) -> impl Iterator<Item = (&str, &str)> {
        self.further.iter().map(|(name, column)| (name.as_str(), column.as_str()))
    }

    /// The headers mapped to a role.
    pub(super) fn columns(&self, role: Role) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(mapped, _)| *mapped == role).map(|(_, column)| column.as_str())
    }

    /// Faults for mapped columns that no file has.
    ///
    /// # Errors
    /// E202, one for each.
    pub fn check_all_used(&self, headers: &[&[String]]) -> Result<()> {
        let mut faults = Vec::new();
        for (role, column) in &self.pairs {
            let found = headers.iter().any(|header| locate(header, column, *role).is_some());
            if !found {
                let known = headers.iter().copied().flatten().map(String::as_str);
                faults.push(absent((role.as_str(), column), "no file has this column", known));
            }
        }
        Error::unless_empty(faults)
    }
}

/// The fault of a mapping `name=column` to a column that is not there.
pub(super) fn absent<'h>(
    (name, column): (&str, &str),
    cause: &str,
    header: impl Iterator<Item = &'h str>,
) -> Fault {
    let near = nearest(column, header).map(|near| format!("; the nearest is \"{near}\"")).unwrap_or_default();
    Fault::new(202, format!("--map {name}=\"{column}\": {cause}{near}"))
        .hint("name a column of the header as it is written there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_roles_are_told() {
        let error = Mappings::parse(&["custmer_id=x", "date"], &[]).unwrap_err();
        assert_eq!(error.faults.len(), 2);
        assert!(error.to_string().contains("did you mean \"customer_id\""));
    }
}
