//! Which column of a file plays which role: as the user says ([`Mappings`]), or by its header.

use std::path::Path;

use crate::error::{Error, Fault, Result, nearest};

use super::mappings::Mappings;
use super::roles::{ColumnRef, Role, locate, plain};

/// The roles found in one file's header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RoleMap(Vec<(Role, ColumnRef)>);

impl RoleMap {
    /// Finds the roles `wanted` in a header: what the user mapped, then synonyms.
    ///
    /// # Errors
    /// E209 if two columns carry the header that was taken.
    pub(super) fn find(file: &Path, header: &[String], wanted: &[Role], mappings: &Mappings) -> Result<Self> {
        let mut found: Vec<(Role, ColumnRef)> = Vec::new();
        let mut faults = Vec::new();
        let mut taken: Vec<usize> = Vec::new();
        for &role in wanted {
            let mut places = mappings.columns(role).filter_map(|column| locate(header, column, role));
            if let Some(place) = places.next() {
                if places.any(|other| other != place) {
                    let cause = format!("two columns of this file are mapped to {}", role.as_str());
                    let hint = if role.is_amount() {
                        "map one, or both added up: --map amount=First+Second"
                    } else {
                        "map one of them"
                    };
                    faults.push(Fault::new(209, cause).in_file(file).at_line(1).hint(hint));
                }
                if let ColumnRef::Columns(columns) = &place {
                    taken.extend(columns);
                }
                found.push((role, place));
            }
        }
        let plain: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
        for &role in wanted {
            if found.iter().any(|(known, _)| *known == role) {
                continue;
            }
            for synonym in role.synonyms() {
                let mut places =
                    (0..header.len()).filter(|place| plain[*place] == *synonym && !taken.contains(place));
                let Some(place) = places.next() else { continue };
                if let Some(second) = places.next() {
                    faults.push(
                        Fault::new(
                            209,
                            format!(
                                "columns {} and {} both look like {}",
                                place + 1,
                                second + 1,
                                role.as_str()
                            ),
                        )
                        .in_file(file)
                        .at_line(1)
                        .in_column(&*header[place])
                        .hint("rename one of them: a mapping cannot tell equal headers apart"),
                    );
                }
                taken.push(place);
                found.push((role, ColumnRef::Columns(vec![place])));
                break;
            }
        }
        Error::unless_empty(faults)?;
        Ok(RoleMap(found))
    }

    /// Where a role's cells come from.
    pub(super) fn get(&self, role: Role) -> Option<&ColumnRef> {
        self.0.iter().find(|(known, _)| *known == role).map(|(_, place)| place)
    }

