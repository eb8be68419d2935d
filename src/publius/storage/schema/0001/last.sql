-- The agency of the platform itself: its people are operators, its ledger holds the walks of callers without an agency.
-- Those callers share its rate, which is low because each of their refusals is a record.
INSERT INTO agencies (slug, name, rate_per_minute, tokens_per_day) VALUES ('platform', 'Publius platform', 60, 1000000);
SELECT create_agency_partitions(id) FROM agencies;
