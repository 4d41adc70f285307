-- What lies beside the log and must not be in it. Everything here is sealed or hashed before it arrives.
CREATE TABLE secrets (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    owner  TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    bytes  BLOB    NOT NULL,
    set_at INTEGER NOT NULL
) STRICT;

CREATE INDEX secrets_of_owner ON secrets (owner, name, id);

-- The one tie between a telephone number (as a keyed hash) and a person.
CREATE TABLE people (
    company     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    person      BLOB NOT NULL,
    PRIMARY KEY (company, fingerprint)
) STRICT;

CREATE TABLE written_once (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
