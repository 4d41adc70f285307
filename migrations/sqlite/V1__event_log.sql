-- The event log: one row an event, in one dense order. Ids are 16 bytes, times are epoch microseconds. The log ends where
-- its last row is: whoever appends holds the file's write lock while looking, so no row of its own keeps the head.
CREATE TABLE events (
    position        INTEGER PRIMARY KEY,
    stream          TEXT    NOT NULL,
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    id              BLOB    NOT NULL,
    command         BLOB    NOT NULL,
    correlation     BLOB    NOT NULL,
    causation       BLOB,
    company         TEXT,
    time            INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    private_subject TEXT,
    public          BLOB    NOT NULL,
    private         BLOB,
    hash            BLOB    NOT NULL CHECK (length(hash) = 32),
    UNIQUE (stream, revision),
    CHECK ((private IS NULL) = (private_subject IS NULL))
) STRICT;

-- Finds a command that comes a second time. The first event of a stream is found by (stream, revision) already, and most
-- streams of deliveries hold little more than that one.
CREATE INDEX events_of_command ON events (command) WHERE revision > 1;

CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are never updated');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

-- INSERT OR REPLACE removes rows without asking the trigger above.
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND revision = NEW.revision)
BEGIN
    SELECT RAISE(ABORT, 'events are never replaced');
END;
