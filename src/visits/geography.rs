//! Places on the globe: distances, neighbours, and the order of stops.

/// Mean radius of the earth, km (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// A place, radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    lat: f64,
    lon: f64,
    cos_lat: f64,
}

impl Place {
    /// From degrees; none outside −90–90 and −180–180.
    pub(super) fn new(lat: f64, lon: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then(|| {
            let (lat, lon) = (lat.to_radians(), lon.to_radians());
            Place { lat, lon, cos_lat: lat.cos() }
        })
    }

    /// Great-circle distance, km (haversine).
    pub(super) fn km_to(self, other: Place) -> f64 {
        let half = |difference: f64| (difference / 2.0).sin().powi(2);
        let chord = half(self.lat - other.lat) + self.cos_lat * other.cos_lat * half(self.lon - other.lon);
        2.0 * EARTH_KM * chord.clamp(0.0, 1.0).sqrt().asin()
    }
}

/// Position of each place along a Hilbert curve over their bounding box: neighbours stay near each other.
pub(super) fn curve_positions(places: &[Place]) -> Vec<u64> {
    let bounds = |of: fn(&Place) -> f64| {
        places
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let (south, north) = bounds(|place| place.lat);
    let (west, east) = bounds(|place| place.lon);
    let middle = f64::midpoint(south, north).cos();
    // One scale for both sides keeps the cells square on the ground.
    let side = (north - south).max((east - west) * middle).max(1e-12);
    let cell = |offset: f64| ((offset / side * f64::from(u16::MAX)) as u32).min(u32::from(u16::MAX));
    places.iter().map(|place| hilbert(cell((place.lon - west) * middle), cell(place.lat - south))).collect()
}

/// Distance along the Hilbert curve of order 16 (Warren, Hacker's Delight, 2nd ed., 16–1).
fn hilbert(mut x: u32, mut y: u32) -> u64 {
    let mut distance = 0;
    let mut side = 1_u32 << 15;
    while side > 0 {
        let right = u32::from(x & side > 0);
        let up = u32::from(y & side > 0);
        distance += u64::from(side) * u64::from(side) * u64::from((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                x = (u32::from(u16::MAX)).wrapping_sub(x) & u32::from(u16::MAX);
                y = (u32::from(u16::MAX)).wrapping_sub(y) & u32::from(u16::MAX);
            }
            (x, y) = (y, x);
        }
        side >>= 1;
    }
    distance
}

/// A day's way: from home if there is one, through the stops in order, and home again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) home: Option<Place>,
}

impl Way {
    fn leg(self, from: Option<Place>, to: Option<Place>) -> f64 {
        match (from.or(self.home), to.or(self.home)) {
            (Some(from), Some(to)) => from.km_to(to),
            _ => 0.0,
        }
    }

    /// Length of the way, km.
    pub(super) fn km(self, stops: &[Place]) -> f64 {
        let ends = self.leg(None, stops.first().copied()) + self.leg(stops.last().copied(), None);
        let between: f64 = stops.windows(2).map(|pair| pair[0].km_to(pair[1])).sum();
        if stops.is_empty() { 0.0 } else { ends + between }
    }

    /// Where one more stop is cheapest: its position and the km added.
    pub(super) fn cheapest_insertion(self, stops: &[Place], new: Place) -> (usize, f64) {
        let mut best = (0, f64::INFINITY);
        for position in 0..=stops.len() {
            let before = position.checked_sub(1).map(|index| stops[index]);
            let after = stops.get(position).copied();
            let old = if stops.is_empty() { 0.0 } else { self.leg(before, after) };
            let open = self.home.is_none() && (before.is_none() || after.is_none());
            let added =
                self.leg(before, Some(new)) + self.leg(Some(new), after) - if open { 0.0 } else { old };
            if added < best.1 {
                best = (position, added);
            }
        }
        best
    }

    /// Km saved by leaving a stop out.
    pub(super) fn saving(self, stops: &[Place], position: usize) -> f64 {
        let mut rest = stops.to_vec();
        rest.remove(position);
        self.km(stops) - self.km(&rest)
    }

    /// Stops in nearest-neighbour order, from home or from the first stop given.
    pub(super) fn nearest_neighbour(self, stops: &[Place]) -> Vec<usize> {
        let mut left: Vec<usize> = (0..stops.len()).collect();
        let mut order = Vec::with_capacity(stops.len());
        let mut here = self.home;
        while !left.is_empty() {
            let near = match here {
                None => 0,
                Some(here) => (0..left.len())
                    .min_by(|&a, &b| here.km_to(stops[left[a]]).total_cmp(&here.km_to(stops[left[b]])))
                    .unwrap_or(0),
            };
            let next = left.remove(near);
            here = Some(stops[next]);
            order.push(next);
        }
        order
    }

