-- Up Migration

-- Makes titles, labels and names one line without direction marks. The portal writes these columns
-- itself, so the rule of the portal API (platform/single-line.ts) would not reach them.
set local lock_timeout = '5s';
create function portal.single_line(value text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select btrim(regexp_replace(
    regexp_replace(value, '[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]', '', 'g'),
    '[\u0001-\u0020\u007f-\u009f\u2028\u2029]+', ' ', 'g'))
$$;
create function portal.clean_title() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.title := portal.single_line(new.title);
  return new;
end
$$;
create function portal.clean_label() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.label := portal.single_line(new.label);
  return new;
end
$$;
create function portal.clean_name() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.name := portal.single_line(new.name);
  return new;
end
$$;
create trigger assets_clean_title
  before insert or update of title on portal.assets
  for each row when (new.title is not null) execute function portal.clean_title();
create trigger share_links_clean_label
  before insert or update of label on portal.share_links
  for each row when (new.label is not null) execute function portal.clean_label();
create trigger users_clean_name
  before insert or update of name on portal.users
  for each row execute function portal.clean_name();

-- Down Migration

set local lock_timeout = '5s';
drop trigger users_clean_name on portal.users;
drop trigger share_links_clean_label on portal.share_links;
drop trigger assets_clean_title on portal.assets;
drop function portal.clean_name();
drop function portal.clean_label();
drop function portal.clean_title();
drop function portal.single_line(text);
