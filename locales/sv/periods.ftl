period = Period
period-week = vecka { $n }
period-quarter = Q{ $n } { $year }
period-month = Månad
period-year = År
period-today = I dag
period-previous = Föregående period
period-next = Nästa period
period-working-days-left = { $n ->
    [one] { $n } arbetsdag kvar
   *[other] { $n } arbetsdagar kvar
}
