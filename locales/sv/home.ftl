home-morning = God morgon, { $name }
home-forenoon = God förmiddag, { $name }
home-afternoon = God eftermiddag, { $name }
home-evening = God kväll, { $name }
home-days-left = { $n ->
    [one] { $n } arbetsdag kvar av { $period }
   *[other] { $n } arbetsdagar kvar av { $period }
}
home-my-goals = Mina mål
home-all-goals = Alla mål
home-set-goal = Sätt ett mål
home-see-goals = Se målen
home-no-own = Du har inget mål för { $period }
home-no-own-text = Din chef sätter det. När det finns ser du här hur långt före takten du ligger, var det landar och vad varje dag behöver ge. Affärer du registrerar till dess räknas.
home-none = Inga mål att visa än
home-none-text = När företaget eller din avdelning har fått ett mål för perioden visas det här.
home-team = { $name }: { $what }
home-open-team = Öppna teamet
home-open-company = Alla avdelningar
home-behind = Efter takten, mest brådskande först
home-no-goals = { $name } har inga mål än
home-no-company-goal = Företaget har inget mål för det här än.
home-company-empty = Inga mål än
home-company-empty-text = Börja med företagets mål för kvartalet och fördela det på avdelningar och personer. Täckningskontrollen här visar om delarna räcker.
home-risks = I riskzonen
home-around = Runt omkring dig
home-quick = Snabbregistrera
home-quick-customer = Kund
home-quick-customer-hint = Sök eller skriv en ny
home-quick-amount = Ordervärde
home-quick-product = Produkt
home-quick-save = Spara affären
home-recent = Senaste affärerna
home-all-deals = Alla affärer
home-recent-none = Dina affärer syns här när du har registrerat någon.
home-setup = Uppsättning
home-setup-lacking = { $n ->
    [0] allt är på plats
    [one] en sak att se över
   *[other] { $n } saker att se över
}
home-setup-calendar = Kalender och valuta
home-setup-calendar-fine = { $n } helgdagar i år, belopp i { $currency }
home-setup-calendar-lack = Det finns inga helgdagar för i år, så varje vardag räknas som arbetsdag
home-setup-departments = Avdelningar
home-setup-departments-fine = { $n } avdelningar, alla säljavdelningar har en chef
home-setup-departments-lack = { $n } avdelningar, { $lack } säljavdelningar utan chef
home-setup-people = Personer
home-setup-people-fine = { $n } personer, alla med konto
home-setup-people-lack = { $n } personer, { $lack } utan konto
home-setup-products = Produkter
home-setup-products-fine = { $n } produkter att sälja
home-setup-products-lack = Det finns inget att sälja än: lägg till produkter eller importera dem
home-setup-goals = Mål
home-setup-goals-fine = { $n } mål pågår
home-setup-goals-lack = Inget mål pågår i dag
home-setup-deals = Affärer
home-setup-deals-fine = { $n } affärer, den senaste { $date }
home-setup-deals-lack = Inga affärer än: registrera en eller importera dem
home-imports = Senaste importerna
home-all-imports = Alla importer
home-imports-none = Inget har importerats än.
home-import-text = { $at } · { $added } nya, { $changed } ändrade
home-import-faults = { $at } · { $faults } fel
home-import-running = Pågår
home-import-done = Klar
home-import-refused = Avvisad
home-import-failed = Misslyckades
