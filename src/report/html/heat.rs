//! Tables whose cells are shaded by their share of the row: who went where.

use serde::Serialize;

use crate::language::Language;

/// A square table of amounts: before in rows, now in columns.
#[derive(Debug, Serialize)]
pub(super) struct Map {
    title: String,
    heads: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    head: String,
    cells: Vec<Cell>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Cell {
    text: String,
    /// Share of the row, for reading; empty where there is nothing.
    share: String,
    /// 0–1, how dark.
    heat: f64,
    /// True off the diagonal.
    off: bool,
    /// 1 up, -1 down, 0 neither.
    way: i8,
}

impl Cell {
    /// The cell at row and column `place` of a row whose amounts add up to `whole`.
    ///
    /// The root of the share is what the eye sees: most customers stay, and the few that do not are what the map is for.
    pub(super) fn new(amount: f64, whole: f64, place: [usize; 2], text: String, lang: Language) -> Self {
        let share = if whole > 0.0 { (amount / whole).clamp(0.0, 1.0) } else { 0.0 };
        let nothing = amount == 0.0;
        Cell {
            text: if nothing { "·".to_owned() } else { text },
            share: if nothing { String::new() } else { lang.percent(share) },
            heat: (share.sqrt() * 100.0).round() / 100.0,
            off: place[0] != place[1],
            way: match place[1].cmp(&place[0]) {
                _ if nothing => 0,
                std::cmp::Ordering::Less => 1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => -1,
            },
        }
    }
}

impl Map {
    /// A map of `amounts`; `figure` gives the size and the words of each.
    pub(super) fn new<T>(
        title: &str,
        names: &[String],
        amounts: &[Vec<T>],
        figure: impl Fn(&T) -> (f64, String),
        lang: Language,
    ) -> Self {
        let rows = names
            .iter()
            .zip(amounts)
            .enumerate()
            .map(|(before, (head, row))| {
                let figures: Vec<(f64, String)> = row.iter().map(&figure).collect();
                let whole: f64 = figures.iter().map(|(amount, _)| amount.max(0.0)).sum();
                let cells = figures
                    .into_iter()
                    .enumerate()
                    .map(|(now, (amount, text))| Cell::new(amount, whole, [before, now], text, lang))
                    .collect();
                Row { head: head.clone(), cells }
            })
            .collect();
        Map { title: lang.text(title, &[]), heads: names.to_vec(), rows }
    }

    /// The same without arrows, for groups of which none is above another.
    pub(super) fn without_arrows(mut self) -> Self {
        self.rows.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| cell.way = 0);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shade_and_arrow_of_a_cell() {
        let cell = |amount, place| Cell::new(amount, 4.0, place, "x".to_owned(), Language::Zh);
        assert_eq!(
            cell(1.0, [2, 0]),
            Cell { text: "x".to_owned(), share: "25.0%".to_owned(), heat: 0.5, off: true, way: 1 }
        );
        assert_eq!((cell(4.0, [1, 1]).heat, cell(4.0, [1, 1]).way), (1.0, 0));
        let nothing = cell(0.0, [0, 2]);
        assert_eq!((nothing.text.as_str(), nothing.share.as_str(), nothing.way), ("·", "", 0));
        // Returns may make a value negative: nothing is darker than nothing.
        assert!(cell(-1.0, [0, 1]).heat.abs() < f64::EPSILON);
    }
}