    /// A short order of the stops: nearest neighbour and the order given, each bettered by 2-opt and or-opt until
    /// neither helps; the shorter one.
    pub(super) fn short_order(self, stops: &[Place]) -> Vec<usize> {
        let starts = [(0..stops.len()).collect(), self.nearest_neighbour(stops)];
        let ways = starts.map(|start| self.better(stops, start));
        let km = |order: &[usize]| self.km_in(stops, order);
        let [given, neighbour] = ways;
        if km(&neighbour) < km(&given) { neighbour } else { given }
    }

    fn km_in(self, stops: &[Place], order: &[usize]) -> f64 {
        self.km(&order.iter().map(|&index| stops[index]).collect::<Vec<_>>())
    }

    fn better(self, stops: &[Place], mut order: Vec<usize>) -> Vec<usize> {
        let mut km = self.km_in(stops, &order);
        // Each round must shorten the way, so this ends; the limit is for very long days.
        for _ in 0..50 {
            let before = km;
            for from in 0..order.len() {
                for to in from + 1..order.len() {
                    order[from..=to].reverse();
                    let next = self.km_in(stops, &order);
                    if next < km - 1e-9 {
                        km = next;
                    } else {
                        order[from..=to].reverse();
                    }
                }
            }
            for length in 1..=3.min(order.len().saturating_sub(1)) {
                for from in 0..=order.len() - length {
                    let mut rest = order.clone();
                    let moved: Vec<usize> = rest.drain(from..from + length).collect();
                    for to in 0..=rest.len() {
                        let mut trial = rest.clone();
                        trial.splice(to..to, moved.iter().copied());
                        let next = self.km_in(stops, &trial);
                        if next < km - 1e-9 {
                            km = next;
                            order = trial;
                            break;
                        }
                    }
                }
            }
            if km >= before - 1e-9 {
                break;
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lat: f64, lon: f64) -> Place {
        Place::new(lat, lon).unwrap()
    }

    #[test]
    fn distances_on_the_globe() {
        // Des Moines to Chicago, by hand with the same radius: 498.44 km.
        let (des_moines, chicago) = (place(41.5868, -93.6250), place(41.8781, -87.6298));
        assert!((des_moines.km_to(chicago) - 498.4364).abs() < 1e-3, "{}", des_moines.km_to(chicago));
        // A quarter of the equator, and across the date line.
        assert!((place(0.0, 0.0).km_to(place(0.0, 90.0)) - 10_007.557).abs() < 0.01);
        assert!(place(0.0, 179.9).km_to(place(0.0, -179.9)) < 23.0);
        assert!(Place::new(91.0, 0.0).is_none() && Place::new(0.0, f64::NAN).is_none());
    }

    #[test]
    fn the_curve_keeps_neighbours_together() {
        let places: Vec<Place> =
            (0..64).map(|cell| place(f64::from(cell / 8), f64::from(cell % 8))).collect();
        let positions = curve_positions(&places);
        let mut order: Vec<usize> = (0..64).collect();
        order.sort_by_key(|&index| positions[index]);
        // Along the curve each step goes to a cell beside.
        let steps: f64 =
            order.windows(2).map(|pair| places[pair[0]].km_to(places[pair[1]])).fold(0.0, f64::max);
        assert!(steps < 300.0, "{steps}");
    }

    #[test]
    fn crossing_ways_are_untangled() {
        let home = Way { home: Some(place(0.0, 0.0)) };
        let stops = [place(1.0, 1.0), place(0.0, 1.0), place(1.0, 0.0)];
        assert_eq!(home.short_order(&stops).len(), 3);
        let square = 4.0 * place(0.0, 0.0).km_to(place(0.0, 1.0));
        assert!((home.km_in(&stops, &home.short_order(&stops)) - square).abs() < 0.1);
        // On a line the nearest neighbour from the middle zigzags; the short order does not.
        let open = Way { home: None };
        let line: Vec<Place> = [5.0, 4.0, 6.5, 1.0, 9.0].map(|lon| place(0.0, lon)).to_vec();
        let short = open.km_in(&line, &open.short_order(&line));
        assert!((short - place(0.0, 1.0).km_to(place(0.0, 9.0))).abs() < 1e-6);
        assert!(open.km_in(&line, &open.nearest_neighbour(&line)) > short);
    }

    #[test]
    fn insertion_and_saving_agree_with_the_length() {
        for way in [Way { home: None }, Way { home: Some(place(1.0, 1.0)) }] {
            let mut stops = Vec::new();
            for (lat, lon) in [(0.0, 0.0), (2.0, 3.0), (1.0, 0.5), (3.0, 3.0)] {
                let before = way.km(&stops);
                let (position, added) = way.cheapest_insertion(&stops, place(lat, lon));
                stops.insert(position, place(lat, lon));
                assert!((way.km(&stops) - before - added).abs() < 1e-9);
                assert!((way.saving(&stops, position) - added).abs() < 1e-9);
            }
        }
    }
}
