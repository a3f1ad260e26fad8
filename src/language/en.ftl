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
reason-negative = brought less than nothing in the window
reason-returns = returned more than it bought in the window
reason-watch = kept out by the watch rule "{ $rule }"
reason-held = keeps its tier of the previous run: too near the line to move
reason-potential = could bring much more than it does (potential { $potential })
reason-potential-growth = expected to bring { $expected } in the next window, { $times } times its { $value } now
reason-potential-new = first bought on { $first }; at its present rate it will bring { $expected }, { $times } times its { $value } so far
reason-potential-reach = expected to bring { $expected } in the next window; reach index for tier I { $chance }
reason-potential-reach-times = expected to bring { $expected } in the next window, { $times } times its { $value } now; reach index for tier I { $chance }
reason-potential-stated = could buy { $stated } by its own account; it buys for { $value } now

## Words of every report
type-innovative = Innovative
type-conservative = Conservative
type-unsure = · too little evidence
channel-direct = Direct
channel-distributor = Distributor
channel-none = Nobody
no-visits = None
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
metric-head-sales = Sales
metric-head-margin = Margin
metric-head-lifetime = Lifetime value
metric-head-score = Score
period = Counted from { $from } to { $to }.
period-to = Counted up to { $to }.
period-none = Without dates: everything given counts.

## The sentence that matters
headline-score = { $core ->
    [one] The highest score
   *[other] The { $core } highest scores
} of { $customers ->
    [one] { $customers } customer
   *[other] { $customers } customers
} ({ $share }) { $core ->
    [one] makes
   *[other] make
} tier Ⅰ.
headline = { $core } of { $customers ->
    [one] { $customers } customer
   *[other] { $customers } customers
} ({ $share }) bring { $brings } of { $metric }.
headline-none-in-one = No customer brings enough { $metric } for tier Ⅰ.
headline-nobody = In this period no customer brought any { $metric }.
headline-promoted = { $count ->
    [one] One more customer is
   *[other] { $count } more customers are
} in tier Ⅰ for what they could bring.
headline-eighty = The 80/20 of these data: the first 20 % of customers bring { $brings }; 80 % of { $metric } come from { $share } of customers.

## Terminal
demo-made = made 600 customers and 30000 transactions in { $place }
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
spread-place = Every customer is in { $place } (Parquet). Where to look next:
file-html = the report to show others
file-xlsx = the workbook to go on with
file-ics = the calendars of the reps
file-visits-xlsx = a sheet per rep to print and to fill in
file-customers = every customer: tier, type, plan and reason
file-plan = the plan by tier and type
file-visits = who is visited when, and why
file-rejects = rows that could not be read
file-summary = parameters, cut points, counts and hashes

