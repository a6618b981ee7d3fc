-- Ranking people in front of each other is a decision of the company, with its works council: off until then.
alter table settings add column leaderboard boolean not null default false;
