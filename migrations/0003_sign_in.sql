-- Accounts, sessions, links and tokens. Secrets are stored as SHA-256 of a 256-bit random value, never as themselves.
create table users (
    id bigint generated always as identity primary key,
    employee_id bigint unique references employees,
    -- lower case
    email text not null constraint users_email_key unique check (email = lower(email) and email <> ''),
    name text not null,
    password_hash text,
    role text not null check (role in ('salesperson', 'support', 'manager', 'executive', 'hr', 'finance', 'admin')),
    language text check (language in ('en', 'sv')),
    theme text check (theme in ('light', 'dark')),
    -- single-key shortcuts can be turned off (WCAG 2.1.4)
    shortcuts boolean not null default true,
    disabled_at timestamptz,
    created_at timestamptz not null,
    version bigint not null default 1
);

create table sessions (
    token_hash bytea primary key,
    user_id bigint not null references users on delete cascade,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    address text not null default '',
    user_agent text not null default ''
);
create index sessions_user on sessions (user_id);

-- Single-use links: the first administrator, an invitation, a password reset.
create table one_time_links (
    token_hash bytea primary key,
    kind text not null check (kind in ('setup', 'invitation', 'reset')),
    user_id bigint references users on delete cascade,
    created_by bigint references users,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check ((kind = 'setup') = (user_id is null))
);

-- A browser that has signed in before: its failures are counted apart, so that nobody can lock another out.
create table known_devices (
    token_hash bytea primary key,
    user_id bigint not null references users on delete cascade,
    created_at timestamptz not null
);

-- Failed sign-ins per (account, known device), (account, unknown devices) and address; shared by all nodes.
create table sign_in_failures (
    key bytea primary key,
    failures integer not null,
    first_at timestamptz not null,
    blocked_until timestamptz
);

create table api_tokens (
    id bigint generated always as identity primary key,
    user_id bigint not null references users on delete cascade,
    name text not null,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
);

-- The first answer to a request with an idempotency key; the same key and body returns it again.
create table idempotency_keys (
    user_id bigint not null references users on delete cascade,
    key text not null,
    request_hash bytea not null,
    status smallint,
    answer text,
    created_at timestamptz not null,
    primary key (user_id, key)
);

-- Every change, in the same transaction as the change. Ids, not personal data.
create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    -- null: the system itself, or the command line
    user_id bigint references users,
    action text not null,
    subject_kind text not null,
    subject_id bigint,
    details jsonb not null default '{}',
    -- filled by the sealer: a hash over the row and the hash before it
    seal bytea
);
create index audit_log_subject on audit_log (subject_kind, subject_id);
create index audit_log_unsealed on audit_log (id) where seal is null;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create function audit_seal_only() returns trigger language plpgsql as $$
begin
    if old.seal is not null or (to_jsonb(new) - 'seal') <> (to_jsonb(old) - 'seal') then
        raise exception 'audit_log is append-only';
    end if;
    return new;
end $$;
create trigger audit_log_update before update on audit_log for each row execute function audit_seal_only();
create trigger audit_log_delete before delete on audit_log for each row execute function refuse_change();
create trigger audit_log_truncate before truncate on audit_log for each statement execute function refuse_change();
