nav-pipeline = Öppna affärer
nav-stages = Steg
pipeline-filter = Filtrera
pipeline-board = Tavla
pipeline-list = Lista
pipeline-list-title = Öppna affärer som lista
pipeline-view = Vy
pipeline-summary = { $n ->
    [one] { $n } affär
   *[other] { $n } affärer
} · { $amount }, varav { $weighted } är att vänta
pipeline-count = { $n ->
    [one] { $n } affär
   *[other] { $n } affärer
}
pipeline-weighted-short = { $amount } att vänta
pipeline-weighted = Att vänta: { $amount }.
pipeline-typed = { $pct } sannolikhet, som angivet
pipeline-measured-of = { $pct } vunna av { $n } avgjorda
pipeline-measured-few = { $pct } vunna av bara { $n } avgjorda, så den angivna används
pipeline-none-decided = Inget avgjort än
pipeline-likely-measured = { $pct } sannolikhet i det här steget: { $won } av { $decided } som någon gång stått här och är avgjorda har vunnits.
pipeline-likely-typed = { $pct } sannolikhet i det här steget, som en administratör har angett; { $decided } av de { $needed } avgjorda som ett uppmätt tal kräver.
pipeline-column-empty = Inget här
pipeline-more = { $n ->
    [one] { $n } till
   *[other] { $n } till
}
pipeline-move = Flytta
pipeline-new = Ny öppen affär
pipeline-new-short = Ny
pipeline-edit = Ändra öppen affär
pipeline-about = Om affären
pipeline-no-customer = Kunden är inte känd än
pipeline-nobody = Ingen än
pipeline-customer-hint = Lämna tomt så länge du inte vet vem som köper
pipeline-owner = Ägare
pipeline-number = Nummer
pipeline-stage = Steg
pipeline-state = Läge
pipeline-state-open = Öppen
pipeline-state-won = Vunnen
pipeline-state-lost = Förlorad
pipeline-origin = Ursprung
pipeline-origin-inbound = De frågade
pipeline-origin-outbound = Vi ringde
pipeline-origin-referral = Rekommendation
pipeline-origin-campaign = Kampanj
pipeline-origin-existing = Befintlig kund
pipeline-origin-other = Annat
pipeline-technique = Säljteknik
pipeline-amount = Uppskattat värde, exklusive moms
pipeline-opened = Öppnad
pipeline-expected = Väntat avslut
pipeline-expected-day = Väntas { $day }
pipeline-expected-from = Väntas från
pipeline-expected-to = Väntas till
pipeline-closed = Avgjord
pipeline-next = Nästa steg
pipeline-next-what = Vad
pipeline-next-hint = ”Ring om ritningarna”
pipeline-next-on = Senast
pipeline-next-none = Inget nästa steg. En affär som har ett går oftare vidare.
pipeline-next-then = Sedan
pipeline-next-done = Klart
pipeline-next-replace = Byt ut
pipeline-done = Gjort
pipeline-way = Vägen hittills
pipeline-days = { $n ->
    [one] { $n } dag
   *[other] { $n } dagar
}
pipeline-stuck = Fastnat
pipeline-stuck-only = Bara det som fastnat
pipeline-stuck-stage = Länge i sitt steg
pipeline-stuck-next = Nästa steg försenat
pipeline-stuck-expected = Väntat avslut har passerat
pipeline-win-title = Vunnen
pipeline-win-hint = Ordern bokas genast och räknas mot ägarens mål.
pipeline-win = Boka ordern
pipeline-won-on = Orderdag
pipeline-lose-title = Förlorad
pipeline-lose = Markera som förlorad
pipeline-lost-on = Dag
pipeline-reason = Orsak
pipeline-lost-text = Med ord
pipeline-lost-to = Förlorad till
pipeline-lost-price = Deras pris
pipeline-loss-price = Pris
pipeline-loss-product = Produkt
pipeline-loss-delivery-time = Leveranstid
pipeline-loss-service = Service
pipeline-loss-competitor = Konkurrent föredrogs
pipeline-loss-no-need = Inget behov
pipeline-loss-other = Något annat
pipeline-reopen = Ta upp igen
pipeline-reopen-hint = Den kan tas upp igen när ordern har ångrats eller avbeställts.
pipeline-order = Order { $number }
pipeline-of-deal = Kom av en öppen affär
pipeline-search = Kund, nummer, anteckning eller nästa steg
pipeline-empty-title = Inga öppna affärer än
pipeline-empty-text = Skriv upp det som kan bli en order: med vem, ungefär hur mycket och vad du gör härnäst. Du ser vad som är värt din dag, och din prognos vet vad som är på väg.
pipeline-nothing-title = Inga öppna affärer passar
pipeline-nothing-text = Ta bort ett filter ovan.
pipeline-customer-none = Inga öppna affärer med den här kunden som du får se.
pipeline-talk-seen-by = Läses av alla som ser affären
pipeline-toast-opened = Den öppna affären är sparad: { $customer }
pipeline-toast-moved = { $customer }: { $stage }
pipeline-toast-won = { $customer }, { $amount }, är vunnen och bokad
pipeline-toast-lost = { $customer } är markerad som förlorad
pipeline-toast-reopened = { $customer } är öppen igen
pipeline-toast-taken-back = Ordern är ångrad och { $customer } är öppen igen
pipeline-toast-done = Klart
pipeline-toast-stage-added = { $stage } är tillagt
pipeline-toast-stage-retired = { $stage } används inte längre
pipeline-toast-stage-restored = { $stage } är tillbaka
pipeline-stages = Steg för öppna affärer
pipeline-stages-text = Vägen till en order. Ett steg som affärer har stått i tas ur bruk i stället för att raderas, så att historiken förblir hel.
pipeline-stage-add = Lägg till steg
pipeline-probability = Sannolikhet, %
pipeline-probability-hint = Används tills 20 affärer som stått i steget är avgjorda
pipeline-patience = fastnat efter { $n } dagar
pipeline-earlier = Tidigare
pipeline-later = Senare
pipeline-retire = Ta ur bruk
pipeline-retired = ur bruk
pipeline-restore = Använd igen
pipeline-stage-contact = Första kontakt
pipeline-stage-need = Behov känt
pipeline-stage-offer = Offert lämnad
pipeline-stage-negotiation = Förhandling
pipeline-stage-verbal = Muntligt ja
error-pipeline-order = Ordern gäller. Ångra eller avbeställ ordern först.
error-pipeline-won = Den är redan vunnen.
error-pipeline-lost = Den är förlorad. Ta upp den igen först.
error-pipeline-open = Den är redan öppen.
error-pipeline-decided = Den är avgjord. Ta upp den igen först.
error-pipeline-stage = Välj ett steg som används
error-pipeline-before = Välj en dag då affären var öppen
error-pipeline-customer = Skriv vem som köpte
error-pipeline-owner = Välj en ägare vars affärer du får skriva
error-pipeline-origin = Välj ett ursprung
error-pipeline-replace = Ange vad som ska göras i stället
error-pipeline-past = Den dagen har varit: välj i dag eller en senare dag
error-pipeline-next = Skriv vad som ska göras till dess
error-pipeline-reason = Välj varför den förlorades
error-pipeline-other = Skriv med ord varför den förlorades
error-pipeline-probability = Skriv ett helt procenttal från 0 till 100
error-pipeline-last-stage = Ett steg måste vara kvar.
notice-pipeline-given = En öppen affär är din: { $customer }
notice-pipeline-given-unnamed = En öppen affär är din
notice-pipeline-mention = { $who } nämner dig: { $customer }
notice-pipeline-written = { $who } skriver: { $customer }
audit-kind-opportunity = Öppen affär
audit-kind-stage = Steg
audit-opportunity-opened = Öppnade en affär
audit-opportunity-changed = Ändrade en öppen affär
audit-opportunity-moved = Flyttade en öppen affär
audit-opportunity-won = Vann en affär
audit-opportunity-lost = Förlorade en affär
audit-opportunity-reopened = Tog upp en affär igen
audit-opportunity-step_done = Bockade av ett nästa steg
audit-opportunity-step_set = Satte ett nästa steg
audit-opportunity-imported = Importerade öppna affärer
audit-stage-added = Lade till ett steg
audit-stage-changed = Ändrade ett steg
audit-stage-reordered = Flyttade ett steg
audit-stage-retired = Tog ett steg ur bruk
audit-stage-restored = Använder ett steg igen
pipeline-import = Importera en fil
pipeline-import-intro = Öppna, vunna och förlorade affärer från ett annat system. Du säger vad dess kolumner och namn betyder; det kommer vi ihåg till nästa fil. Allt eller inget; det som redan är känt förblir som det är.
pipeline-import-source = Källa
pipeline-import-source-hint = Systemet den kommer från, till exempel crm. En affär känns igen på källa och nummer.
pipeline-import-file = Fil
pipeline-import-file-hint = CSV i UTF-8 med rubrikrad. Kolumnerna får heta vad som helst; datum skrivs ÅÅÅÅ-MM-DD. Våra är:
pipeline-import-next = Se på filen
pipeline-import-map = Vad filen betyder
pipeline-import-of = { $file } från { $source }: { $n ->
    [one] { $n } rad
   *[other] { $n } rader
}
pipeline-import-clean = Allt är förstått. Inget har ändrats än.
pipeline-import-names = Namn som inte är kända här
pipeline-import-names-text = Välj vad vart och ett är här. Det troligaste är redan valt; se på det innan du går vidare.
pipeline-import-name = I filen
pipeline-import-kind = Vad
pipeline-import-lines = Var
pipeline-import-on = { $n ->
    [one] { $n } rad
   *[other] { $n } rader
}: { $lines }
pipeline-import-is = Här är det
pipeline-import-columns = Kolumner
pipeline-import-none = Finns inte i filen
pipeline-import-said = Vad namn betyder
pipeline-import-as-called = Som det heter
pipeline-import-run = Importera
pipeline-import-check = Bara kontrollera
pipeline-import-done = Importerat
pipeline-import-added = Det som lades till
pipeline-import-idle = Inget: allt var redan känt.
pipeline-import-count = Affärer
pipeline-import-sum = Summa
pipeline-import-known = { $n ->
    [one] { $n } rad var redan känd och förblir som den är.
   *[other] { $n } rader var redan kända och förblir som de är.
}
pipeline-import-look = Se affärerna
pipeline-column-opportunity-no = Nummer
pipeline-column-employee = Ägare
pipeline-column-customer = Kund
pipeline-column-product = Produkt
pipeline-column-stage = Steg
pipeline-column-state = Läge: open (öppen), won (vunnen) eller lost (förlorad)
pipeline-column-opened-on = Öppnad
pipeline-column-closed-on = Avgjord
pipeline-column-expected-on = Väntat avslut
pipeline-column-amount = Värde
pipeline-column-currency = Valuta
pipeline-column-quantity = Antal
pipeline-column-origin = Ursprung
pipeline-column-technique = Säljteknik
pipeline-column-lost-reason = Varför den förlorades
pipeline-column-lost-to = Förlorad till
pipeline-column-note = Anteckning
pipeline-unknown-employee = Ingen heter så, på { $n ->
    [one] { $n } rad
   *[other] { $n } rader
}
pipeline-unknown-customer = Ingen kund heter så, på { $n ->
    [one] { $n } rad
   *[other] { $n } rader
}
pipeline-unknown-product = Ingen produkt heter så, på { $n ->
    [one] { $n } rad
   *[other] { $n } rader
}
pipeline-unknown-stage = Inget steg heter så, på { $n ->
    [one] { $n } rad
   *[other] { $n } rader
}
error-pipeline-twice = Numret står två gånger i filen.
error-pipeline-state = open (öppen), won (vunnen) eller lost (förlorad).
pipeline-opened-from = Öppnad från
pipeline-opened-to = Öppnad till
pipeline-closed-from = Avgjord från
pipeline-closed-to = Avgjord till