## Report
report-title = customer-value segmentation
report-whole = { $customers } customers, { $total } { $metric }.
customers-word = customers
of-customers = of customers
of-metric = of { $metric }
served-I = visited often, every need met in time
served-II = visited regularly
served-III = served through distributors
card-promoted = { $count } of them for what they could bring
promoted = promoted for potential
pareto-title = How { $metric } add up over customers
pareto-point = { $share } of customers ({ $count }) bring { $brings } of { $metric }
pareto-mark = { $share } of customers bring { $brings }
pareto-x = share of customers, the largest first
pareto-y = share of { $metric }
pareto-cuts = where tiers Ⅰ and Ⅱ end
pareto-equal = if all brought the same
scatter-title = What customers bring and what they could bring
scatter-text = To the right, those who bring much { $metric } already; further up, those who could bring more. Triangles are customers lifted into tier Ⅰ although their { $metric } are still small.
scatter-none = Nothing in the data tells what customers could bring beyond what they bring, so nobody is promoted for it. Supply transactions with dates, or a column of potential.
scatter-point = { $name } · tier { $tier } · { $value } · potential { $potential }
scatter-x = { $metric } (logarithmic scale)
scatter-line = lowest potential promoted: { $line }
scatter-shown = { $shown } of { $eligible } customers are drawn, evenly spread over ranks; the promoted are among them.
promoted-title = Promoted, and why
customer = Customer
potential = Potential
reason = Reason
typing-title = Innovative and conservative customers
typing-text = The innovative try new products early, and more of them than the amount they buy explains; the conservative wait or do not notice. So the same news is told to them differently.
typing-none = Nothing in the data tells innovative customers from conservative ones, so nobody was guessed at: all are treated as conservative. Supply transactions with product ids, or a column of innovativeness.
histogram-title = Innovativeness of customers, by type
histogram-bar = { $type }, { $from } to { $to }: { $count ->
    [one] { $count } customer
   *[other] { $count } customers
}
histogram-x = innovativeness, corrected for the amount bought
separates-title = What separates the two groups
separates-far = far more with the innovative ({ $apart } standard deviations apart)
separates-clearly = clearly more with the innovative ({ $apart } standard deviations apart)
separates-slightly = a little more with the innovative ({ $apart } standard deviations apart)
separates-hardly = hardly any difference ({ $apart } standard deviations apart)
separates-less = less with the innovative ({ $apart } standard deviations apart)
feature-innovativeness = New products tried, beyond what volume explains
feature-adoption-time = Earliness: how long before others
feature-new-share = New products' part of what is bought
feature-breadth = Variety of what is bought
confidence-title = How sure the types are
confidence-high = sure (0.8 and more)
confidence-middle = fairly sure (0.5 to 0.8)
confidence-low = unsure (below 0.5)
confidence-none = too little seen, treated as conservative
quality-split-half = odd against even launches agree (1 is best)
quality-volume = correlation with volume (0 is best)
quality-silhouette = silhouette (1 is best)
quality-launches = launches looked at
quality-early-days = days that count as early
type-uncertain = too little seen
plan-budget = A budget of { $budget } is split.
budget = Budget
message = What to say
allocation-policy = Visits follow the policy table of the recipe.
allocation-optimal = Visits are split so that they earn most within the reps' time.
split-title = Where customers, value, visits and budget lie
visits-title = Visits by rep
rep = Rep
overdue = Overdue
first-visit = First visit
movers-title = Movers since the previous run
movers-text = { $count ->
    [0] Nobody changed tier or type.
    [one] One customer changed tier or type.
   *[other] { $count } customers changed tier or type.
}
movers-heat = Rows are tiers before, columns tiers now; the darker, the larger the share of the row. What lies off the diagonal has moved: ↑ up, ↓ down.
movers-axes = before ↓ now →
movers-told = { $up } rose, { $down } fell, { $new } are new, { $gone } are gone, { $typed } changed only their type. Below, those who changed tier come first, the largest change of value first.
movers-more = { $count } more are in movers.csv.
not-there = not there
gone = gone
new = new
before = Before
now = Now
change = Change
rows-title = What was read, left out and rejected
rows-filtered = { $count } rows left out: { $reason }
rows-unreadable = { $count } rows unreadable in column { $column }
rows-more = { $count } more are in rejects.csv.
reject-is-not-a-number = is not a number
reject-is-not-a-date = is not a date
reject-is-blank = is blank
reject-is-too-large = is too large
reject-times-the-price-is-too-large = times the price is too large
reject-has-no-date = has no date
rows-count = { $count } rows
place = Place
column = Column
cell = As written
table-title = Customers
table-capped = The table holds { $shown } of { $all } customers: the largest, and all promoted ones that fit. customers.csv holds all.
table-found = { $found } customers, { $from } to { $to } shown
table-first = the first { $count }
table-none = No customer fits.
search = Search
search-hint = name, id, region or rep
all = all
rank = Rank
cumulative = Cumulative
days-since-last = Days since last
pages = Pages
back = back
next = next
read-title = How to read this
read-tier = Tier
read-tier-text = Customers are ordered by what they bring, the largest first. Those who bring the first part of the total are Ⅰ, the next part Ⅱ, all others Ⅲ; whoever crosses a line belongs to the higher tier. The cut points are below.
read-potential = Potential
read-potential-text = From 0 to 1: what a customer could bring beyond what it brings, compared with all others. The best with enough evidence are promoted to Ⅰ.
read-type = Type
read-type-text = Innovative customers try what is new earlier and more often than their purchase volume explains. Large customers are not innovative for being large.
read-confidence = Confidence
read-confidence-text = How much nearer a customer is to its own group than to the other, from 0 to 1. Below 0.5 the type is a hint, not a finding.
read-plan = Plan
read-plan-text = Who serves, how often and with which message follows from tier and type. Ⅰ and Ⅱ are visited by reps; Ⅲ is served through distributors, who collect needs periodically.
settings-title = Parameters, cut points and hashes
weights-title = Weights of potential
recipe-text = The whole recipe
footer = The same input, recipe and seed give the same result.
component-reach = reach index for Ⅰ
component-growth = expected growth
component-headroom = stated potential beyond sales
component-breadth-growth = new products taken up
component-days-since-last = days since last purchase
setting-version = Version
setting-recipe = Recipe
setting-as-of = Last day that counts
setting-window = Window
setting-seed = Seed
setting-metric = Value
setting-method = Method of the cut
setting-cuts = Cuts at cumulative shares
setting-smallest-I = Smallest value in Ⅰ (by value)
setting-smallest-II = Smallest value in Ⅱ (by value)
setting-promotion-line = Lowest potential promoted
setting-promoted = Promoted
setting-clusters = Types
setting-mapping = Column mapping
days = { $count ->
    [one] one day
   *[other] { $count } days
}
window-all = everything given

