plans-title = Scenarios
plans-intro = Plan a whole period for a department and everybody below it. Keep several side by side; only what you publish counts.
plans-new = New scenario
plans-scenario = Scenario
plans-search = Name
plans-state = State
plans-open = Draft
plans-published = Published
plans-empty = No scenarios yet
plans-empty-text = A scenario divides the goal of a department or the company down to every seller: by last year, alike or by capacity. Change what you like, compare, and publish one. Until then nobody sees it and nothing counts.
plans-none-found = No scenario fits
plans-whole = The whole
plans-people = Given to people
plans-changed = Changed
plans-compare = Compare
plans-compare-chosen = Compare the chosen
plans-compare-hint = Choose two or three of the same measure.
plans-compare-title = Scenarios side by side
plans-compare-intro = Differences are from the first scenario.
plans-compare-none = Nothing to compare
plans-compare-few = Choose at least two scenarios in the list.
plans-compare-many = Choose no more than three scenarios.
plans-compare-unlike = These scenarios count different measures. Choose scenarios of the same one.
plans-csv-name = Name
plans-csv-department = Department
plans-csv-metric = Measure
plans-csv-from = From
plans-csv-to = To
plans-csv-whole = The whole
plans-csv-people = Given to people
plans-csv-author = Author
plans-csv-changed = Changed
plans-csv-state = State
plans-new-intro = A scenario begins with a target for the whole, divided down to the people. Everything can be changed afterwards.
plans-name = Name
plans-name-hint = What sets it apart, such as “Careful” or “With the new office”
plans-department-hint = Everything below it is planned too
plans-start = Divide by
plans-start-hint = What shares are in proportion to
plans-start-last-year = From last year
plans-start-last-period = From the last period
plans-start-equal = Equal for each person
plans-start-capacity = By capacity
plans-start-by-hand = By hand
plans-start-copy = Copy of { $name }
plans-method = Divide by
plans-method-last-year = Last year
plans-method-last-period = Last period
plans-method-equal = Equal for each person
plans-method-capacity = Capacity
plans-whole-new = Target for the whole
plans-whole-hint = As you would write it: 1.6M. Left empty, it is what was reached last year and the percentage below.
plans-percent-hint = On what was reached
plans-begin = Begin
plans-copy = Copy
plans-copy-name = { $name }, copy
plans-copy-text = A copy of { $name }: { $what }
plans-import = Import
plans-publish = Publish
plans-save = Save
plans-redo = Redo
plans-remove = Remove scenario
plans-targets = Targets
plans-target = Target
plans-last-year = Last year
plans-last-period = Last period
plans-full = { $amount } for a whole period
plans-days = Working days
plans-from-below = From below
plans-unassigned = Not assigned
plans-buffers = Buffer
plans-without = Without a target
plans-lack = { $amount } not assigned
plans-buffer = buffer { $amount }
plans-exact = exact
plans-no-parts = nobody below
plans-no-target = No target
plans-not-yours = Set by somebody else
plans-act-assign = Assign the rest
plans-act-share = Share
plans-act-more = More
plans-act-share-down = Share down to the people
plans-act-lower = Set to the sum of the parts
plans-act-raise = Last result and the percentage
plans-hint = An empty field leaves the goal that is there. Nothing counts until the scenario is published.
plans-steps = Steps
plans-taken-back = taken back
plans-step-begin = { $n ->
    [one] Began with one target
   *[other] Began with { $n } targets
}
plans-step-typed = { $n ->
    [one] Changed one target by hand
   *[other] Changed { $n } targets by hand
}
plans-step-assign = Assigned the rest of { $name }
plans-step-share = Shared { $name } among its parts
plans-step-share-down = Shared { $name } down to the people
plans-step-lower = Set { $name } to the sum of its parts
plans-step-raise = Set { $name } by what was reached
plans-step-import = { $n ->
    [one] Imported one target
   *[other] Imported { $n } targets
}
plans-step-by = { $name }, { $at }
plans-made-by = By { $name }, { $at }
plans-changed-by = { $name } changed the scenario on { $at }.
plans-published-by = By { $name } on { $at }.
plans-published-text = The goals are set, and those they are for have been told. The scenario can be changed no more.
plans-stale = Nothing of yours was saved; what you wrote is still here, beside what is stored. Save again to let yours hold.
plans-publish-title = Publish the scenario
plans-publish-intro = All goals are set together, and those they are for are told and asked to acknowledge.
plans-publish-do = { $n ->
    [0] Publish without changing goals
    [one] Publish one goal
   *[other] Publish { $n } goals
}
plans-publish-stale = The scenario or one of the goals changed since this page was shown. Nothing was published; look at what would change now and publish again.
plans-what-changes = What will change
plans-new-goals = New goals
plans-revised-goals = Revised goals
plans-unchanged-goals = Unchanged goals
plans-left-out = { $n ->
    [one] One target is left out, because that goal is set by somebody else: { $names }.
   *[other] { $n } targets are left out, because those goals are set by somebody else: { $names }.
}
plans-reason-hint = Goals that are there already get a revision with this reason; those they are for read it.
plans-goals = Goals
plans-nothing-changes = No goal is new or changed.
plans-new-tag = New
plans-back = Back to the scenario
plans-import-title = Import targets
plans-import-intro = A file comes in whole or not at all. Those it does not name keep what they have, and an empty target takes one away.
plans-file-hint = The kind is person, department or company; the subject is an employee number or department code.
plans-file-now = Download the targets as they are
plans-toast-begun = { $name } is begun.
plans-toast-changed = Targets changed: { $n }.
plans-toast-unchanged = Nothing changed.
plans-toast-undone = The last step is taken back.
plans-toast-redone = The step is done again.
plans-toast-removed = { $name } was removed.
plans-toast-restored = { $name } is back.
plans-toast-imported = Targets changed: { $n }. Unchanged: { $same }.
plans-toast-import-same = The file says what the scenario says already. Nothing changed.
plans-toast-published = { $name } is published. Goals set or revised: { $n }.
plans-cascade = Plan the whole cascade
error-plan-published = The scenario is published and can be changed no more.
error-plan-no-step = There is no such step to take.
error-plan-step-of-others = The step is about goals that are set by somebody else. Whoever made it can take it back.
error-plan-no-parts = There is nobody below to share with.
error-plan-nothing-left = Nothing is left to assign.
error-plan-nothing-to-share = There is no target to divide, and nothing was reached before. Enter a target.
error-plan-no-past = Nothing was reached before. Enter a target.
error-plan-nobody = Nobody in this scenario is called that.
error-plan-percent = Enter a percentage from −100 to 1,000, like 5 or 2.5.
error-plan-name = Use at most 120 characters.
error-plan-empty = There is no target to publish yet.
error-plan-closed = The period is closed; its goals can be changed no more.
error-plan-twice = The same one stands in the file twice.
error-plan-kind = Write person, department or company.
audit-plan-begun = Began scenario
audit-plan-changed = Changed scenario
audit-plan-turned = Took a step of a scenario back or did it again
audit-plan-removed = Removed scenario
audit-plan-restored = Restored scenario
audit-plan-published = Published scenario
audit-kind-plan = Scenario
