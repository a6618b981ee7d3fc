home-set-goal = Set a goal
