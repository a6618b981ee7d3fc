nav-pipeline = Open deals
nav-stages = Stages
pipeline-filter = Filter
pipeline-board = Board
pipeline-list = List
pipeline-list-title = Open deals as a list
pipeline-view = View
pipeline-summary = { $n ->
    [one] { $n } deal
   *[other] { $n } deals
} · { $amount }, of which { $weighted } can be expected
pipeline-count = { $n ->
    [one] { $n } deal
   *[other] { $n } deals
}
pipeline-weighted-short = { $amount } expected
pipeline-weighted = Expected: { $amount }.
pipeline-typed = { $pct } likely, as typed
pipeline-measured-of = { $pct } won of { $n } decided
pipeline-measured-few = { $pct } won of only { $n } decided, so the typed one is used
pipeline-none-decided = Nothing decided yet
pipeline-likely-measured = { $pct } likely at this stage: { $won } of { $decided } that ever stood here and are decided were won.
pipeline-likely-typed = { $pct } likely at this stage, as an administrator typed it; { $decided } of the { $needed } decided that a measured figure needs.
pipeline-column-empty = Nothing here
pipeline-more = { $n ->
    [one] { $n } more
   *[other] { $n } more
}
pipeline-move = Move
pipeline-new = New open deal
pipeline-new-short = New
pipeline-edit = Change open deal
pipeline-about = About the deal
pipeline-no-customer = Customer not known yet
pipeline-nobody = Nobody yet
pipeline-customer-hint = Leave it empty while you do not know who will buy
pipeline-owner = Owner
pipeline-number = Number
pipeline-stage = Stage
pipeline-state = State
pipeline-state-open = Open
pipeline-state-won = Won
pipeline-state-lost = Lost
pipeline-origin = Origin
pipeline-origin-inbound = They asked
pipeline-origin-outbound = We called
pipeline-origin-referral = Referral
pipeline-origin-campaign = Campaign
pipeline-origin-existing = Existing customer
pipeline-origin-other = Other
pipeline-technique = Sales technique
pipeline-amount = Estimated value, excluding VAT
pipeline-opened = Opened
pipeline-expected = Expected close
pipeline-expected-day = Expected { $day }
pipeline-expected-from = Expected from
pipeline-expected-to = Expected to
pipeline-closed = Decided
pipeline-next = Next step
pipeline-next-what = What
pipeline-next-hint = “Call about the drawings”
pipeline-next-on = By
pipeline-next-none = No next step. A deal with one moves on more often.
pipeline-next-then = Then
pipeline-next-done = Done
pipeline-next-replace = Replace
pipeline-done = Done
pipeline-way = Way so far
pipeline-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
pipeline-stuck = Stuck
pipeline-stuck-only = Stuck only
pipeline-stuck-stage = Long in its stage
pipeline-stuck-next = Next step overdue
pipeline-stuck-expected = Expected close passed
pipeline-win-title = Won
pipeline-win-hint = The order is booked at once and counts towards the owner’s goals.
pipeline-win = Book the order
pipeline-won-on = Day of the order
pipeline-lose-title = Lost
pipeline-lose = Mark as lost
pipeline-lost-on = Day
pipeline-reason = Reason
pipeline-lost-text = In words
pipeline-lost-to = Lost to
pipeline-lost-price = Their price
pipeline-loss-price = Price
pipeline-loss-product = Product
pipeline-loss-delivery-time = Delivery time
pipeline-loss-service = Service
pipeline-loss-competitor = Competitor preferred
pipeline-loss-no-need = No need
pipeline-loss-other = Something else
pipeline-reopen = Take up again
pipeline-reopen-hint = It can be taken up again once the order is undone or cancelled.
pipeline-order = Order { $number }
pipeline-of-deal = Came of an open deal
pipeline-search = Customer, number, note or next step
pipeline-empty-title = No open deals yet
pipeline-empty-text = Note what may become an order: with whom, about how much, and what you do next. You see what is worth your day, and your forecast knows what is coming.
pipeline-nothing-title = No open deals match
pipeline-nothing-text = Remove a filter above.
pipeline-customer-none = No open deals with this customer that you may see.
pipeline-talk-seen-by = Read by everyone who sees this deal
pipeline-toast-opened = The open deal is saved: { $customer }
pipeline-toast-moved = { $customer }: { $stage }
pipeline-toast-won = { $customer }, { $amount }, is won and booked
pipeline-toast-lost = { $customer } is marked as lost
pipeline-toast-reopened = { $customer } is open again
pipeline-toast-taken-back = The order is undone and { $customer } is open again
pipeline-toast-done = Done
pipeline-toast-stage-added = { $stage } is added
pipeline-toast-stage-retired = { $stage } is out of use
pipeline-toast-stage-restored = { $stage } is back
pipeline-stages = Stages of open deals
pipeline-stages-text = The way to an order. A stage that deals have stood in is put out of use, not deleted, so that history stays whole.
pipeline-stage-add = Add stage
pipeline-probability = Probability, %
pipeline-probability-hint = Used until 20 deals that stood in the stage are decided
pipeline-patience = stuck after { $n } days
pipeline-earlier = Earlier
pipeline-later = Later
pipeline-retire = Put out of use
pipeline-retired = out of use
pipeline-restore = Use again
pipeline-stage-contact = First contact
pipeline-stage-need = Need known
pipeline-stage-offer = Offer made
pipeline-stage-negotiation = Negotiation
pipeline-stage-verbal = Verbal yes
error-pipeline-order = Its order stands. Undo or cancel the order first.
error-pipeline-won = It is won already.
error-pipeline-lost = It is lost. Take it up again first.
error-pipeline-open = It is open already.
error-pipeline-decided = It is decided. Take it up again first.
error-pipeline-stage = Choose a stage that is in use
error-pipeline-before = Choose a day on which the deal was open
error-pipeline-customer = Enter who bought
error-pipeline-owner = Choose an owner whose deals you may write
error-pipeline-origin = Choose an origin
error-pipeline-replace = Say what is to be done instead
error-pipeline-past = This day is over: choose today or a later one
error-pipeline-next = Say what is to be done by then
error-pipeline-reason = Choose why it was lost
error-pipeline-other = Say in words why it was lost
error-pipeline-probability = Enter a whole percentage from 0 to 100
error-pipeline-last-stage = One stage must stay in use.
notice-pipeline-given = An open deal is yours: { $customer }
notice-pipeline-given-unnamed = An open deal is yours
notice-pipeline-mention = { $who } mentions you: { $customer }
notice-pipeline-written = { $who } writes: { $customer }
audit-kind-opportunity = Open deal
audit-kind-stage = Stage
audit-opportunity-opened = Opened a deal
audit-opportunity-changed = Changed an open deal
audit-opportunity-moved = Moved an open deal
audit-opportunity-won = Won a deal
audit-opportunity-lost = Lost a deal
audit-opportunity-reopened = Took a deal up again
audit-opportunity-step_done = Ticked off a next step
audit-opportunity-step_set = Set a next step
audit-opportunity-imported = Imported open deals
audit-stage-added = Added a stage
audit-stage-changed = Changed a stage
audit-stage-reordered = Moved a stage
audit-stage-retired = Put a stage out of use
audit-stage-restored = Used a stage again
pipeline-import = Import a file
pipeline-import-intro = Open, won and lost deals from another system. You say what its columns and names mean; that is remembered for the next file. All or nothing; what is known already stays as it is.
pipeline-import-source = Source
pipeline-import-source-hint = The system it comes from, such as crm. A deal is known by source and number.
pipeline-import-file = File
pipeline-import-file-hint = CSV in UTF-8 with a header. The columns may be called anything; dates are YYYY-MM-DD. Ours are:
pipeline-import-next = Look at the file
pipeline-import-map = What the file means
pipeline-import-of = { $file } from { $source }: { $n ->
    [one] { $n } row
   *[other] { $n } rows
}
pipeline-import-clean = Everything is understood. Nothing has been changed yet.
pipeline-import-names = Names that are not known here
pipeline-import-names-text = Choose what each is here. The most likely one is chosen already; look at it before you go on.
pipeline-import-name = In the file
pipeline-import-kind = What
pipeline-import-lines = Where
pipeline-import-on = { $n ->
    [one] { $n } line
   *[other] { $n } lines
}: { $lines }
pipeline-import-is = Here it is
pipeline-import-columns = Columns
pipeline-import-none = Not in the file
pipeline-import-said = What names mean
pipeline-import-as-called = As it is called
pipeline-import-run = Import
pipeline-import-check = Check only
pipeline-import-done = Imported
pipeline-import-added = What was added
pipeline-import-idle = Nothing: everything was known already.
pipeline-import-count = Deals
pipeline-import-sum = Sum
pipeline-import-known = { $n ->
    [one] { $n } row was known already and stays as it is.
   *[other] { $n } rows were known already and stay as they are.
}
pipeline-import-look = See the deals
pipeline-column-opportunity-no = Number
pipeline-column-employee = Owner
pipeline-column-customer = Customer
pipeline-column-product = Product
pipeline-column-stage = Stage
pipeline-column-state = State: open, won or lost
pipeline-column-opened-on = Opened
pipeline-column-closed-on = Decided
pipeline-column-expected-on = Expected close
pipeline-column-amount = Value
pipeline-column-currency = Currency
pipeline-column-quantity = Quantity
pipeline-column-origin = Origin
pipeline-column-technique = Sales technique
pipeline-column-lost-reason = Why it was lost
pipeline-column-lost-to = Lost to
pipeline-column-note = Note
pipeline-unknown-employee = Nobody is called that, on { $n ->
    [one] { $n } line
   *[other] { $n } lines
}
pipeline-unknown-customer = No customer is called that, on { $n ->
    [one] { $n } line
   *[other] { $n } lines
}
pipeline-unknown-product = No product is called that, on { $n ->
    [one] { $n } line
   *[other] { $n } lines
}
pipeline-unknown-stage = No stage is called that, on { $n ->
    [one] { $n } line
   *[other] { $n } lines
}
error-pipeline-twice = The number stands in the file twice.
error-pipeline-state = open, won or lost.
pipeline-opened-from = Opened from
pipeline-opened-to = Opened to
pipeline-closed-from = Decided from
pipeline-closed-to = Decided to
