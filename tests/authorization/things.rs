//! What the samples are about: things that belong to Elias of North.

use pacemark::kernel::id::DealId;

use crate::support::world::{World, day};

/// Elias asks for relief, and is new; found leads; a quarter is in review.
const CAPACITY: &str = "
    insert into reliefs (employee_id, during, relieved_pct, kind, state, requested_by, requested_at)
        select employee_id, daterange('2026-12-14', '2026-12-19'), 100, 'leave', 'requested', id, '2026-11-01'
        from users where email like 'elias%';
    insert into reliefs (employee_id, during, relieved_pct, kind, state, requested_by, requested_at, decided_by, decided_at)
        select u.employee_id, daterange('2026-12-01', '2026-12-05'), 100, 'leave', 'approved', u.id, '2026-11-01', k.id,
            '2026-11-02' from users u, users k where u.email like 'elias%' and k.email like 'karin%';
    insert into ramps (employee_id, starts_on, steps, set_at)
        select id, '2026-10-01', '{50}', '2026-10-01' from employees where employee_no = 'elias';
    insert into closings (period, state, begun_by, begun_at)
        select daterange('2026-07-01', '2026-10-01'), 'in_review', id, '2026-10-05' from users where email like 'frida%';
    insert into facts (source, fact_no, metric, employee_id, day, part, whole, recorded_at)
        select 'crm', '1', 'leads', id, '2026-11-01', 3, 0, '2026-11-01' from employees where employee_no = 'elias'";

/// The deal's line is promised for a day, and made.
const PROMISED: &str = "
    with line as (update deal_lines set promised_on = '2026-11-25' where deal_id = $1 returning id, deal_id), made as (
        update deals d set handling = 'in_production', order_state = 'in_production' from line l where d.id = l.deal_id
    )
    insert into promises (line_id, number, to_on, cause, promised_at, changed_on)
    select id, 1, '2026-11-25', 'first', '2026-11-17', '2026-11-17' from line returning line_id";
/// Elias has an open deal with Holmen Skog.
const OPPORTUNITY: &str = "
    with o as (
        insert into opportunities (source, opportunity_no, customer_id, employee_id, currency, origin, stage_id, stage_since,
            opened_on, amount, own_amount, opened_at)
        select 'pacemark', '1', c.id, e.id, 'SEK', 'inbound', 1, '2026-11-01', '2026-11-01', 16800000, 16800000, '2026-11-01'
        from customers c, employees e where c.customer_no = 'C1' and e.employee_no = 'elias' returning id
    ), l as (
        insert into opportunity_lines (opportunity_id, line_no, product_id, quantity, amount, cost, own_amount, own_cost)
        select o.id, 1, p.id, 1, 16800000, 0, 16800000, 0 from o, products p where p.sku = 'V12'
    )
    insert into opportunity_moves (opportunity_id, number, stage_id, state, day, moved_at)
    select id, 1, 1, 'open', '2026-11-01', '2026-11-01' from o returning opportunity_id";
/// North meets today, and Elias is to do something.
const REVIEWS: &str = "
    insert into review_series (name, department_id, rhythm, rhythm_on, created_by, created_at)
        select 'North weekly', d.id, 'weekly', 3, u.id, '2026-11-01' from departments d, users u
        where d.code = 'NORTH' and u.email like 'karin%';
    insert into reviews (series_id, meets_on, rhythm_day, covers_from, state)
        select id, '2026-11-18', '2026-11-18', '2026-11-11', 'planned' from review_series;
    insert into decisions (review_id, what, owner_id, due_on, state, decided_by, decided_at)
        select r.id, 'Call the three', e.id, '2026-11-20', 'open', u.id, '2026-11-11'
        from reviews r, employees e, users u where e.employee_no = 'elias' and u.email like 'karin%'";
/// A call and a case of Elias's customer, about the order with that id.
const SERVICE: &str = "
    insert into follow_ups (customer_id, deal_id, owner_id, due_on, counts_by, opened_at)
        select d.customer_id, d.id, d.employee_id, '2026-11-20', '2026-11-20', '2026-11-17' from deals d
        order by d.id desc limit 1;
    with t as (insert into threads default values returning id)
    insert into cases (customer_id, deal_id, category, severity, title, channel, opened_at, owner_id, department_id, state,
        reply_due, solve_due, thread_id)
        select d.customer_id, d.id, 'product', 'normal', 'Noisy', 'phone', '2026-11-17 09:00Z', null, p.id, 'new',
            '2026-11-18 09:00Z', '2026-11-25 09:00Z', t.id
        from deals d, departments p, t where p.kind = 'service' order by d.id desc limit 1";

/// What the samples are about.
pub struct Things {
    pub(super) deal: DealId,
    pub(super) line: i64,
    pub(super) employee: i64,
    pub(super) membership: i64,
    pub(super) north: i64,
    pub(super) customer: i64,
    pub(super) product: i64,
    pub(super) goal: i64,
    pub(super) agreement: i64,
    pub(super) note: i64,
    pub(super) plan: i64,
    pub(super) opportunity: i64,
}

