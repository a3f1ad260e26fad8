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
