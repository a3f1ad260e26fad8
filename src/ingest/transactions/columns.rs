//! Which columns a transaction file has.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Result};
use crate::ingest::header::RoleMap;
use crate::ingest::roles::{ColumnRef, Role};

/// Where each role's cells are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) customer: usize,
    pub(super) date: usize,
    pub(super) amount: AmountColumns,
    pub(super) order: Option<usize>,
    pub(super) product: Option<usize>,
    pub(super) cost: Option<usize>,
    pub(super) rep: Option<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum AmountColumns {
    /// One column, or several to be added up.
    Given(Vec<usize>),
    QuantityTimesPrice(usize, usize),
}

pub(super) const WANTED: [Role; 9] = [
    Role::CustomerId,
    Role::Date,
    Role::Amount,
    Role::Quantity,
    Role::UnitPrice,
    Role::OrderId,
    Role::ProductId,
    Role::Cost,
    Role::Rep,
];

impl Columns {
    pub(super) fn find(path: &Path, header: &[String], roles: &RoleMap) -> Result<Self> {
        let mut faults = roles.missing(path, header, &[Role::CustomerId, Role::Date]);
        let amount =
            match (roles.get(Role::Amount), roles.column(Role::Quantity), roles.column(Role::UnitPrice)) {
                (Some(ColumnRef::Columns(columns)), ..) => Some(AmountColumns::Given(columns.clone())),
                (_, Some(quantity), Some(price)) => Some(AmountColumns::QuantityTimesPrice(quantity, price)),
                _ => {
                    faults.push(roles.fault_of_absent(path, header, Role::Amount));
                    None
                }
            };
        let single = |role: Role, faults: &mut Vec<Fault>| match (roles.get(role), roles.column(role)) {
            (Some(_), None) => {
                faults.push(
                    Fault::new(202, format!("{} needs a column of its own", role.as_str()))
                        .in_file(path)
                        .hint("map it to one column"),
                );
                None
            }
            (_, column) => column,
        };
        let customer = single(Role::CustomerId, &mut faults);
        let date = single(Role::Date, &mut faults);
        match (customer, date, amount, faults.is_empty()) {
            (Some(customer), Some(date), Some(amount), true) => Ok(Columns {
                customer,
                date,
                amount,
                order: roles.column(Role::OrderId),
                product: roles.column(Role::ProductId),
                cost: roles.column(Role::Cost),
                rep: roles.column(Role::Rep),
            }),
            _ => Err(Error { faults }),
        }
    }

    /// The same columns where only those that play a role are fetched, and which these are in the header.
    pub(super) fn narrowed(&self) -> (Vec<usize>, Columns) {
        let mut places: Vec<usize> = Vec::new();
        let mut place = |column: usize| {
            places.iter().position(|known| *known == column).unwrap_or_else(|| {
                places.push(column);
                places.len() - 1
            })
        };
        let narrow = Columns {
            customer: place(self.customer),
            date: place(self.date),
            amount: match &self.amount {
                AmountColumns::Given(amounts) => {
                    AmountColumns::Given(amounts.iter().map(|column| place(*column)).collect())
                }
                AmountColumns::QuantityTimesPrice(quantity, price) => {
                    AmountColumns::QuantityTimesPrice(place(*quantity), place(*price))
                }
            },
            order: self.order.map(&mut place),
            product: self.product.map(&mut place),
            cost: self.cost.map(&mut place),
            rep: self.rep.map(&mut place),
        };
        (places, narrow)
    }
}
