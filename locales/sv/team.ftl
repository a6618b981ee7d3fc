team-measure = Mått
team-departments = Avdelningar
team-department = Avdelning
team-branches = Avdelningar
team-branches-caption = { $what } per avdelning, { $period }
team-goal-heading = Teamets mål, { $what }
team-company-goal-heading = Företagets mål, { $what }
team-open-goal = Öppna målet
team-cascade = Se nedbrytningen
team-no-team-goal = Avdelningen har inget eget mål för det här.
team-parts-exact = { $n ->
    [one] Det enda målet under är precis lika stort.
   *[other] De { $n } målen under blir tillsammans precis detta.
}
team-parts-buffer = { $n ->
    [one] Det enda målet under är { $sum }, en buffert på { $amount }.
   *[other] De { $n } målen under blir tillsammans { $sum }, en buffert på { $amount }.
}
team-parts-lack = { $n ->
    [one] Det enda målet under är { $sum }; { $amount } är ej fördelat.
   *[other] De { $n } målen under blir tillsammans { $sum }; { $amount } är ej fördelat.
}
team-mix-reached = { $n } har nått målet
team-mix-on = { $n } i fas
team-mix-risk = { $n } i riskzonen
team-mix-off = { $n } efter
team-status-reached = Uppnått
team-status-on = I fas
team-status-risk = I riskzonen
team-status-off = Efter
team-status-none = Saknar mål eller ej startat
team-any-status = Alla lägen
team-waiting = Väntar på dig
team-waiting-none = Inget väntar på dig.
team-waiting-gap = { $department }: { $amount } är ej fördelat
team-waiting-gap-text = Målen under blir tillsammans { $parts } av { $goal }
team-waiting-nogoal-one = { $name } saknar mål
team-waiting-nogoal = { $n } personer saknar mål
team-waiting-nogoal-text = Sätt ett, så att utfallet har något att jämföras med
team-waiting-names = { $names } och { $n } till
team-waiting-raised = { $name }: målet höjdes från { $from } till { $to }
team-waiting-lowered = { $name }: målet sänktes från { $from } till { $to }
team-people = Personer
team-person = Person
team-attainment = Måluppfyllelse
team-actual = Utfall
team-against = Mot takten
team-pace = Takt
team-likely = I denna takt
team-weeks = Senaste 7 veckorna
team-weeks-label = Försäljning per vecka, denna vecka { $last }
team-status = Läge
team-goal = Mål { $goal }
team-no-goal = Saknar mål
team-joined = började { $date }
team-left = slutade { $date }
team-sum = Summa personliga mål { $goal }
team-views = Vyer
team-view-all = Alla
team-view-behind = Efter takten
team-view-new = Nyanställda
team-search = Sök person
team-caption = { $what } per person, { $period }
team-caption-money = { $what } per person, { $period }, belopp i { $currency }
team-nobody = Ingen här
team-nobody-text = Ingen passar in på vyn och filtren.
team-empty = Inga mål här än
team-empty-text = När avdelningen eller någon i den har fått ett mål ser du här vem som ligger före takten, vem som ligger efter och var det landar.
team-csv-number = Anställningsnummer
team-csv-person = Person
team-csv-goal = Mål
team-csv-actual = Utfall
team-csv-attainment = Måluppfyllelse, procent
team-csv-expected = Takt i dag
team-csv-against = Mot takten
team-csv-likely = Troligt
team-csv-status = Läge
leaderboard-intro = Rangordnat mot vars och ens eget mål, så att ett litet distrikt kan vinna.
leaderboard-ranking = Placeringar
leaderboard-order = Rangordna efter
leaderboard-by-pace = Mot takten
leaderboard-by-attainment = Måluppfyllelse
leaderboard-rank = Plats
leaderboard-you = du
leaderboard-me = Du
leaderboard-of = av { $n }
leaderboard-ahead = { $percent } före takten
leaderboard-behind = { $percent } efter takten
leaderboard-on-pace = I takt
leaderboard-kind = Topplistan visar de åtta främsta. Lägre placeringar ser bara personen själv och de som ändå ser personens siffror.
leaderboard-none = Ingen har något mål än
leaderboard-none-text = Så snart någon har ett mål rangordnas alla här mot sina egna.
leaderboard-csv-rank = Plats
leaderboard-csv-name = Namn
leaderboard-csv-department = Avdelning
leaderboard-csv-attainment = Måluppfyllelse, %
leaderboard-csv-pace = Av takten, %
team-as-of = { $name } som det stod { $date }
team-as-of-open = En tidigare dag
team-as-of-no-goal = Det finns inget mål nu.
team-as-of-nobody = Ingen med mål eller utfall hörde hemma här den dagen.
team-as-of-hidden = { $n ->
    [one] { $n } person som hörde hemma här den dagen har gått vidare och visas inte för sig; avdelningens siffror innehåller den.
   *[other] { $n } personer som hörde hemma här den dagen har gått vidare och visas inte en och en; avdelningens siffror innehåller dem.
}
team-as-of-sum = Summa av personliga mål
team-as-of-then-actual = Då
team-as-of-then-goal = Mål då
team-as-of-now-actual = Nu
team-as-of-now-goal = Mål nu
team-as-of-difference = Skillnad
team-as-of-csv-day = Dag
team-as-of-csv-then-goal = Mål då
team-as-of-csv-then-actual = Utfall då
team-as-of-csv-then-attainment = Måluppfyllelse då, %
team-as-of-csv-now-goal = Mål nu
team-as-of-csv-now-actual = Utfall nu
team-as-of-csv-now-attainment = Måluppfyllelse nu, %
team-as-of-csv-difference = Skillnad
