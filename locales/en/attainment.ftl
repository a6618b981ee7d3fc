metric-revenue = Order intake
metric-margin = Gross margin
metric-units = Units sold
metric-orders = Orders
metric-new-customers = New customers
attainment-metric-of = { $metric }, { $category }
attainment-metric-on = { $metric }, { $basis }
basis-booked = booked
basis-delivered = delivered
basis-label = When a sale counts
basis-hint = For what is counted in sales. A delivery counts on its day, for as much as is delivered.
basis-choice-booked = When it is booked: the day of the order
basis-choice-delivered = When it is delivered
basis-is-booked = Sales count on the day of the order.
basis-is-delivered = Sales count when they are delivered, for as much as is delivered.
attainment-half = H{ $n } { $year }
attainment-ahead = { $amount } ahead of pace
attainment-behind = { $amount } behind pace
attainment-on-pace = Exactly on pace
attainment-above-goal = { $amount } above the goal
attainment-below-goal = { $amount } below the goal
attainment-percentage-points = { $n } percentage points
attainment-at-goal = Exactly at the goal
attainment-no-target = There is no target to compare with.
attainment-starts = Starts on { $date }.
attainment-ended = Ended at { $actual } of { $target }.
attainment-reached = The goal is reached.
attainment-too-early = It is too early for a forecast.
attainment-likely = At this rate it ends on { $likely }.
attainment-likely-range = Likely to land on { $likely } (range { $range })
attainment-chance = { $landing }, about { $n ->
    [8] an 8
   *[other] a { $n }
} in 10 chance.
attainment-chance-none = { $landing }, less than a 1 in 10 chance.
attainment-need-mine = You need { $amount } per working day from here.
attainment-need-theirs = It takes { $amount } per working day from here.
attainment-more-mine = You need { $n } more in { $days ->
    [one] { $days } working day
   *[other] { $days } working days
}.
attainment-more-theirs = { $n } more in { $days ->
    [one] { $days } working day
   *[other] { $days } working days
} are needed.
attainment-left = { $amount } is left to the goal.
metric-on-time-delivery = On-time delivery
metric-follow-ups-in-time = Follow-ups in time
metric-customer-score = Customer score
metric-first-reply-time = Time to first reply
metric-leads = Leads
metric-training-completed = Training completed
attainment-no-facts = Nothing has been noted for this yet.
attainment-basis = { $n ->
    [one] Measured on one so far.
   *[other] Measured on { $n } so far.
}
unit-minutes = { $m } min
unit-hours = { $h } h
unit-hours-minutes = { $h } h { $m } min
