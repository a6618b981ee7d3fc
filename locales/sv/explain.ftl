explain-open = Förklara siffran
explain-crumb = Så har den räknats
explain-title = { $what }, { $who }: så har den räknats
explain-attainment = Måluppfyllelse
explain-attainment-formula = { $actual } ÷ { $target } = { $pct }
explain-version = Jämfört med version { $n } av { $of }: { $target } från { $date }, inskriven { $recorded }.
explain-reason = Skäl: ”{ $reason }”
explain-expected = Takt i dag
explain-expected-words = Linjen stiger med arbetsdagarna från noll till målet. En revidering böjer den från dagen den börjar gälla: den fortsätter där den stod, så att ingen ligger efter för ett mål som inte fanns. Dagen i dag räknas när den är slut.
explain-from = Från
explain-days = Arbetsdagar
explain-days-of = { $passed } av { $days }
explain-pace-then = Takt
explain-step-first = { $target } × { $passed } ÷ { $days } = { $reached }
explain-step = { $base } + ({ $target } − { $base }) × { $passed } ÷ { $days } = { $reached }
explain-elapsed = { $passed } av { $days } arbetsdagar har gått
explain-forecast = Troligt
explain-rate = { $actual } ÷ { $passed } arbetsdagar × { $days } = { $likely }
explain-with-deals = De öppna affärerna väntas ge { $bring }, vilket med { $actual } blir { $with }. De räknas till { $share }: { $alone } + { $share } × ({ $with } − { $alone }) = { $likely }
explain-range = Spann: 8 av 10 utfall ligger mellan { $low } och { $high }. Chansen att nå målet är { $chance } av 10.
explain-seasonal = Efter hur tidigare perioder stod vid samma punkt och hur de slutade: { $likely }. Enbart takten hittills skulle ge { $rate }.
explain-counts = Få affärer, räknade en och en så som tidigare perioder gav dem: { $likely }. Enbart takten hittills skulle ge { $rate }.
explain-measured = { $n ->
    [one] Mätt på en tidigare period från samma punkt: fel med { $error }, enbart takten med { $rate }.
   *[other] Mätt på { $n } tidigare perioder från samma punkt: fel med { $error }, enbart takten med { $rate }.
}
explain-no-range = Underlaget räcker inte för att säga hur brett spannet är.
explain-no-forecast = Någon prognos ges inte förrän en tiondel av arbetsdagarna har gått.
explain-actual = Utfall
explain-actual-words = Varje rad i huvudboken som räknas, den senaste först. Raderna blir tillsammans exakt siffran. En rättad affär visar sin gamla rad, återtagen, och den nya.
explain-actual-days = Flera dagar i taget, så att ingen rad är en enskild persons siffra. Raderna blir tillsammans exakt siffran. Vem som sålt vad ser den som leder personerna.
explain-together = Personer som du inte ser var för sig
explain-house = Affär utan säljare
explain-event-sale = Försäljning
explain-event-return = Retur
explain-event-cancellation = Avbeställning
explain-event-correction = Rättelse
explain-share = { $share } av affären
explain-overlay = { $share } vid sidan av affären
explain-nothing = Inget har sålts i perioden än.
explain-row = Dag och affär
explain-sum = Alla rader tillsammans
explain-csv-date = Datum
explain-csv-order = Order
explain-csv-customer = Kund
explain-csv-product = Produkt
explain-csv-person = Person
explain-csv-event = Händelse
explain-csv-share = Andel, procent
explain-csv-value = Värde
explain-weight-of = { $passed } av { $days } viktdelar
explain-origin = hör till { $date }, stängd
explain-rate-weight = { $actual } ÷ { $passed } viktdelar × { $days } = { $likely }
explain-open-deals = Öppna affärer som väntas avslutas under resten av perioden. Var och en räknas med sitt stegs sannolikhet; tillsammans väger de högst hälften av det som återstår.
explain-likely = Sannolikhet
