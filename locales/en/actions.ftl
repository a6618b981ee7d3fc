nav-actions = Next actions
actions-intro = Every step has somebody who answers for it. What is overdue stands first, and what is worth most first among it.
actions-views = Whose actions
actions-view-mine = Mine
actions-view-department = My department's
actions-view-people = My people's
actions-search = Customer or step
actions-overdue = Only overdue
actions-none = Nothing waits.
actions-none-text = Orders, follow-ups, cases, open deals and decisions stand here as soon as it is somebody's turn.
actions-what = What
actions-due = Due
actions-owner = Whose
actions-mine = My next actions
actions-ours = What waits for us
actions-all = All
actions-n-overdue = { $n } overdue
notice-overdue = { $n ->
    [one] A step of yours is overdue
   *[other] { $n } steps of yours are overdue
}
notice-overdue-of = { $n ->
    [one] A step of { $name } has been overdue for two working days
   *[other] { $n } steps of { $name } have been overdue for two working days
}
