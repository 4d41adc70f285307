-- States of long streams, so that they need not be read from their beginning. May be emptied at any time: what is missing
-- is made anew from the log.
CREATE TABLE snapshots (
    stream   TEXT    PRIMARY KEY,
    shape    INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    event    BLOB    NOT NULL,
    body     BLOB    NOT NULL
) STRICT;
