team-measure = Measure
team-departments = Departments
team-department = Department
team-branches = Departments
team-branches-caption = { $what } in { $period } per department
team-goal-heading = Team goal, { $what }
team-company-goal-heading = Company goal, { $what }
team-open-goal = Open the goal
team-cascade = See the cascade
team-no-team-goal = The department has no goal of its own for this.
team-parts-exact = { $n ->
    [one] The one goal below adds up to exactly this.
   *[other] The { $n } goals below add up to exactly this.
}
team-parts-buffer = { $n ->
    [one] The one goal below is { $sum }, a buffer of { $amount }.
   *[other] The { $n } goals below add up to { $sum }, a buffer of { $amount }.
}
team-parts-lack = { $n ->
    [one] The one goal below is { $sum }; { $amount } is not assigned.
   *[other] The { $n } goals below add up to { $sum }; { $amount } is not assigned.
}
team-mix-reached = { $n } reached
team-mix-on = { $n } on track
team-mix-risk = { $n } at risk
team-mix-off = { $n } behind
team-status-reached = Reached
team-status-on = On track
team-status-risk = At risk
team-status-off = Behind
team-status-none = No goal or not started
team-any-status = Any status
team-waiting = Waiting for you
team-waiting-none = Nothing waits for you.
team-waiting-gap = { $department }: { $amount } is not assigned
team-waiting-gap-text = The goals below add up to { $parts } of { $goal }
team-waiting-nogoal-one = { $name } has no goal
team-waiting-nogoal = { $n } people have no goal
team-waiting-nogoal-text = Set one, so that what is sold has something to be compared with
team-waiting-names = { $names } and { $n ->
    [one] one more
   *[other] { $n } more
}
team-waiting-raised = { $name }: the goal was raised from { $from } to { $to }
team-waiting-lowered = { $name }: the goal was lowered from { $from } to { $to }
team-people = People
team-person = Person
team-attainment = Attainment
team-actual = Actual
team-against = Against pace
team-pace = Pace
team-likely = At this rate
team-weeks = Last 7 weeks
team-weeks-label = Sales per week, this week { $last }
team-status = Status
team-goal = Goal { $goal }
team-no-goal = No goal
team-joined = joined { $date }
team-left = left { $date }
team-sum = Sum of personal goals { $goal }
team-views = Views
team-view-all = Everyone
team-view-behind = Behind pace
team-view-new = New starters
team-search = Find a person
team-caption = { $what } in { $period } per person
team-caption-money = { $what } in { $period } per person, amounts in { $currency }
team-nobody = Nobody here
team-nobody-text = Nobody matches this view and these filters.
team-empty = No goals here yet
team-empty-text = Once the department or somebody in it has a goal, you see here who is ahead of pace, who is behind, and where it will land.
team-csv-number = Employee number
team-csv-person = Person
team-csv-goal = Goal
team-csv-actual = Actual
team-csv-attainment = Attainment, percent
team-csv-expected = Pace today
team-csv-against = Against pace
team-csv-likely = Likely
team-csv-status = Status
leaderboard-intro = Ranked against each person’s own goal, so a small district can win.
leaderboard-ranking = Ranking
leaderboard-order = Rank by
leaderboard-by-pace = Against pace
leaderboard-by-attainment = Attainment
leaderboard-rank = Rank
leaderboard-you = you
leaderboard-me = You
leaderboard-of = of { $n }
leaderboard-ahead = { $percent } ahead of pace
leaderboard-behind = { $percent } behind pace
leaderboard-on-pace = On pace
leaderboard-kind = The board shows the top eight. Places below that are visible only to the person and those who see the person’s figures anyway.
leaderboard-none = Nobody has a goal yet
leaderboard-none-text = As soon as people have goals, this page ranks them against their own.
leaderboard-csv-rank = Rank
leaderboard-csv-name = Name
leaderboard-csv-department = Department
leaderboard-csv-attainment = Attainment, %
leaderboard-csv-pace = Of pace, %
team-as-of = { $name } as of { $date }
team-as-of-open = A past day
team-as-of-no-goal = There is no goal now.
team-as-of-nobody = Nobody with a goal or a figure belonged here on that day.
team-as-of-hidden = { $n ->
    [one] { $n } person who belonged here that day has moved on, and is not shown one by one; the department’s figures hold them.
   *[other] { $n } people who belonged here that day have moved on, and are not shown one by one; the department’s figures hold them.
}
team-as-of-sum = Sum of personal goals
team-as-of-then-actual = Then
team-as-of-then-goal = Goal then
team-as-of-now-actual = Now
team-as-of-now-goal = Goal now
team-as-of-difference = Difference
team-as-of-csv-day = Day
team-as-of-csv-then-goal = Goal then
team-as-of-csv-then-actual = Actual then
team-as-of-csv-then-attainment = Attainment then, %
team-as-of-csv-now-goal = Goal now
team-as-of-csv-now-actual = Actual now
team-as-of-csv-now-attainment = Attainment now, %
team-as-of-csv-difference = Difference
