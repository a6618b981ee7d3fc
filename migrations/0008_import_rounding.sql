-- Imports convert foreign amounts in the database, many at a time; they must come out as those booked one by one.

-- Rounded to a whole number, half to even (rule 5).
create function half_even(exact numeric) returns bigint
language sql immutable strict parallel safe as $$
    select (case
        when abs(exact - trunc(exact)) = 0.5 then trunc(exact) + mod(trunc(exact), 2)
        else round(exact)
    end)::bigint
$$;