## What customers will bring
span-day = { $count ->
    [one] day
   *[other] { $count } days
}
span-week = { $count ->
    [one] week
   *[other] { $count } weeks
}
span-month = { $count ->
    [one] month
   *[other] { $count } months
}
future-title = What customers will bring in the next { $span }
future-purchases = Purchases expected
future-value = Value expected
future-interval = { $coverage } between
future-unbounded = no bounds
future-to = and
sheet-future = Future
future-model = Forecast by { $model } from { $customers } customers, { $repeaters } of whom bought again; discounted at { $rate } a year it is worth { $discounted }.
future-note = The interval is for the sum to come, as far as the model is right: it knows the uncertainty of the parameters and chance, not whether customers will change their ways.
future-point = Tier { $tier }, { $type }: { $value } expected, give or take { $risk }
portfolio-title = The portfolio: expected value against its risk
portfolio-text = Risk is the standard deviation of the value to come, in per cent of it. The last column is what the plan's budget would be if a unit of expected value got what a unit of past value gets now.
portfolio-x = Risk
portfolio-risk = Risk
portfolio-past = Past share
portfolio-future = Future share
portfolio-budget = Budget by future
test-title = Would the forecast have been right before?
test-text = The history was cut after { $cut }, the model { $model } fitted on what came before and asked for the next { $span } of the { $customers } customers known then.
test-purchases = Purchases
test-value = Value
test-inside = { $what }: { $actual } happened; { $expected } were expected, and what happened lies inside the interval from { $low } to { $high }.
test-outside = { $what }: { $actual } happened; { $expected } were expected, and what happened lies outside the interval from { $low } to { $high }.
test-unbounded = { $what }: { $actual } happened; { $expected } were expected; there is no interval to hold it against.
test-model-wins = { $what }: neither simple rule is better in any measure.
test-rule-wins = { $what }: a simple rule is better in { $wins }.
test-win = { $measure } ({ $method })
test-join = ,{" "}
test-happened = happened
test-model = the model
test-same_again = same again
test-average_so_far = average so far
test-sum = Sum
test-total = sum, off by
test-mean_absolute_error = mean absolute error
test-root_mean_squared_error = root mean squared error
test-correlation = correlation
test-top_tenth = share of the best tenth
test-chart = { $what } after the cut, by customer
test-x = Repeat purchases before the cut
test-y = Mean of a customer
test-point = { $repeats } repeats, { $customers } customers: { $actual } happened; model { $model }, same again { $again }, average so far { $average }

