home-set-goal = Sätt ett mål
