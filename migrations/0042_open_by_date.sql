-- What is owed is found by its date alone: `due_on` says by itself that an order stands and waits. The planner then knows how few such
-- orders there are, which it cannot know of several conditions together, and each kind of waiting has an index of its own.
drop index deals_due;
drop index deals_due_seller;
drop index deals_open;
create index deals_due on deals (due_on, ordered_on, id) include (slipped, order_state, customer_id, employee_id)
    where due_on is not null;
create index deals_due_seller on deals (employee_id, due_on) where due_on is not null;
create index deals_due_customer on deals (customer_id, due_on) where due_on is not null;
create index deals_dateless on deals (ordered_on, id) include (customer_id, employee_id)
    where due_on is null and order_state not in ('delivered', 'closed') and status = 'booked';
create index deals_undated on deals (ordered_on, id) include (due_on, customer_id, employee_id)
    where undated and order_state not in ('delivered', 'closed') and status = 'booked';

-- Calls that wait for somebody.
create index follow_ups_waiting on follow_ups (owner_id) where state in ('open', 'not_reached');