## Workbook
sheet-summary = Summary
sheet-customers = Customers
sheet-plan = Plan
sheet-movers = Movers
sheet-rejected = Rejected
sheet-parameters = Parameters
sheet-continued = Excel's rows do not suffice: the customers are on { $count } sheets.
split-tiers = Customers and what they bring, by tier
customer-id = Customer id
name = Name
region = Region
orders = Orders
innovativeness = Innovativeness
expected-value = Expected next period
first-purchase = First purchase
last-purchase = Last purchase
date = Date
sequence = No.
due-date = Due
last-visit = Last visit
interval-days = Days between
minutes = Minutes
tier-before = Tier before
tier-now = Tier now
type-before = Type before
type-now = Type now
file = File
line = Line
parameter = Parameter
parameter-value = Value
rows-of-read = Rows read
rows-of-used = Rows used
rows-of-filtered = Rows left out by rule
rows-of-rejected = Rows unreadable

## Visits: why each line stands in the list
visit-tier = tier { $tier }: { $why }
visit-overdue = { $days ->
    [one] { $days } day overdue
   *[other] { $days } days overdue
}
visit-due = due on { $due }
visit-first = never visited
visit-appointment = agreed with the customer
visit-kept = kept from the plan before
visit-outside-plan = outside the service plan
visit-again = visit { $number } of this plan, every { $days } days
visit-stretched = every { $now } days instead of { $wanted }, since time is short
visit-days-bind = about every { $now } days instead of { $wanted }, since the rep has no more days that suit
visit-late = later than it should be, since time is short
visit-value = { $value } at stake
visit-innovative = open to new things
visit-conservative = wants what is proven
visit-join = ;{" "}
visit-stop = .

## Visits: why a customer has none
why-not-no_rep = no rep is in charge
why-not-unknown_rep = the rep in charge is not in the table of reps
why-not-distributor = served through a distributor
why-not-excluded = kept out by a watch rule
why-not-no_visits = the service plan has no visits for this customer
why-not-not_due = not due before { $due }
why-not-stretched = the rep's time is short: intervals are stretched, the next visit is due on { $due }
why-not-no_time = the rep's time is short: every day that suits is full
why-not-no_day = the rep has no working day that suits
why-not-too_long = the visit and the way to it take longer than the rep's day
why-not-dismissed = the rep dismissed the suggestion; next on { $due }

## Visits: workbook and calendar
visits-told = Visits from { $from } to { $to }: { $visits } by { $reps ->
    [one] one rep
   *[other] { $reps } reps
}, { $used } of { $hours } hours with the way; { $without } customers without one (not_planned.csv says why).
visits-stretched-told = Time is short: intervals are stretched, most those of { $rep } ({ $times } times).
visits-summary = Summary
visits-summary-title = Visits from { $from } to { $to }
visits-not-planned = Not planned
visits-of-rep = Visits of { $rep }
visits-hours = Hours
visits-hours-used = Hours planned
visits-utilisation = Utilisation
visits-count = Visits
visits-stretch = Intervals stretched, times
visits-km = Km
visits-km-neighbour = Km by nearest neighbour
visits-rate = Visit rate
visits-planned = Planned
visits-made = Visited
column-sequence = No.
column-weekday = Day
column-name = Name
column-state = State
column-last-visit = Last visit
column-days-since = Days ago
column-interval = Interval, days
column-due = Due
column-minutes = Minutes
column-value = Value
column-reason = Why
column-message = What to talk about
column-why-not = Why not
state-overdue = overdue
state-due = due
state-planned = agreed
state-never_visited = never visited
state-covered = covered
weekday-0 = Mon
weekday-1 = Tue
weekday-2 = Wed
weekday-3 = Thu
weekday-4 = Fri
weekday-5 = Sat
weekday-6 = Sun

