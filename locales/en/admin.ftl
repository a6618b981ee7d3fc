admin-title = Set-up
admin-all-done = Everything is in order.
admin-open = { $n ->
    [one] One thing to do
   *[other] { $n } things to do
}
admin-to-do = To do
admin-done = In order
admin-installation = This installation
admin-people = People
admin-last-import = Last import
admin-no-import = None yet
admin-import-running = running
admin-import-done = done
admin-import-refused = refused
admin-import-failed = failed
admin-database = Database
admin-version = Version
admin-configured = The company's settings are chosen.
admin-not-configured = Nobody has chosen the company's settings.
admin-do-settings = Open settings
admin-departments = There is a department tree.
admin-no-departments = There are no departments below the company.
admin-has-people = People are there.
admin-no-people = There are no people.
admin-without-department = { $n ->
    [0] Everybody belongs to a department.
    [one] One person belongs to no department.
   *[other] { $n } people belong to no department.
}
admin-do-place = Place them
admin-without-account = { $n ->
    [0] Everybody has an account.
    [one] One person has no account.
   *[other] { $n } people have no account.
}
admin-do-invite = Invite them
admin-without-lead = { $n ->
    [0] Every department has a lead.
    [one] One department has no lead.
   *[other] { $n } departments have no lead.
}
admin-do-leads = Name leads
admin-has-products = Products are there.
admin-no-products = There are no products, so no deal can be logged.
admin-without-cost = { $n ->
    [0] Every product has a cost.
    [one] One product has no cost, so its margin is its whole price.
   *[other] { $n } products have no cost, so their margin is their whole price.
}
admin-do-costs = Add costs
admin-has-goals = There are goals for today.
admin-no-goals = No goal covers today.
admin-do-goals = Set goals
admin-has-holidays = The holidays of { $year } are there.
admin-no-holidays = The holidays of { $year } are missing, so pace counts them as working days.
admin-tokens-intro = Programs that act with somebody's rights. A token works until it is revoked.
admin-my-tokens = My own tokens
admin-tokens-empty = No tokens
admin-tokens-empty-text = Everybody makes their own in their settings.
admin-token-owner = Owner
admin-token-made = Made
admin-token-used = Last used
admin-token-unused = never
admin-toast-token = The token { $name } does not work any more.
audit-intro = Every change, by whom and when. Nothing here can be changed or removed.
audit-check = Check seals
audit-whole = The chain of seals is whole: no sealed row has been changed or removed.
audit-broken = The chain of seals breaks at row { $id }.
audit-broken-text = That row, or one before it, was changed or removed behind Pacemark's back. Compare with a backup.
audit-none-found = No change matches
audit-number = Row
audit-at = When
audit-who = Who
audit-system = System
audit-action = Action
audit-kind = Kind
audit-subject = What
audit-details = Details
audit-from = From
audit-until = To
audit-kind-company = Company
audit-kind-user = Account
audit-kind-employee = Person
audit-kind-membership = Membership
audit-kind-department = Department
audit-kind-product = Product
audit-kind-customer = Customer
audit-kind-deal = Deal
audit-kind-goal = Goal
audit-kind-import = Import
audit-kind-token = API token
audit-company-set-up = Set up the company
audit-settings-changed = Changed settings
audit-holiday-added = Added holidays
audit-holiday-removed = Removed holidays
audit-rate-added = Added exchange rate
audit-rate-removed = Removed exchange rate
audit-session-opened = Signed in
audit-session-ended = Signed out
audit-session-others-ended = Signed out elsewhere
audit-password-set = Set password
audit-token-made = Made API token
audit-token-revoked = Revoked API token
audit-user-made = Made account
audit-account-invited = Invited
audit-account-link-made = Made link
audit-account-role-changed = Changed role
audit-account-disabled = Disabled account
audit-account-enabled = Enabled account
audit-person-added = Added person
audit-person-changed = Changed person
audit-person-moved = Moved person
audit-membership-corrected = Corrected membership
audit-membership-removed = Removed membership
audit-membership-restored = Restored membership
audit-department-added = Added department
audit-department-changed = Changed department
audit-product-added = Added product
audit-product-changed = Changed product
audit-customer-added = Added customer
audit-customer-changed = Changed customer
audit-deal-logged = Logged deal
audit-deal-changed = Changed deal
audit-deal-undone = Took deal back
audit-deal-redone = Put deal back
audit-deal-cancelled = Cancelled deal
audit-deal-reinstated = Reinstated deal
audit-deal-returned = Recorded return
audit-goal-set = Set goal
audit-goal-revised = Revised goal
audit-goal-removed = Removed goal
audit-goal-restored = Restored goal
audit-import-done = Imported
audit-demo-filled = Filled with demo company
audit-field-role = role
audit-field-from = from
audit-field-to = to
audit-field-until = until
audit-field-lead = leads
audit-field-department = department
audit-field-parent = part of
audit-field-changed = changed
audit-field-currency = currency
audit-field-rate = rate
audit-field-valid-from = from
audit-field-days = days
audit-field-kind = kind
audit-field-code = code
audit-field-left-on = last day
audit-field-time-zone = time zone
audit-field-weekend = free weekdays
audit-field-fiscal-start-month = first month
audit-field-language = language
audit-field-status = status boundaries
audit-field-sku = product number
audit-field-unit-cost = unit cost, minor units
audit-field-list-price = list price, minor units
audit-field-active = active
audit-field-employee = person
audit-goal-terms = Changed how a goal is measured
audit-relief-asked = Asked for relief
audit-relief-answered = Answered a wish for relief
audit-relief-ended = Ended relief earlier
audit-ramp-set = Set learning time
audit-ramp-removed = Removed learning time
audit-closing-begun = Put a period in review
audit-closing-given_up = Ended a review
audit-closing-closed = Closed a period
audit-closing-reopen_asked = Asked to reopen a period
audit-closing-reopened = Reopened a period
audit-fact-noted = Noted a fact
audit-fact-changed = Changed a fact
audit-fact-removed = Removed a fact
audit-fact-restored = Brought a fact back
audit-fact-imported = Imported facts
audit-agreement-imported = Proposed goals from a file
