//! The rules, by number.

/// A rule every result keeps.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `V` and a number.
    pub code: &'static str,
    /// What holds in every result.
    pub sentence: &'static str,
}

const fn rule(code: &'static str, sentence: &'static str) -> Rule {
    Rule { code, sentence }
}

/// Every rule, ascending: V1xx files, V2xx customers, V3xx tiers, V4xx types, V5xx service, V6xx plan,
/// V7xx rows and summary, V8xx visits, V9xx calendars.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule("V101", "every file a result must hold is there and can be read"),
    rule("V102", "every file begins with the columns promised, in their order"),
    rule("V103", "every cell can be read as what its column holds"),
    rule("V104", "a Parquet file holds what the CSV file of its name holds"),
    rule("V201", "every customer has an id of its own"),
    rule("V202", "customers stand in order of rank, and ranks are 1 to n"),
    rule("V203", "value falls along ranks; equal values stand in order of id"),
    rule("V204", "value_share is the value over the sum of positive values, 0 without positive value"),
    rule("V205", "cumulative_share adds up value_share along ranks"),
    rule("V206", "shares, confidence, potential and its parts lie between 0 and 1; counts and money planned are not negative"),
    rule("V207", "value is the sales or the margin of the customer where that is its metric"),
    rule("V208", "first and last purchases lie one after the other in the history"),
    rule("V209", "potential is the weighted mean of the parts that are known, blank without any"),
    rule("V301", "tiers by contribution, and tier_by_value, are those of an independent exact computation"),
    rule("V302", "equal values (under kmeans: of equal potential) are in the same tier by contribution"),
    rule("V303", "no more customers are promoted than the recipe allows"),
    rule("V304", "whoever is in a tier by potential is in I, would not be there by value, and has a potential on or above the line"),
    rule("V305", "a customer without positive value is in III unless promoted or held"),
    rule("V306", "tiers and tier reasons are words of the contract"),
    rule("V307", "tiers by contribution do not rise as value falls"),
    rule("V308", "only against a previous run, with hysteresis, is a customer held, and then elsewhere than its value says"),
    rule("V401", "types and type flags are words of the contract"),
    rule("V402", "a flagged type is conservative with confidence 0"),
    rule("V501", "channels are words of the contract"),
    rule("V502", "customers in III are visited only by a rule of their own, such as a purchase stage"),
    rule("V503", "customers without a direct channel have no visits"),
    rule("V504", "customers in I are visited more often than customers in II"),
    rule("V505", "budgets are whole cents and add up to the recipe's budget"),
    rule("V506", "whom no rule of its own serves is served by the policy row of its tier and type"),
    rule("V601", "plan.csv has one row for each tier and type, I innovative first"),
    rule("V602", "customers and value of each plan row are those of customers.csv"),
    rule("V603", "visits, minutes and budget of each plan row follow from its customers"),
    rule("V604", "shares of plan rows follow from their amounts and add up to 1"),
    rule("V605", "the channel of each plan row is that of the policy row"),
    rule("V701", "summary.json has every key promised"),
    rule("V702", "rows read are rows used, filtered and rejected; each filter is counted"),
    rule("V703", "rejects.csv has a line for every rejected row, with a file, a line and a reason"),
    rule("V704", "customers, value and cuts of summary.json are those of customers.csv"),
    rule("V705", "every input has a path, a SHA-256 and its rows, which add up to the rows read"),
    rule("V706", "figures of typing and timing lie in their ranges"),
    rule("V801", "visits stand in order of rep, date and sequence, and sequences are 1 to n each day"),
    rule("V802", "nobody is visited twice on one day"),
    rule("V803", "no rep has more visits or minutes on a day than the recipe or the reps' table allows, unless all of them were agreed"),
    rule("V804", "every visit is to a customer of the result, as customers.csv tells it; agreed ones whatever the channel"),
    rule("V805", "every customer to be visited has a visit or a reason why not, never both; who has none has tier and rep of customers.csv"),
    rule("V806", "visits come after the last day of the data; days since, state and interval agree with the last visit and the service plan"),
    rule("V807", "visits of visit_log.csv are over, and the last of each customer is the one that visits.csv tells"),
    rule("V901", "calendars are well-formed iCalendar files"),
    rule("V902", "a rep's calendar holds the rep's visits, and nothing else that is not cancelled"),
    rule("V903", "cancelled events are still to come and have a sequence number"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend() {
        assert!(RULES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
