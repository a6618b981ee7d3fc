status-reached = Reached
status-on = On track
status-risk = At risk
status-off = Behind
status-none = No data
status-not-started = Not started
status-met = Met
status-exceeded = Exceeded
status-missed = Missed
summary-title = { $n ->
    [one] One thing to fix
   *[other] { $n } things to fix
}
pager-label = Pages
pager-range = { $first }–{ $last } of { $total }
pager-none = Nothing to show
pager-previous = Previous
pager-next = Next
sort-by = Sort by { $column }
crumbs-label = Path
toast-close = Close message
chart-actual = Actual
chart-pace = Required pace
chart-pace-today = Pace today
chart-goal = Goal
chart-today = Today
chart-likely = Likely
chart-high = High
chart-low = Low
chart-last-year = Last year
chart-forecast-range = Forecast, 8 of 10 outcomes
chart-forecast = Forecast with range
chart-pace-key = Pace: where you should be today
chart-revised = Revised from { $from } to { $to }
chart-difference = Difference
chart-date = Date
