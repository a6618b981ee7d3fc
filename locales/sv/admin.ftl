admin-title = Översikt
admin-all-done = Allt är i ordning.
admin-open = { $n ->
    [one] En sak att göra
   *[other] { $n } saker att göra
}
admin-to-do = Att göra
admin-done = I ordning
admin-installation = Den här installationen
admin-people = Personer
admin-last-import = Senaste import
admin-no-import = Ingen ännu
admin-import-running = pågår
admin-import-done = klar
admin-import-refused = nekad
admin-import-failed = misslyckad
admin-database = Databas
admin-version = Version
admin-configured = Företagets inställningar är valda.
admin-not-configured = Ingen har valt företagets inställningar.
admin-do-settings = Öppna inställningar
admin-departments = Det finns ett avdelningsträd.
admin-no-departments = Det finns inga avdelningar under företaget.
admin-has-people = Personerna finns.
admin-no-people = Det finns inga personer.
admin-without-department = { $n ->
    [0] Alla hör till en avdelning.
    [one] En person hör inte till någon avdelning.
   *[other] { $n } personer hör inte till någon avdelning.
}
admin-do-place = Placera dem
admin-without-account = { $n ->
    [0] Alla har ett konto.
    [one] En person saknar konto.
   *[other] { $n } personer saknar konto.
}
admin-do-invite = Bjud in dem
admin-without-lead = { $n ->
    [0] Alla avdelningar har en chef.
    [one] En avdelning saknar chef.
   *[other] { $n } avdelningar saknar chef.
}
admin-do-leads = Utse chefer
admin-has-products = Produkterna finns.
admin-no-products = Det finns inga produkter, så ingen affär kan registreras.
admin-without-cost = { $n ->
    [0] Alla produkter har en kostnad.
    [one] En produkt saknar kostnad, så hela priset blir marginal.
   *[other] { $n } produkter saknar kostnad, så hela priset blir marginal.
}
admin-do-costs = Ange kostnader
admin-has-goals = Det finns mål för i dag.
admin-no-goals = Inget mål gäller i dag.
admin-do-goals = Sätt mål
admin-has-holidays = Helgdagarna { $year } finns.
admin-no-holidays = Helgdagarna { $year } saknas, så takten räknar dem som arbetsdagar.
admin-tokens-intro = Program som arbetar med någons rättigheter. En nyckel fungerar tills den återkallas.
admin-my-tokens = Mina egna nycklar
admin-tokens-empty = Inga nycklar
admin-tokens-empty-text = Var och en skapar sina egna i sina inställningar.
admin-token-owner = Ägare
admin-token-made = Skapad
admin-token-used = Senast använd
admin-token-unused = aldrig
admin-toast-token = Nyckeln { $name } fungerar inte längre.
audit-intro = Varje ändring, av vem och när. Inget här kan ändras eller tas bort.
audit-check = Kontrollera sigill
audit-whole = Kedjan av sigill är hel: ingen förseglad rad har ändrats eller tagits bort.
audit-broken = Kedjan av sigill bryts vid rad { $id }.
audit-broken-text = Den raden, eller en före den, har ändrats eller tagits bort bakom Pacemarks rygg. Jämför med en säkerhetskopia.
audit-none-found = Ingen ändring stämmer
audit-number = Rad
audit-at = När
audit-who = Vem
audit-system = Systemet
audit-action = Händelse
audit-kind = Slag
audit-subject = Vad
audit-details = Detaljer
audit-from = Från
audit-until = Till
audit-kind-company = Företag
audit-kind-user = Konto
audit-kind-employee = Person
audit-kind-membership = Tillhörighet
audit-kind-department = Avdelning
audit-kind-product = Produkt
audit-kind-customer = Kund
audit-kind-deal = Affär
audit-kind-goal = Mål
audit-kind-import = Import
audit-kind-token = API-nyckel
audit-company-set-up = Satte upp företaget
audit-settings-changed = Ändrade inställningar
audit-holiday-added = Lade till helgdagar
audit-holiday-removed = Tog bort helgdagar
audit-rate-added = Lade till växelkurs
audit-rate-removed = Tog bort växelkurs
audit-session-opened = Loggade in
audit-session-ended = Loggade ut
audit-session-others-ended = Loggade ut på andra håll
audit-password-set = Satte lösenord
audit-token-made = Skapade API-nyckel
audit-token-revoked = Återkallade API-nyckel
audit-user-made = Skapade konto
audit-account-invited = Bjöd in
audit-account-link-made = Skapade länk
audit-account-role-changed = Ändrade roll
audit-account-disabled = Stängde av konto
audit-account-enabled = Öppnade konto
audit-person-added = Lade till person
audit-person-changed = Ändrade person
audit-person-moved = Flyttade person
audit-membership-corrected = Rättade tillhörighet
audit-membership-removed = Tog bort tillhörighet
audit-membership-restored = Återställde tillhörighet
audit-department-added = Lade till avdelning
audit-department-changed = Ändrade avdelning
audit-product-added = Lade till produkt
audit-product-changed = Ändrade produkt
audit-customer-added = Lade till kund
audit-customer-changed = Ändrade kund
audit-deal-logged = Registrerade affär
audit-deal-changed = Ändrade affär
audit-deal-undone = Tog tillbaka affär
audit-deal-redone = Lade tillbaka affär
audit-deal-cancelled = Annullerade affär
audit-deal-reinstated = Återinförde affär
audit-deal-returned = Registrerade retur
audit-goal-set = Satte mål
audit-goal-revised = Reviderade mål
audit-goal-removed = Tog bort mål
audit-goal-restored = Återställde mål
audit-import-done = Importerade
audit-demo-filled = Fyllde med demoföretag
audit-field-role = roll
audit-field-from = från
audit-field-to = till
audit-field-until = till och med
audit-field-lead = leder
audit-field-department = avdelning
audit-field-parent = hör till
audit-field-changed = ändrat
audit-field-currency = valuta
audit-field-rate = kurs
audit-field-valid-from = från
audit-field-days = dagar
audit-field-kind = slag
audit-field-code = kod
audit-field-left-on = sista dag
audit-field-time-zone = tidszon
audit-field-weekend = lediga veckodagar
audit-field-fiscal-start-month = första månad
audit-field-language = språk
audit-field-status = statusgränser
audit-field-sku = artikelnummer
audit-field-unit-cost = kostnad per enhet, öre
audit-field-list-price = listpris, öre
audit-field-active = aktiv
audit-field-employee = person
audit-goal-terms = Ändrade hur ett mål mäts
audit-relief-asked = Begärde lättnad
audit-relief-answered = Svarade på en begäran om lättnad
audit-relief-ended = Avslutade lättnad tidigare
audit-ramp-set = Satte inlärning
audit-ramp-removed = Tog bort inlärning
audit-closing-begun = Började granska en period
audit-closing-given_up = Avslutade en granskning
audit-closing-closed = Stängde en period
audit-closing-reopen_asked = Bad om att öppna en period
audit-closing-reopened = Öppnade en period igen
audit-fact-noted = Noterade ett faktum
audit-fact-changed = Ändrade ett faktum
audit-fact-removed = Tog bort ett faktum
audit-fact-restored = Tog tillbaka ett faktum
audit-fact-imported = Importerade fakta
audit-agreement-imported = Föreslog mål från en fil
