-- What the floor of a list costs: score points given up in all, in tenths; nothing without a floor.
ALTER TABLE match_lists ADD COLUMN floor_price_tenths BIGINT;
