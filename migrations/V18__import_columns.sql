-- Which columns each file had, so that the next one of its kind is held against it. NULL: taken in
-- before they were kept.
ALTER TABLE imports ADD COLUMN columns TEXT; -- JSON: names in the order of the file