## Warnings
warning-as-told = { $text }
warning-untyped-without-transactions = All customers are typed conservative without confidence: give transactions with a product column, a column called innovativeness, or [typing.orientation] in the recipe.
warning-untyped-without-products = All customers are typed conservative without confidence: give a product column (and --products with launch dates), or [typing.orientation] in the recipe.
warning-untyped-without-launches = All customers are typed conservative without confidence: no product was launched and tried within the data. Give --products with launch dates or a longer history, or [typing.orientation] in the recipe.
warning-nobody-typed-by-behaviour = No customer could be typed: each needs at least { $days } purchase days and { $launches } launches while active (typing.min_purchase_days, typing.min_launches).
warning-nobody-typed-by-orientation = No customer could be typed: each needs a value in the orientation columns.
warning-typed-alike = All customers that could be typed behave alike, so none is called innovative.
warning-weak-trait = Innovativeness is a weak trait here: what odd and even launches say agrees by { $agreement } only, so read types with care.
warning-unknown-stage = { $customers ->
    [one] One customer has
   *[other] { $customers } customers have
} a purchase stage that no rule of the recipe knows, such as "{ $example }"; they are served by the policy table.
warning-stage-beyond-channel = { $customers ->
    [one] One customer of a group served through distributors is visited by a rep, since its purchase is near; the channel of a group (plan.csv) is that of the policy table.
   *[other] { $customers } customers of groups served through distributors are visited by reps, since their purchase is near; the channel of a group (plan.csv) is that of the policy table.
}
warning-stage-kept-direct = { $customers ->
    [one] One customer of a group served through distributors is visited by a rep by the rule of its stage
   *[other] { $customers } customers of groups served through distributors are visited by reps by the rule of their stage
}, such as "{ $example }"; the channel of a group (plan.csv) is that of the policy table.
warning-stage-without-visits = { $customers ->
    [one] One customer of a group visited by reps gets no visits
   *[other] { $customers } customers of groups visited by reps get no visits
}, since their purchase stage says so, for example { $example } ("{ $stage }"); see service_rule in customers.csv.
warning-score-of-few = { $customers ->
    [one] One customer has cells for less than half of the weight of the score card: its score rests on what is left
   *[other] { $customers } customers have cells for less than half of the weight of the score card: their scores rest on what is left
}, for example { $example } with { $score } from { $share } of the weight.
warning-response-fitted = Visits are split by the response of sales to visits found in the visit log: elasticity { $elasticity } (95 % interval { $low } to { $high }), from { $customers } customers whose visits varied; by type in summary.json.
warning-response-uncertain = The visit log tells too little of the response of sales to visits (standard error { $se } from { $customers } customers): visits are split by the recipe's elasticity, { $elasticity }.
warning-response-prior = Visits are split by the recipe's elasticity, { $elasticity }: a prior from studies, not measured on these customers. A visit log (--visits) with transactions lets it be fitted.
warning-response-unknown = The visit log tells nothing of the response of sales to visits ({ $customers } customers whose visits varied): visits are split by the recipe's elasticity, { $elasticity }.
warning-reps-short-of-time = { $reps ->
    [one] { $example } has not the time for the fewest visits of the service plan and those that a purchase stage asks for
   *[other] { $reps } reps have not the time for the fewest visits of the service plan and those that a purchase stage asks for; worst off is { $example }
} (enough for { $percent } % of them): all of them are lowered in proportion.
warning-reps-without-days = { $reps ->
    [0] No rep has an
    [one] { $example } has no
   *[other] { $reps } reps (the first is { $example }) have no
} open day in the period of the service plan (holidays, absences, days off): customers of a rep without one get no visits.
warning-budget-unsplit = Nobody is served, so the budget is not split.
warning-watch-excluded = { $customers ->
    [one] One customer is
   *[other] { $customers } customers are
} kept out of the plan: { $rule }. Visits each are a mean over all customers of a row, those kept out included.
warning-watch-marked = { $customers ->
    [one] One customer is
   *[other] { $customers } customers are
} served as planned but marked: { $rule }.
warning-customers-of-another-table = Only { $known } of { $customers } customers of the log are in the customer table (for example “{ $bought }” is in the log and “{ $listed }” in the table): all others count as two customers, one without sales and one without what the table says. If ids are written in two ways, make them one.
warning-products-of-another-table = Only { $known } of { $products } products of the log are in the products table (for example “{ $sold }” is in the log and “{ $listed }” in the table): launch dates and categories are not known of the others. If ids are written in two ways, make them one.
warning-file-rejects = { $file }: { $rows } of { $read } rows could not be read and count as if they were not there; rejects.csv says why.
warning-mapping-idle = --map { $role }="{ $column }" changed nothing: none of the files given has a use for the role { $role } (a customer table has sales where a log has amount).
warning-input-twice = { $first } and { $second } are the same to the byte: if one is a copy, every sale counts twice.
warning-products-silent = { $file } has neither launch dates nor categories of products, so nothing was taken from it.
warning-potential-off-scale = { $customers ->
    [one] One customer states
   *[other] { $customers } customers state
} a potential above 100, beyond the scale of the score: it counts for the order of potential, but nobody is promoted by it.
warning-watch-without-column = The watch rule "{ $rule }" was not applied: the input has no column "{ $column }".
warning-visits-below-split = The days planned hold { $visits } of the { $wanted } visits that the best split has in them: some are not due yet, others find no day in time. { $rep } lacks most ({ $planned } of { $own }).
warning-appointments-outside = { $appointments ->
    [one] One appointment lies outside the days planned and changes nothing
   *[other] { $appointments } appointments lie outside the days planned and change nothing
}; the first is line { $line } of the calendar ({ $customer }, { $day }).
warning-appointments-twice = { $appointments ->
    [one] One appointment stands
   *[other] { $appointments } appointments stand
} in the calendar twice (one customer, one day) and { $appointments ->
    [one] counts
   *[other] count
} once; the first is line { $line } ({ $customer }, { $day }).
warning-visits-leave-out-one = { $customers ->
    [one] One customer
   *[other] { $customers } customers
} in tier Ⅰ without a visit: all days that suit are full, however far intervals are stretched. { $rep } lacks the most time ({ $most }): more hours, another rep or fewer customers to visit.
warning-visits-beyond-days = { $customers ->
    [one] One customer is
   *[other] { $customers } customers are
} to be visited more often than their rep's days allow (nobody is visited twice a day), for example { $example }: { $wanted } visits wanted, { $days } possible for { $rep }. They count with what is possible, so nobody else waits longer for the rest.
warning-visits-of-strangers = { $visits ->
    [one] One visit in the log is to a customer that is not in the input; it is left out.
   *[other] { $visits } visits in the log are to customers that are not in the input; they are left out.
}
warning-kept-off-closed-days = { $visits ->
    [one] One visit
   *[other] { $visits } visits
} of the plan before { $visits ->
    [one] lies
   *[other] lie
} within the freeze window on days that are closed now (holiday, absence, day off), for example "{ $customer }" on { $day } by { $rep }: planned anew, as if not agreed.
warning-agreed-on-closed-days = { $visits ->
    [one] One agreed visit lies
   *[other] { $visits } agreed visits lie
} on days that are closed (holiday, absence, day off), for example "{ $customer }" on { $day } by { $rep }: kept, since agreed; move or cancel what cannot be.
warning-agreed-beyond-day = More was agreed than the day holds { $days ->
    [one] on one day
   *[other] on { $days } days of reps
}, most on { $day } for { $rep }: { $visits ->
    [one] one visit
   *[other] { $visits } visits
} and { $hours } hours with the way; a day has { $most ->
    [one] one visit
   *[other] { $most } visits
} and { $has } hours. All are kept.
warning-visit-without-rep = The visit to "{ $customer }" on { $day } is not planned: no rep of the table is in charge.
warning-visits-without-reps = Visits were read, but none are planned: that needs a table of reps (--reps).
warning-plan-before-unreadable = { $rows ->
    [one] One row of the earlier plan { $file } has no customer or no readable date (line { $line }); it is left out.
   *[other] { $rows } rows of the earlier plan { $file } have no customer or no readable date (the first is line { $line }); they are left out.
}
warning-returned-incomplete = { $file }: sheet { $sheet }, line { $line } has no customer or no date; it is left out.
warning-returned-outcome = { $file }: sheet { $sheet }, line { $line }: outcome "{ $cell }" is not known; it is left out.
warning-returned-wish = { $file }: sheet { $sheet }, line { $line }: wish date "{ $cell }" is not a date; it is left out.
warning-returned-decision = { $file }: sheet { $sheet }, line { $line }: decision "{ $cell }" is not known; it is left out.
warning-returned-moved = { $file }: sheet { $sheet }, line { $line }: moved without a wish date; it is left out.
warning-returned-columns = { $file }: sheet { $sheet } has no column { $columns }; nothing is read from there.
warning-returned-again = { $file } holds the same as a returned workbook before it; it counts once.
warning-returned-strangers = { $file }: { $rows } of { $filled } filled-in rows are of customers that are not in the input; they are left out.
warning-wishes-outside = { $wishes ->
    [one] One wish date is over or beyond the days planned
   *[other] { $wishes } wish dates are over or beyond the days planned
} (for example { $day } for "{ $customer }"): no visit is fixed for them; see visit_answers.csv.
warning-model-of-other-span = The sales here cover { $here } days of the window, the lines of the model were drawn for { $fitted }: tiers compare unlike spans.
warning-tier-three-empty = No customer is in tier Ⅲ: the customers are too few or too alike for an 80/20 split.
warning-window-empty = The window of { $days } days holds no sales: the last is of { $last }.
warning-lifetime-few-repeaters = Only { $repeaters ->
    [one] one customer
   *[other] { $repeaters } customers
} bought again: below { $enough } the parameters of a lifetime model are little more than a guess.
warning-lifetime-spend-follows-frequency = How often and how much customers buy are correlated ({ $correlation }), which the spend model assumes they are not: expected value is too low for one end and too high for the other.
warning-lifetime-regular-purchases = Customers buy at even distances (deviation { $variation } of the mean gap), as under contracts: the models assume chance and see a lost customer too late.
warning-lifetime-long-horizon = The forecast over { $horizon } days goes further than the longest history ({ $longest } days).
warning-lifetime-without-spend = { $customers ->
    [one] The repeat purchases of one customer
   *[other] The repeat purchases of { $customers } customers
} brought nothing (0 or less, as returns do): they taught the spend model nothing, and their spend is forecast as if it had been 0.
warning-lifetime-more-than-daily = { $customers ->
    [one] One customer has
   *[other] { $customers } customers have
} more repeat purchases than days between the first and the last: purchases of one day count as one, so check x and whether the times are in the period given.
warning-lifetime-unbounded-spend = A few customers spend without measure (q = { $q } of the spend model is 2 or less): what a group will bring has an expectation but no interval.
warning-lifetime-untested = The lifetime forecast could not be tested on the end of the history: { $cause }.
warning-read-without-lifetime = The run forecast lifetime values. A report made again from the folder shows none of them: for that section run again with --formats html.

