explain-open = Explain this number
explain-crumb = How it came about
explain-title = { $what }, { $who }: how it came about
explain-attainment = Attainment
explain-attainment-formula = { $actual } ÷ { $target } = { $pct }
explain-version = Measured against version { $n } of { $of }: { $target } from { $date }, written down { $recorded }.
explain-reason = Reason: “{ $reason }”
explain-expected = Pace today
explain-expected-words = The line climbs by working days from zero to the goal. A revision bends it from the day it takes effect: it goes on from where it stood, so nobody is behind for a goal they did not have. Today counts when it is over.
explain-from = From
explain-days = Working days
explain-days-of = { $passed } of { $days }
explain-pace-then = Pace
explain-step-first = { $target } × { $passed } ÷ { $days } = { $reached }
explain-step = { $base } + ({ $target } − { $base }) × { $passed } ÷ { $days } = { $reached }
explain-elapsed = { $passed } of { $days } working days have passed
explain-forecast = Likely
explain-rate = { $actual } ÷ { $passed } working days × { $days } = { $likely }
explain-with-deals = The open deals are expected to bring { $bring }, which with { $actual } would be { $with }. They count for { $share }: { $alone } + { $share } × ({ $with } − { $alone }) = { $likely }
explain-range = Range: 8 of 10 outcomes lie between { $low } and { $high }. The chance to reach the goal is { $chance } in 10.
explain-seasonal = By how earlier periods stood at the same point and how they ended: { $likely }. Plain run rate would say { $rate }.
explain-counts = Few deals, counted one by one as earlier periods brought them: { $likely }. Plain run rate would say { $rate }.
explain-measured = { $n ->
    [one] Measured on one earlier period from the same point: off by { $error }, plain run rate by { $rate }.
   *[other] Measured on { $n } earlier periods from the same point: off by { $error }, plain run rate by { $rate }.
}
explain-no-range = There is too little to say how wide the range is.
explain-no-forecast = There is no forecast before a tenth of the working days has passed.
explain-actual = Actual
explain-actual-words = Every row of the ledger that counts, latest first. The rows add up to the figure exactly. A corrected deal shows its old row, taken back, and its new one.
explain-actual-days = Several days at a time, so that no row is one person’s figure. The rows add up to the figure exactly. Who sold what is for those who lead the people.
explain-together = People you do not see one by one
explain-house = House sale
explain-event-sale = Sale
explain-event-return = Return
explain-event-cancellation = Cancellation
explain-event-correction = Correction
explain-share = { $share } share
explain-overlay = { $share } beside the deal
explain-nothing = Nothing has been sold in the period yet.
explain-row = Day and deal
explain-sum = All rows together
explain-csv-date = Date
explain-csv-order = Order
explain-csv-customer = Customer
explain-csv-product = Product
explain-csv-person = Person
explain-csv-event = Event
explain-csv-share = Share, percent
explain-csv-value = Value
explain-weight-of = { $passed } of { $days } parts of the weight
explain-origin = belongs to { $date }, closed
explain-rate-weight = { $actual } ÷ { $passed } parts of the weight × { $days } = { $likely }
explain-open-deals = Open deals that are expected to close in the rest of the period. Each counts with the probability of its stage; together they weigh for half of what is still to come at most.
explain-likely = Likely
