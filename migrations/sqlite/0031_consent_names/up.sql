-- The investor, as the text named it that the owner agreed to: a consent does not change with a name.
ALTER TABLE consents ADD COLUMN named TEXT;
UPDATE consents SET named = (SELECT name FROM investors WHERE purpose = 'share_contact:' || investors.id)
 WHERE purpose LIKE 'share_contact:%';
