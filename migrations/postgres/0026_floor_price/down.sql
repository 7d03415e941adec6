ALTER TABLE match_lists DROP COLUMN floor_price_tenths;
