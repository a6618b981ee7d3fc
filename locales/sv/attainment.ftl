metric-revenue = Orderingång
metric-margin = Bruttomarginal
metric-units = Sålda enheter
metric-orders = Order
metric-new-customers = Nya kunder
attainment-metric-of = { $metric }, { $category }
attainment-metric-on = { $metric }, { $basis }
basis-booked = bokat
basis-delivered = levererat
basis-label = När en försäljning räknas
basis-hint = För det som räknas i försäljning. En leverans räknas på sin dag, för så mycket som levereras.
basis-choice-booked = När den bokas: orderdagen
basis-choice-delivered = När den levereras
basis-is-booked = Försäljning räknas på orderdagen.
basis-is-delivered = Försäljning räknas när den levereras, för så mycket som levereras.
attainment-half = H{ $n } { $year }
attainment-ahead = { $amount } före takten
attainment-behind = { $amount } efter takten
attainment-on-pace = Precis i takt
attainment-above-goal = { $amount } över målet
attainment-below-goal = { $amount } under målet
attainment-percentage-points = { $n } procentenheter
attainment-at-goal = Precis på målet
attainment-no-target = Det finns inget mål att jämföra med.
attainment-starts = Börjar { $date }.
attainment-ended = Slutade på { $actual } av { $target }.
attainment-reached = Målet är nått.
attainment-too-early = Det är för tidigt för en prognos.
attainment-likely = I den här takten slutar det på { $likely }.
attainment-likely-range = Landar troligen på { $likely } (spann { $range })
attainment-chance = { $landing }, ungefär { $n ->
    [one] { $n } chans
   *[other] { $n } chanser
} av 10.
attainment-chance-none = { $landing }, mindre än 1 chans av 10.
attainment-need-mine = Du behöver { $amount } per arbetsdag härifrån.
attainment-need-theirs = Det krävs { $amount } per arbetsdag härifrån.
attainment-more-mine = Du behöver { $n } till på { $days ->
    [one] { $days } arbetsdag
   *[other] { $days } arbetsdagar
}.
attainment-more-theirs = Det krävs { $n } till på { $days ->
    [one] { $days } arbetsdag
   *[other] { $days } arbetsdagar
}.
attainment-left = { $amount } återstår till målet.
metric-on-time-delivery = Leverans i tid
metric-follow-ups-in-time = Uppföljning i tid
metric-customer-score = Kundbetyg
metric-first-reply-time = Tid till första svar
metric-leads = Leads
metric-training-completed = Genomförda utbildningar
attainment-no-facts = Inget är noterat för det här än.
attainment-basis = { $n ->
    [one] Mätt på en hittills.
   *[other] Mätt på { $n } hittills.
}
unit-minutes = { $m } min
unit-hours = { $h } h
unit-hours-minutes = { $h } h { $m } min