## Comparing two segmentations
compare-customers = Customers: { $both } on both sides, { $only_a } only in A, { $only_b } only in B
compare-only-a = Only in A, with their value: { $groups }
compare-only-b = Only in B, with their value: { $groups }
compare-matrix = Customers by tier in A (rows) and in B (columns)
compare-value-b = Their value in B
compare-value-either = Their value, in A where B does not say
compare-same = Same tier: { $share }; { $moved ->
    [one] 1 customer
   *[other] { $moved } customers
} moved
compare-value-moved = Value that moved: { $value } ({ $share })
compare-indices = Adjusted Rand index { $ari }, normalised mutual information { $nmi }
compare-jaccard = Jaccard by tier: { $list }
compare-types = Types: { $share } the same; { $down } { $innovative } → { $conservative }, { $up } { $conservative } → { $innovative }
compare-type-jaccard = Jaccard by type: { $list }
compare-type-indices = Types: adjusted Rand index { $ari }, normalised mutual information { $nmi }
compare-changed = Changed: { $what } from { $a } to { $b }
compare-note = Note: { $note }
compare-movers = Who moved most ({ $shown } of { $all })
compare-nothing = (none)
why = Why
why-value = value
why-cut = cut
why-value-and-cut = value and cut
why-potential = potential
why-held = held
why-type = type
why-unknown = unknown
value-in-a = Value in A
value-in-b = Value in B
what-changed = What changed most
part-orders = orders
part-value-per-order = value per order
part-rank = rank by { $what }
part-line = line
compare-kind = comparison of two segmentations
compare-headline = { $share } of { $both } customers keep their tier
compare-heat-title = Who went where
compare-heat-text = Rows are tiers in A, columns tiers in B; the darker, the larger the share of the row. What lies off the diagonal has moved: ↑ up, ↓ down.
compare-axes = A ↓ B →
compare-type-matrix = Customers by type in A (rows) and in B (columns)
compare-figures = How far they agree
compare-changes = What else differs


