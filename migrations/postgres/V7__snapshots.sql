-- States of long streams, so that they need not be read from their beginning. May be emptied at any time: what is missing
-- is made anew from the log.
CREATE TABLE snapshots (
    stream   TEXT    COLLATE "C" PRIMARY KEY,
    shape    INTEGER NOT NULL,
    revision BIGINT  NOT NULL,
    event    UUID    NOT NULL,
    body     BYTEA   NOT NULL
);
