-- Writes the department rows. The company is found by its kind, so that a file may bring its own code for it.
insert into import_counts
select count(*) filter (where d.id is null),
    count(*) filter (where d.id is not null and (d.code, d.name, d.kind, p.code) is distinct from
        (s.code, s.name, s.kind, s.parent)),
    count(*) filter (where (d.code, d.name, d.kind, p.code) is not distinct from (s.code, s.name, s.kind, s.parent)
        and d.id is not null)
from stage_departments s
left join departments d on d.code = s.code or (d.kind = 'company' and s.kind = 'company')
left join departments p on p.id = d.parent_id;

update departments d set code = s.code, name = s.name, version = version + 1
from stage_departments s
where s.kind = 'company' and d.kind = 'company' and (d.code, d.name) is distinct from (s.code, s.name);

insert into departments (code, name, kind)
select code, name, kind from stage_departments s
where kind = 'company' and not exists (select from departments where kind = 'company');

-- new ones hang below the company until all of them are there
insert into departments (code, name, kind, parent_id)
select s.code, s.name, s.kind, c.id
from stage_departments s, departments c
where c.kind = 'company' and s.kind <> 'company' and not exists (select from departments d where d.code = s.code)
order by s.code collate "C";

update departments d set name = s.name, kind = s.kind, parent_id = p.id, version = d.version + 1
from stage_departments s join departments p on p.code = s.parent
where d.code = s.code and s.kind <> 'company'
    and (d.name, d.kind, d.parent_id) is distinct from (s.name, s.kind, p.id);
