status-reached = Uppnått
status-on = I fas
status-risk = I riskzonen
status-off = Efter
status-none = Saknar underlag
status-not-started = Ej startat
status-met = Nått
status-exceeded = Överträffat
status-missed = Ej nått
summary-title = { $n ->
    [one] En sak att rätta
   *[other] { $n } saker att rätta
}
pager-label = Sidor
pager-range = { $first }–{ $last } av { $total }
pager-none = Inget att visa
pager-previous = Föregående
pager-next = Nästa
sort-by = Sortera efter { $column }
crumbs-label = Sökväg
toast-close = Stäng meddelandet
chart-actual = Utfall
chart-pace = Takt som krävs
chart-pace-today = Takt i dag
chart-goal = Mål
chart-today = I dag
chart-likely = Troligt
chart-high = Högt
chart-low = Lågt
chart-last-year = I fjol
chart-forecast-range = Prognos, 8 av 10 utfall
chart-forecast = Prognos med spann
chart-pace-key = Takt: här borde du vara i dag
chart-revised = Ändrat från { $from } till { $to }
chart-difference = Skillnad
chart-date = Datum
