nav-actions = Att göra
actions-intro = Varje steg har någon som svarar för det. Det som är försenat står först, och bland det mest värda allra först.
actions-views = Vems steg
actions-view-mine = Mina
actions-view-department = Min avdelnings
actions-view-people = Mina medarbetares
actions-search = Kund eller steg
actions-overdue = Bara försenade
actions-none = Inget väntar.
actions-none-text = Order, uppföljningar, ärenden, öppna affärer och beslut står här så snart det är någons tur.
actions-what = Vad
actions-due = Senast
actions-owner = Vems
actions-mine = Mina nästa steg
actions-ours = Det som väntar på oss
actions-all = Alla
actions-n-overdue = { $n } försenade
notice-overdue = { $n ->
    [one] Ett av dina steg är försenat
   *[other] { $n } av dina steg är försenade
}
notice-overdue-of = { $n ->
    [one] Ett steg som { $name } svarar för har varit försenat i två arbetsdagar
   *[other] { $n } steg som { $name } svarar för har varit försenade i två arbetsdagar
}
