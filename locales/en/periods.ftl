period = Period
period-week = week { $n }
period-quarter = Q{ $n } { $year }
period-month = Month
period-year = Year
period-today = Today
period-previous = Previous period
period-next = Next period
period-working-days-left = { $n ->
    [one] { $n } working day left
   *[other] { $n } working days left
}
