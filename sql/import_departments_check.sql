-- Faults of department rows: duplicates, unknown kinds and parents, the company that is missing or there twice, circles.
insert into import_faults
select line, 'code', code, 'import-fault-duplicate', jsonb_build_object('line', first::text)
from (select line, code, min(line) over (partition by code) as first from stage_departments) r
where line > first;

insert into import_faults
select line, 'kind', kind, 'import-fault-choice', jsonb_build_object('choices',
    'company, sales, production, delivery, service, marketing, product, hr, finance, other')
from stage_departments
where kind not in
    ('company', 'sales', 'production', 'delivery', 'service', 'marketing', 'product', 'hr', 'finance', 'other');

insert into import_faults
select line, 'kind', kind, 'import-fault-second-company', jsonb_build_object('line', first::text)
from (select line, kind, min(line) over () as first from stage_departments where kind = 'company') r
where line > first;

-- the company that is stored takes the file's code; a department does not become the company
insert into import_faults
select s.line, 'kind', s.kind, 'import-fault-company-stays', '{}'
from stage_departments s join departments d on d.code = s.code
where (s.kind = 'company') <> (d.kind = 'company') and exists (select from departments where kind = 'company');

insert into import_faults
select line, 'parent', parent, 'import-fault-company-parent', '{}'
from stage_departments where kind = 'company' and parent is not null;

insert into import_faults
select line, 'parent', parent, 'import-fault-required', '{}'
from stage_departments where kind <> 'company' and parent is null;

insert into import_faults
select s.line, 'parent', s.parent, 'import-fault-unknown-department', '{}'
from stage_departments s
where s.parent is not null
    and not exists (select from stage_departments p where p.code = s.parent)
    and not exists (select from departments d where d.code = s.parent);

insert into import_faults
select s.line, 'parent', s.parent, 'import-fault-circle', '{}'
from stage_departments s
where s.parent is not null and not exists (select from import_faults) and s.code not in (
    with recursive present as (
        select code, parent, kind from stage_departments
        union all
        select d.code, p.code, d.kind from departments d left join departments p on p.id = d.parent_id
        where d.code not in (select code from stage_departments)
    ), tree as (
        select code from present where kind = 'company'
        union
        select p.code from present p join tree t on p.parent = t.code
    )
    select code from tree
);
