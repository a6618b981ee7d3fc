plans-title = Scenarier
plans-intro = Planera en hel period för en avdelning och alla under den. Ha flera bredvid varandra; bara det du publicerar räknas.
plans-new = Nytt scenario
plans-scenario = Scenario
plans-search = Namn
plans-state = Läge
plans-open = Utkast
plans-published = Publicerat
plans-empty = Inga scenarier ännu
plans-empty-text = Ett scenario bryter ned en avdelnings eller företagets mål till varje säljare: efter förra året, lika eller efter kapacitet. Ändra det du vill, jämför och publicera ett. Till dess ser ingen det och inget räknas.
plans-none-found = Inget scenario stämmer in
plans-whole = Helheten
plans-people = Fördelat på personer
plans-changed = Ändrat
plans-compare = Jämför
plans-compare-chosen = Jämför de valda
plans-compare-hint = Välj två eller tre med samma mått.
plans-compare-title = Scenarier bredvid varandra
plans-compare-intro = Skillnaderna är mot det första scenariot.
plans-compare-none = Inget att jämföra
plans-compare-few = Välj minst två scenarier i listan.
plans-compare-many = Välj högst tre scenarier.
plans-compare-unlike = Scenarierna gäller olika mått. Välj scenarier med samma.
plans-csv-name = Namn
plans-csv-department = Avdelning
plans-csv-metric = Mått
plans-csv-from = Från
plans-csv-to = Till
plans-csv-whole = Helheten
plans-csv-people = Fördelat på personer
plans-csv-author = Skapat av
plans-csv-changed = Ändrat
plans-csv-state = Läge
plans-new-intro = Ett scenario börjar med ett mål för helheten som fördelas ned till personerna. Allt går att ändra efteråt.
plans-name = Namn
plans-name-hint = Det som skiljer det från andra, till exempel ”Försiktigt” eller ”Med nya kontoret”
plans-department-hint = Allt under den planeras också
plans-start = Fördela efter
plans-start-hint = Det som andelarna står i proportion till
plans-start-last-year = Utgick från förra året
plans-start-last-period = Utgick från förra perioden
plans-start-equal = Utgick från lika för varje person
plans-start-capacity = Utgick från kapacitet
plans-start-by-hand = För hand
plans-start-copy = Kopia av { $name }
plans-method = Fördela efter
plans-method-last-year = Förra året
plans-method-last-period = Förra perioden
plans-method-equal = Lika för varje person
plans-method-capacity = Kapacitet
plans-whole-new = Mål för helheten
plans-whole-hint = Som du själv skriver: 1,6 mn. Tomt blir det som nåddes förra året plus procenten nedan.
plans-percent-hint = På det som nåddes
plans-begin = Börja
plans-copy = Kopiera
plans-copy-name = { $name }, kopia
plans-copy-text = En kopia av { $name }: { $what }
plans-import = Importera
plans-publish = Publicera
plans-save = Spara
plans-redo = Gör om
plans-remove = Ta bort scenariot
plans-targets = Måltal
plans-target = Måltal
plans-last-year = Förra året
plans-last-period = Förra perioden
plans-full = { $amount } för en hel period
plans-days = Arbetsdagar
plans-from-below = Nedifrån
plans-unassigned = Ej fördelat
plans-buffers = Buffert
plans-without = Saknar mål
plans-lack = { $amount } ej fördelat
plans-buffer = buffert { $amount }
plans-exact = går jämnt ut
plans-no-parts = ingen under
plans-no-target = Saknar mål
plans-not-yours = Sätts av någon annan
plans-act-assign = Fördela resten
plans-act-share = Fördela
plans-act-more = Mer
plans-act-share-down = Fördela ned till personerna
plans-act-lower = Sätt till delarnas summa
plans-act-raise = Förra utfallet plus procenten
plans-hint = Ett tomt fält lämnar målet som finns. Inget räknas förrän scenariot är publicerat.
plans-steps = Steg
plans-taken-back = ångrat
plans-step-begin = { $n ->
    [one] Började med ett måltal
   *[other] Började med { $n } måltal
}
plans-step-typed = { $n ->
    [one] Ändrade ett måltal för hand
   *[other] Ändrade { $n } måltal för hand
}
plans-step-assign = Fördelade resten av { $name }
plans-step-share = Fördelade { $name } på delarna
plans-step-share-down = Fördelade { $name } ned till personerna
plans-step-lower = Satte { $name } till delarnas summa
plans-step-raise = Satte { $name } efter vad som nåddes
plans-step-import = { $n ->
    [one] Importerade ett måltal
   *[other] Importerade { $n } måltal
}
plans-step-by = { $name }, { $at }
plans-made-by = Av { $name }, { $at }
plans-changed-by = { $name } ändrade scenariot den { $at }.
plans-published-by = Av { $name } den { $at }.
plans-published-text = Målen är satta och de som har dem har fått veta det. Scenariot går inte längre att ändra.
plans-stale = Inget av ditt har sparats; det du skrev står kvar bredvid det som är sparat. Spara igen för att låta ditt gälla.
plans-publish-title = Publicera scenariot
plans-publish-intro = Alla mål sätts på en gång, och de som har dem får veta det och ombeds bekräfta.
plans-publish-do = { $n ->
    [0] Publicera utan att ändra mål
    [one] Publicera ett mål
   *[other] Publicera { $n } mål
}
plans-publish-stale = Scenariot eller ett av målen har ändrats sedan sidan visades. Inget har publicerats; se vad som skulle ändras nu och publicera igen.
plans-what-changes = Vad som ändras
plans-new-goals = Nya mål
plans-revised-goals = Reviderade mål
plans-unchanged-goals = Oförändrade mål
plans-left-out = { $n ->
    [one] Ett måltal utelämnas, eftersom målet sätts av någon annan: { $names }.
   *[other] { $n } måltal utelämnas, eftersom målen sätts av någon annan: { $names }.
}
plans-reason-hint = Mål som redan finns revideras med detta skäl; de som har dem läser det.
plans-goals = Mål
plans-nothing-changes = Inget mål är nytt eller ändrat.
plans-new-tag = Nytt
plans-back = Tillbaka till scenariot
plans-import-title = Importera måltal
plans-import-intro = En fil läses in i sin helhet eller inte alls. De som inte nämns behåller sitt, och ett tomt måltal tar bort det.
plans-file-hint = Slaget är person, department eller company; subject är ett anställningsnummer eller en avdelningskod.
plans-file-now = Hämta måltalen som de är
plans-toast-begun = { $name } är påbörjat.
plans-toast-changed = Ändrade måltal: { $n }.
plans-toast-unchanged = Inget ändrades.
plans-toast-undone = Det senaste steget är ångrat.
plans-toast-redone = Steget är gjort igen.
plans-toast-removed = { $name } togs bort.
plans-toast-restored = { $name } är tillbaka.
plans-toast-imported = Ändrade måltal: { $n }. Oförändrade: { $same }.
plans-toast-import-same = Filen säger samma sak som scenariot. Inget ändrades.
plans-toast-published = { $name } är publicerat. Satta eller reviderade mål: { $n }.
plans-cascade = Planera hela nedbrytningen
error-plan-published = Scenariot är publicerat och går inte längre att ändra.
error-plan-no-step = Det finns inget sådant steg.
error-plan-step-of-others = Steget gäller mål som sätts av någon annan. Den som gjorde det kan ångra det.
error-plan-no-parts = Det finns ingen under att fördela på.
error-plan-nothing-left = Det finns inget kvar att fördela.
error-plan-nothing-to-share = Det finns inget måltal att fördela, och inget nåddes förut. Ange ett måltal.
error-plan-no-past = Inget nåddes förut. Ange ett måltal.
error-plan-nobody = Ingen i scenariot heter så.
error-plan-percent = Ange en procentsats från −100 till 1 000, till exempel 5 eller 2,5.
error-plan-name = Använd högst 120 tecken.
error-plan-empty = Det finns inget måltal att publicera ännu.
error-plan-closed = Perioden är stängd; dess mål går inte längre att ändra.
error-plan-twice = Samma står två gånger i filen.
error-plan-kind = Skriv person, department eller company.
audit-plan-begun = Påbörjade scenario
audit-plan-changed = Ändrade scenario
audit-plan-turned = Ångrade eller gjorde om ett steg i ett scenario
audit-plan-removed = Tog bort scenario
audit-plan-restored = Återställde scenario
audit-plan-published = Publicerade scenario
audit-kind-plan = Scenario
