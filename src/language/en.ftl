# Every sentence a person reads, in English. The same keys are in zh.ftl.

## Words
tier-name = Tier { $tier }
customers-count = { $count ->
    [one] { $count } customer
   *[other] { $count } customers
}

## Why a customer is in its tier
reason-contribution-I = brings one of the largest values
reason-contribution-II = brings one of the middle values
reason-contribution-III = brings one of the small values
reason-nothing = brought nothing in the window
reason-watch = kept out by the watch rule "{ $rule }"
reason-held = keeps its tier of the previous run: too near the line to move
reason-potential = could bring much more than it does (potential { $potential })
reason-potential-growth = expected to bring { $expected } in the next window, { $times } times its { $value } now
reason-potential-new = first bought on { $first }; at its present rate it will bring { $expected }, { $times } times its { $value } so far
reason-potential-stated = could buy { $stated } by its own account; it buys for { $value } now

## Words of every report
type-innovative = innovative
type-conservative = conservative
channel-direct = direct
channel-distributor = distributor
channel-none = nobody
no-visits = none
group = Group
customers = Customers
all-customers = All customers
share = Share
tier = Tier
type = Type
served-by = Served by
visits-each = Visits each
visits-all = Visits in all
hours = Hours
budget-share = Budget share
warnings = Please note
metric-sales = sales
metric-margin = margin
metric-lifetime = lifetime value
metric-score = score
period = Counted from { $from } to { $to }.
period-to = Counted up to { $to }.
period-none = Without dates: everything given counts.

## The sentence that matters
headline = { $core } of { $customers ->
    [one] { $customers } customer
   *[other] { $customers } customers
} ({ $share }) bring { $brings } of { $metric }.
headline-nobody = In this period no customer brought any { $metric }.
headline-promoted = { $count ->
    [one] One more customer is
   *[other] { $count } more customers are
} in tier Ⅰ for what they could bring.
headline-eighty = The 80/20 of these data: the first 20 % of customers bring { $brings }; 80 % of { $metric } come from { $share } of customers.

## Terminal
plan-title = Service plan for { $days ->
    [one] one day
   *[other] { $days } days
}
rows-read = Rows: { $read } read, { $used } used, { $filtered } left out by rule, { $rejected } unreadable.
and-more = and { $count } more
filter-no-customer = without a customer (guest sales)
filter-blank-line = blank lines
filter-no-product = without a product
filter-same-product-again = product listed before
filter-after-as-of = after the last day that counts
look-next = Where to look next:
file-html = the report to show others
file-xlsx = the workbook to go on with
file-customers = every customer: tier, type, plan and reason
file-plan = the plan by tier and type
file-visits = who is visited when, and why
file-rejects = rows that could not be read
file-summary = parameters, cut points, counts and hashes