impl Things {
    /// Makes them.
    pub async fn make(world: &World) -> Self {
        let goal = sqlx::query_scalar(
            "with g as (
                insert into goals (subject_kind, employee_id, metric, period, currency, created_at)
                select 'person', id, 'revenue', daterange('2026-10-01', '2027-01-01'), 'SEK', '2026-09-01'
                from employees where employee_no = 'elias' returning id
            )
            insert into goal_versions (goal_id, number, target, effective_on, recorded_at)
            select id, 1, 160000000, '2026-10-01', '2026-09-01' from g returning goal_id",
        );
        let membership = sqlx::query_scalar(
            "select m.id from memberships m join employees e on e.id = m.employee_id where e.employee_no = 'elias'",
        );
        let agreement = sqlx::query_scalar(
            "with t as (insert into threads default values returning id), p as (
                insert into thread_posts (thread_id, posted_by, posted_at, body)
                select t.id, u.id, '2026-11-01', 'Hello' from t, users u where u.email like 'elias%'
            ), a as (
                insert into agreements (subject_kind, employee_id, metric, period, currency, state, begun_by, target,
                    offered_by, thread_id, changed_at)
                select 'person', e.id, 'revenue', daterange('2027-01-01', '2027-04-01'), 'SEK', 'proposed', 'setter',
                    160000000, 'setter', t.id, '2026-11-01' from employees e, t where e.employee_no = 'elias'
                returning id
            )
            insert into agreement_steps (agreement_id, number, step, taken_by, side, taken_at, target)
            select a.id, 1, 'propose', u.id, 'setter', '2026-11-01', 160000000 from a, users u
            where u.email like 'karin%' returning agreement_id",
        );
        sqlx::raw_sql(CAPACITY).execute(&world.db).await.unwrap();
        let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await;
        let line = sqlx::query_scalar(PROMISED).bind(deal.0).fetch_one(&world.db).await.unwrap();
        sqlx::raw_sql(REVIEWS).execute(&world.db).await.unwrap();
        sqlx::raw_sql(SERVICE).execute(&world.db).await.unwrap();
        Self {
            line,
            plan: plan(world).await,
            opportunity: sqlx::query_scalar(OPPORTUNITY).fetch_one(&world.db).await.unwrap(),
            agreement: agreement.fetch_one(&world.db).await.unwrap(),
            note: sqlx::query_scalar(
                "insert into market_notes (kind, happened_on, title, recorded_by, recorded_at)
                select 'price', '2026-11-01', 'Ventus lowers its prices', id, '2026-11-01' from users
                where email like 'elias%' returning id",
            )
            .fetch_one(&world.db)
            .await
            .unwrap(),
            deal,
            employee: world.employee("elias").await.0,
            membership: membership.fetch_one(&world.db).await.unwrap(),
            north: world.department("NORTH").await.0,
            customer: world.customer("Holmen Skog").await.0,
            product: world.product("Ventus 12").await.0,
            goal: goal.fetch_one(&world.db).await.unwrap(),
        }
    }
}

impl Things {
    /// The path with the things in the places of its parameters.
    pub(super) fn fill(&self, path: &str) -> String {
        let id = match path.trim_start_matches("/admin").trim_start_matches("/api/v1").split('/').nth(1) {
            Some("deals" | "sales" | "orders") => self.deal.0,
            Some("people") => self.employee,
            Some("departments" | "team") => self.north,
            Some("customers") => self.customer,
            Some("products") => self.product,
            Some("goals") => self.goal,
            Some("agreements") => self.agreement,
            Some("market") => self.note,
            Some("plans") => self.plan,
            Some("pipeline") if path.contains("import") => 1,
            Some("pipeline" | "opportunities") => self.opportunity,
            Some("memberships") => self.membership,
            _ => 1,
        };
        let relief = if path.ends_with("/end") { "2" } else { "1" };
        path.replace("{id}", &id.to_string())
            .replace("{token}", "none")
            .replace("{kind}", "sales")
            .replace("{step}", "accept")
            .replace("{post}", "1")
            .replace("{relief}", "1")
            .replace("{promise}", "1")
            .replace("{delivery}", "1")
            .replace("{relief}", relief)
    }
}

/// A scenario of North with one target, and the step that set it.
async fn plan(world: &World) -> i64 {
    let plan = sqlx::query_scalar(
        "with s as (
            insert into scenarios (name, department_id, metric, period, method, step, began_with, created_by, created_at,
                changed_by, changed_at, at_change)
            select 'First', d.id, 'revenue', daterange('2027-01-01', '2027-04-01'), 'equal', 1000, 'equal', u.id,
                '2026-11-01', u.id, '2026-11-01', 1
            from departments d, users u where d.code = 'NORTH' and u.email like 'karin%' returning id, created_by
        ), t as (
            insert into scenario_targets (scenario_id, employee_id, target)
            select s.id, e.id, 160000000 from s, employees e where e.employee_no = 'elias' returning employee_id
        )
        insert into scenario_changes (scenario_id, number, action, made_by, made_at, parts)
        select s.id, 1, 'begin', s.created_by, '2026-11-01',
            jsonb_build_array(jsonb_build_object('part', jsonb_build_object('person', t.employee_id), 'from', null, 'to', 160000000))
        from s, t returning scenario_id",
    );
    plan.fetch_one(&world.db).await.unwrap()
}
