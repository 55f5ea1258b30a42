-- What became of the files that the rows of a restored hospital name (docs/decisions/045-files.md).
alter table restore_runs add column files jsonb;
