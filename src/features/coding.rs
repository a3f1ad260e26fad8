//! A customer's features as bytes: what the engine of a cluster hands to the program that asked.

use crate::domain::{Day, Money};

use super::bytes::{Reader, Writer};
use super::people::Person;
use super::table::{Adoption, Features, MonthSales};

const FORM: u8 = 1;

impl Person {
    /// Appends the features and the rep, not the id.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let features = &self.features;
        let mut writer = Writer(bytes);
        writer.byte(FORM);
        let there = [
            features.margin.is_some(),
            features.first.is_some(),
            features.last.is_some(),
            features.gap_mean.is_some(),
            features.gap_sd.is_some(),
            self.rep.is_some(),
        ];
        writer.byte(there.iter().rev().fold(0, |flags, there| flags << 1 | u8::from(*there)));
        for money in [features.sales, features.sales_history, features.first_sales, features.new_sales] {
            writer.signed(money.0);
        }
        let counts = [
            features.orders,
            features.active_days,
            features.products,
            features.recent_products,
            features.categories,
        ];
        counts.iter().for_each(|count| writer.number(u64::from(*count)));
        writer.hash(features.entropy.to_bits());
        if let Some(margin) = features.margin {
            writer.signed(margin.0);
        }
        [features.first, features.last].iter().flatten().for_each(|day| writer.signed(day.0.into()));
        [features.gap_mean, features.gap_sd].iter().flatten().for_each(|gap| writer.hash(gap.to_bits()));
        writer.number(features.months.len() as u64);
        for &MonthSales { month, sales } in &features.months {
            writer.signed(month.into());
            writer.signed(sales.0);
        }
        writer.number(features.adoptions.len() as u64);
        for Adoption { launch, day } in &features.adoptions {
            writer.number((*launch).into());
            writer.signed(day.0.into());
        }
        if let Some(rep) = &self.rep {
            writer.text(rep);
        }
    }

    /// What was written; none if the bytes are nothing of the kind.
    pub fn read(id: &str, bytes: &[u8]) -> Option<Person> {
        let mut reader = Reader(bytes);
        if reader.byte()? != FORM {
            return None;
        }
        let flags = reader.byte()?;
        let there = |place: u32| flags >> place & 1 > 0;
        let mut features = Features {
            sales: money(&mut reader)?,
            sales_history: money(&mut reader)?,
            first_sales: money(&mut reader)?,
            new_sales: money(&mut reader)?,
            orders: reader.short()?,
            active_days: reader.short()?,
            products: reader.short()?,
            recent_products: reader.short()?,
            categories: reader.short()?,
            entropy: f64::from_bits(reader.hash()?),
            ..Features::default()
        };
        if there(0) {
            features.margin = Some(money(&mut reader)?);
        }
        if there(1) {
            features.first = Some(day(&mut reader)?);
        }
        if there(2) {
            features.last = Some(day(&mut reader)?);
        }
        if there(3) {
            features.gap_mean = Some(f64::from_bits(reader.hash()?));
        }
        if there(4) {
            features.gap_sd = Some(f64::from_bits(reader.hash()?));
        }
        let months = reader.count()?;
        features.months = (0..months)
            .map(|_| Some(MonthSales { month: day(&mut reader)?.0, sales: money(&mut reader)? }))
            .collect::<Option<_>>()?;
        let adoptions = reader.count()?;
        features.adoptions = (0..adoptions)
            .map(|_| Some(Adoption { launch: reader.short()?, day: day(&mut reader)? }))
            .collect::<Option<_>>()?;
        let rep = if there(5) { Some(reader.text()?.into()) } else { None };
        reader.0.is_empty().then(|| Person { id: id.into(), features, rep })
    }
}

fn money(reader: &mut Reader) -> Option<Money> {
    reader.signed().map(Money)
}

fn day(reader: &mut Reader) -> Option<Day> {
    i32::try_from(reader.signed()?).ok().map(Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(person: &Person) {
        let mut bytes = Vec::new();
        person.write(&mut bytes);
        assert_eq!(Person::read(&person.id, &bytes).as_ref(), Some(person));
        for end in 0..bytes.len() {
            assert_eq!(Person::read(&person.id, &bytes[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn a_person_comes_back_with_everything_and_with_nothing() {
        there_and_back(&Person { id: "nobody".into(), ..Person::default() });
        let adoptions = [Adoption { launch: 3, day: Day(18_000) }, Adoption { launch: 300, day: Day(-1) }];
        let months = [MonthSales { month: 24_263, sales: Money(-5) }];
        there_and_back(&Person {
            id: "客".into(),
            features: Features {
                sales: Money(-1),
                margin: Some(Money(i64::MIN)),
                orders: 2,
                sales_history: Money(i64::MAX),
                first_sales: Money(7),
                active_days: 11,
                first: Some(Day(-400)),
                last: Some(Day(19_000)),
                gap_mean: Some(0.1),
                gap_sd: Some(f64::MIN_POSITIVE),
                months: months.into(),
                products: 5,
                recent_products: 4,
                categories: u32::MAX,
                entropy: 1.25,
                new_sales: Money(8),
                adoptions: adoptions.into(),
            },
            rep: Some("李伟".into()),
        });
    }
}
