-- The keys that seal private parts, each wrapped by a master key. A person's key has the person's id, a delivery's one of
-- its own. Destroying takes the bytes away and leaves the row, so that no key is made under that id again.
CREATE TABLE data_keys (
    id      UUID PRIMARY KEY,
    wrapped BYTEA
);

-- Who was erased, with what, so that a restored backup forgets them again. Nothing here leads back to anybody.
CREATE TABLE erasures (
    id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record TEXT NOT NULL
);

CREATE INDEX people_by_person ON people (person);
