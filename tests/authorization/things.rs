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

/// What the samples are about.
pub struct Things {
    pub(super) deal: DealId,
    pub(super) employee: i64,
    pub(super) membership: i64,
    pub(super) north: i64,
    pub(super) customer: i64,
    pub(super) product: i64,
    pub(super) goal: i64,
    pub(super) agreement: i64,
    pub(super) note: i64,
    pub(super) plan: i64,
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
        Self {
            plan: plan(world).await,
            agreement: agreement.fetch_one(&world.db).await.unwrap(),
            note: sqlx::query_scalar(
                "insert into market_notes (kind, happened_on, title, recorded_by, recorded_at)
                select 'price', '2026-11-01', 'Ventus lowers its prices', id, '2026-11-01' from users
                where email like 'elias%' returning id",
            )
            .fetch_one(&world.db)
            .await
            .unwrap(),
            deal: world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await,
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
            Some("deals" | "sales") => self.deal.0,
            Some("people") => self.employee,
            Some("departments" | "team") => self.north,
            Some("customers") => self.customer,
            Some("products") => self.product,
            Some("goals") => self.goal,
            Some("agreements") => self.agreement,
            Some("market") => self.note,
            Some("plans") => self.plan,
            Some("memberships") => self.membership,
            _ => 1,
        };
        let relief = if path.ends_with("/end") { "2" } else { "1" };
        path.replace("{id}", &id.to_string())
            .replace("{token}", "none")
            .replace("{kind}", "sales")
            .replace("{step}", "accept")
            .replace("{post}", "1")
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
