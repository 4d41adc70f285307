-- What lies beside the log and must not be in it. Everything here is sealed or hashed before it arrives.
CREATE TABLE secrets (
    id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner  TEXT   COLLATE "C" NOT NULL,
    name   TEXT   COLLATE "C" NOT NULL,
    bytes  BYTEA  NOT NULL,
    set_at BIGINT NOT NULL
);

CREATE INDEX secrets_of_owner ON secrets (owner, name, id);

-- The one tie between a telephone number (as a keyed hash) and a person.
CREATE TABLE people (
    company     TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    person      UUID NOT NULL,
    PRIMARY KEY (company, fingerprint)
);

CREATE TABLE written_once (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);
