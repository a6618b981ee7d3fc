-- Answers are kept for a day; those that are older are found by their age.
create index idempotency_keys_created_at on idempotency_keys (created_at);
-- Where the new thing is: a header of the first answer.
alter table idempotency_keys add column location text;