    /// The single column of a role.
    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.get(role).and_then(ColumnRef::single)
    }

    /// All columns that play a role.
    pub(super) fn taken(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|(_, place)| match place {
            ColumnRef::Columns(columns) => columns.clone(),
            ColumnRef::RowNumber => Vec::new(),
        })
    }

    /// `(role, column)` pairs for the record.
    pub(super) fn words(&self, header: &[String]) -> Vec<(String, String)> {
        let name = |place: &ColumnRef| match place {
            ColumnRef::RowNumber => "@row".to_owned(),
            ColumnRef::Columns(columns) => {
                columns.iter().map(|column| header[*column].as_str()).collect::<Vec<_>>().join("+")
            }
        };
        self.0.iter().map(|(role, place)| (role.as_str().to_owned(), name(place))).collect()
    }

    /// Those of `needed` that are not there.
    pub(super) fn absent(&self, needed: &[Role]) -> impl Iterator<Item = Role> {
        needed.iter().copied().filter(|role| self.get(*role).is_none())
    }

    /// The role that a column plays.
    fn role_of(&self, column: usize) -> Option<Role> {
        let plays =
            |place: &ColumnRef| matches!(place, ColumnRef::Columns(columns) if columns.contains(&column));
        self.0.iter().find(|(_, place)| plays(place)).map(|(role, _)| *role)
    }

    /// The fault that names a missing role, the columns there are, the nearest, and what it was mapped to instead.
    pub(super) fn fault_of_absent(&self, file: &Path, header: &[String], role: Role) -> Fault {
        let plain: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
        let free: Vec<usize> = (0..header.len()).filter(|place| self.role_of(*place).is_none()).collect();
        let near = role.synonyms().iter().find_map(|synonym| {
            let near = nearest(synonym, free.iter().map(|place| plain[*place].as_str()))?;
            free.iter().find(|place| plain[**place] == near).map(|place| header[*place].as_str())
        });
        let lost = (0..header.len()).find(|place| role.synonyms().contains(&plain[*place].as_str()));
        let elsewhere = lost.and_then(|place| {
            let other = self.role_of(place)?.as_str();
            Some(format!("; \"{}\" is taken as {other}", header[place]))
        });
        let columns = header.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(", ");
        let role_name = role.as_str();
        let like_data = header.iter().any(|cell| cell.parse::<f64>().is_ok());
        let numbered = header.iter().enumerate().all(|(place, cell)| *cell == (place + 1).to_string());
        // Guessing at a column that is not even near would send the user astray.
        let named = match near {
            Some(name) => format!("name the column: --map {role_name}=\"{name}\""),
            None if numbered => format!("name the column by its number: --map {role_name}=1"),
            None if like_data => format!(
                "the first line looks like data: if there is no header, give --no-header and name columns by number, such as --map {role_name}=1"
            ),
            None => format!("name the column: --map {role_name}=\"Column\""),
        };
        let near = near.map(|name| format!("; the nearest is \"{name}\"")).or(elsewhere).unwrap_or_default();
        Fault::new(202, format!("no column for {role_name}; the columns are {columns}{near}"))
            .in_file(file)
            .hint(named)
    }

    /// A fault for each of `needed` that is not there.
    pub(super) fn missing(&self, file: &Path, header: &[String], needed: &[Role]) -> Vec<Fault> {
        self.absent(needed).map(|role| self.fault_of_absent(file, header, role)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::roles::Role::{Amount, CustomerId, Date, OrderId, ProductId, Quantity, UnitPrice};

    fn header(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    fn find(cells: &[&str], pairs: &[&str]) -> RoleMap {
        let wanted = [CustomerId, Date, Amount, OrderId, ProductId, Quantity, UnitPrice];
        RoleMap::find(Path::new("t.csv"), &header(cells), &wanted, &Mappings::parse(pairs, &[]).unwrap())
            .unwrap()
    }

    #[test]
    fn synonyms_in_two_languages() {
        let map =
            find(&["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], &[]);
        assert_eq!(map.column(CustomerId), Some(5));
        assert_eq!(map.column(OrderId), Some(0));
        assert_eq!(map.column(ProductId), Some(1));
        assert_eq!(map.column(Amount), None);
        let map = find(&["客户编号", "日期", "销售额"], &[]);
        assert_eq!(
            (map.column(CustomerId), map.column(Date), map.column(Amount)),
            (Some(0), Some(1), Some(2))
        );
    }

    #[test]
    fn mappings_go_first_and_may_add_columns() {
        let map =
            find(&["customer_id", "Who", "date", "Milk", "Fresh"], &["customer_id=who", "amount=Fresh+Milk"]);
        assert_eq!(map.column(CustomerId), Some(1));
        assert_eq!(map.get(Amount), Some(&ColumnRef::Columns(vec![4, 3])));
        assert_eq!(find(&["a"], &["customer_id=@row"]).get(CustomerId), Some(&ColumnRef::RowNumber));
    }

    #[test]
    fn a_missing_role_names_the_nearest_column() {
        let fault = RoleMap(Vec::new()).fault_of_absent(
            Path::new("t.csv"),
            &header(&["custmer id", "x"]),
            CustomerId,
        );
        assert!(fault.cause.contains("the nearest is \"custmer id\""), "{}", fault.cause);
    }

    #[test]
    fn no_column_is_named_that_is_not_near() {
        let hint = |cells: &[&str]| {
            let fault = RoleMap(Vec::new()).fault_of_absent(Path::new("t.csv"), &header(cells), CustomerId);
            fault.action.unwrap()
        };
        assert!(hint(&["Channel", "Fresh"]).contains("customer_id=\"Column\""));
        assert!(hint(&["00004", "19970101", "29.33"]).contains("--no-header"));
        assert!(hint(&["1", "2", "3"]).contains("by its number"));
    }

    #[test]
    fn a_column_mapped_to_another_role_is_not_offered() {
        let roles = RoleMap(vec![(Amount, ColumnRef::Columns(vec![1]))]);
        let fault = roles.fault_of_absent(Path::new("t.csv"), &header(&["id", "date"]), Date);
        assert!(fault.cause.ends_with("; \"date\" is taken as amount"), "{}", fault.cause);
        assert!(fault.action.unwrap().contains("date=\"Column\""));
    }

    #[test]
    fn equal_headers_for_one_role_are_a_fault() {
        let headers = header(&["Customer ID", "customer_id", "date"]);
        let error =
            RoleMap::find(Path::new("t.csv"), &headers, &[CustomerId], &Mappings::default()).unwrap_err();
        assert!(error.has_code(209));
    }
}
