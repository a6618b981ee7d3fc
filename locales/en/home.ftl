home-morning = Good morning, { $name }
home-forenoon = Good morning, { $name }
home-afternoon = Good afternoon, { $name }
home-evening = Good evening, { $name }
home-days-left = { $n ->
    [one] { $n } working day left in { $period }
   *[other] { $n } working days left in { $period }
}
home-my-goals = My goals
home-all-goals = All goals
home-set-goal = Set a goal
home-see-goals = See the goals
home-no-own = You have no goal for { $period }
home-no-own-text = Your manager sets it. As soon as there is one, you see here how far ahead of pace you are, where it will land, and what each day needs to bring. Deals you log until then count.
home-none = No goals to show yet
home-none-text = When the company or your department has a goal for this period, it is shown here.
home-team = { $name }: { $what }
home-open-team = Open the team
home-open-company = All departments
home-behind = Behind pace, most urgent first
home-no-goals = { $name } has no goals yet
home-no-company-goal = The company has no goal for this yet.
home-company-empty = No goals yet
home-company-empty-text = Begin with the company’s goal for the quarter, then share it out to departments and people. The check here shows whether the parts add up.
home-risks = At risk
home-around = Around you
home-quick = Quick log
home-quick-customer = Customer
home-quick-customer-hint = Search or type a new one
home-quick-amount = Order value
home-quick-product = Product
home-quick-save = Save deal
home-recent = Latest deals
home-all-deals = All deals
home-recent-none = Your deals appear here once you have logged one.
home-setup = Set-up
home-setup-lacking = { $n ->
    [0] everything is in place
    [one] one thing to look at
   *[other] { $n } things to look at
}
home-setup-calendar = Calendar and currency
home-setup-calendar-fine = { $n } holidays this year, amounts in { $currency }
home-setup-calendar-lack = There are no holidays for this year, so every weekday counts as a working day
home-setup-departments = Departments
home-setup-departments-fine = { $n } departments, every sales department has a lead
home-setup-departments-lack = { $n } departments, { $lack } sales departments without a lead
home-setup-people = People
home-setup-people-fine = { $n } people, all with an account
home-setup-people-lack = { $n } people, { $lack } without an account
home-setup-products = Products
home-setup-products-fine = { $n } products on offer
home-setup-products-lack = There is nothing to sell yet: add products or import them
home-setup-goals = Goals
home-setup-goals-fine = { $n } goals are running
home-setup-goals-lack = No goal is running today
home-setup-deals = Deals
home-setup-deals-fine = { $n } deals, the latest on { $date }
home-setup-deals-lack = No deals yet: log one or import them
home-imports = Latest imports
home-all-imports = All imports
home-imports-none = Nothing has been imported yet.
home-import-text = { $at } · { $added } added, { $changed } changed
home-import-faults = { $at } · { $faults } faults
home-import-running = Running
home-import-done = Done
home-import-refused = Refused
home-import-failed = Failed
