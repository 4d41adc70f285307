-- The keys that seal private parts, each wrapped by a master key. A person's key has the person's id, a delivery's one of
-- its own. Destroying takes the bytes away and leaves the row, so that no key is made under that id again.
CREATE TABLE data_keys (
    id      BLOB PRIMARY KEY,
    wrapped BLOB
) STRICT, WITHOUT ROWID;

-- Who was erased, with what, so that a restored backup forgets them again. Nothing here leads back to anybody.
CREATE TABLE erasures (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL
) STRICT;

CREATE INDEX people_by_person ON people (person);