## Which method is right
bench-kind = which way of choosing customers was right
bench-headline-none = No method beats plain sales, which capture { $share } of what the next { $days } days brought
bench-headline = Best is { $method }: it captures { $share } of what the next { $days } days brought
bench-known = Known up to { $cut }; judged on the { $days } days after it. { $visits } of { $customers } customers visited, one visit each.
bench-oracle = An oracle captures { $oracle } of what these customers brought then; customers first seen in it, whom nobody could rank, brought { $new } of everything.
bench-none-better = No method is better than plain sales beyond chance.
bench-better = Better than plain sales beyond chance: { $methods }.
bench-worse = Worse than plain sales beyond chance: { $methods }.
bench-rank-title = Share of the next period's value captured, with 95 % intervals
bench-gains-title = Next period's value captured, by customers visited
bench-gains-text = The more customers are visited, the less the choice matters; the dotted line is the number of visits there were.
bench-visited = customers visited
bench-groups-title = Promotion, tiers and types in the next period
bench-the-oracle = oracle
bench-axes = before ↓ then →
bench-matrix = Customers by tier on the day (rows) and in the next period (columns)
bench-method = Method
bench-captured = Captured
bench-interval = 95 % interval
bench-of-oracle = Of the oracle
bench-over-sales = Over sales, points
bench-ranks-by = Ranks by
bench-promotion = { $promoted ->
    [one] 1 promoted customer
   *[other] { $promoted } promoted customers
}: daily value { $growth } times that before; equally small ones { $equals }.
bench-reached = Of the promoted { $precision } reach tier Ⅰ by value; of the { $risers ->
    [one] 1 customer that does
   *[other] { $risers } customers that do
}, { $recall } were promoted.
bench-stable = Same tier in the next period: { $tiers }
bench-stable-both = Same tier in the next period: { $tiers }; same type: { $types }
method-sales = sales
method-last-period = last period's sales
method-tiers = tiers alone
method-tiers-then-sales = tiers, then sales
method-rfm = RFM quintiles
method-rfm-then-sales = RFM quintiles, then sales
method-potential = potential alone
method-erba = Erba's forecast
method-random = random
ranks-by-sales = value in the window
ranks-by-last-period = value in the last days, as many as the next period has
ranks-by-tiers = tier with promotion; equal within a tier
ranks-by-tiers-then-sales = tier with promotion, then value
ranks-by-rfm = sum of the quintiles of days since last, orders and value
ranks-by-rfm-then-sales = the same, then value
ranks-by-potential = potential alone
ranks-by-erba = expected value of the next window (forecast), else value
ranks-by-random = nothing: any order is as good
