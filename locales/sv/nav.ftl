nav-skip = Hoppa till innehållet
nav-main = Huvudmeny
nav-main-phone = Huvudmeny, längst ner
nav-search = Sök eller hoppa till
nav-search-placeholder = Person, kund, mål eller affär
nav-administration = Administration
nav-inbox = Inkorg
nav-leaderboard = Topplista
nav-market = Marknad
nav-home = Hem
nav-team = Team
nav-goals = Mål
nav-deals = Affärer
nav-customers = Kunder
nav-follow-ups = Uppföljningar
nav-cases = Ärenden
nav-products = Produkter
nav-admin = Översikt
nav-people = Personer
nav-departments = Avdelningar
nav-settings = Inställningar
nav-imports = Importer
nav-tokens = API-nycklar
nav-audit = Ändringslogg
nav-more = Mer
nav-log-deal = Registrera affär
nav-log-deal-short = Affär
nav-account = Ditt konto
nav-my-settings = Mina inställningar
nav-shortcuts = Kortkommandon
nav-sign-out = Logga ut
nav-theme = Ljust eller mörkt
nav-waiting = { $n ->
    [one] { $n } ärende
   *[other] { $n } ärenden
}
lang-other = English
