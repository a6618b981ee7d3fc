nav-skip = Skip to content
nav-main = Main
nav-main-phone = Main, bottom bar
nav-search = Search or jump to
nav-search-placeholder = Person, customer, goal or deal
nav-administration = Administration
nav-inbox = Inbox
nav-leaderboard = Leaderboard
nav-market = Market
nav-home = Home
nav-team = Team
nav-goals = Goals
nav-deals = Deals
nav-customers = Customers
nav-follow-ups = Follow-ups
nav-cases = Cases
nav-products = Products
nav-admin = Set-up
nav-people = People
nav-departments = Departments
nav-settings = Settings
nav-imports = Imports
nav-tokens = API tokens
nav-audit = Audit log
nav-more = More
nav-log-deal = Log deal
nav-log-deal-short = Log deal
nav-account = Your account
nav-my-settings = My settings
nav-shortcuts = Keyboard shortcuts
nav-sign-out = Sign out
nav-theme = Light or dark
nav-waiting = { $n ->
    [one] { $n } item
   *[other] { $n } items
}
lang-other = Svenska
