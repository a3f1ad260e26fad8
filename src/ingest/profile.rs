//! What a customer table can say.

use crate::domain::Money;

/// What the customer table says of one customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The customer's name.
    pub name: Option<Box<str>>,
    /// The rep in charge.
    pub rep: Option<Box<str>>,
    /// Sales region.
    pub region: Option<Box<str>>,
    /// Latitude, −90 to 90 degrees.
    pub lat: Option<f64>,
    /// Longitude, −180 to 180 degrees.
    pub lon: Option<f64>,
    /// Closeness to purchase, as written.
    pub purchase_stage: Option<Box<str>>,
    /// Stated potential: what the customer could buy in a window.
    pub potential: Option<Money>,
}

/// One further column of the customer table.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its header.
    pub name: Box<str>,
    /// Its cells.
    pub values: AttributeValues,
}

/// A column of numbers if every cell that is not blank is one, else of text.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValues {
    /// Numbers, finite; none where blank.
    Number(Vec<Option<f64>>),
    /// Texts; none where blank.
    Text(Vec<Option<Box<str>>>),
}

impl Attribute {
    /// The same column with its cells in another order; none where there is no place.
    #[must_use]
    pub fn arranged(self, places: &[Option<usize>]) -> Self {
        let values = match self.values {
            AttributeValues::Number(cells) => AttributeValues::Number(
                places.iter().map(|place| place.and_then(|place| cells[place])).collect(),
            ),
            AttributeValues::Text(mut cells) => AttributeValues::Text(
                places.iter().map(|place| place.and_then(|place| cells[place].take())).collect(),
            ),
        };
        Attribute { name: self.name, values }
    }
}
