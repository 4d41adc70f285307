-- The event log: one row an event, in one dense order. Times are epoch microseconds. The log ends where its last row is:
-- whoever appends holds an advisory lock while looking, so no row keeps the head. Such a row would be rewritten at every
-- commit, and while one long query or backup runs, all of its dead versions would be in the way of every append.
CREATE TABLE events (
    position        BIGINT  PRIMARY KEY,
    stream          TEXT    COLLATE "C" NOT NULL,
    revision        BIGINT  NOT NULL CHECK (revision >= 1),
    id              UUID    NOT NULL,
    command         UUID    NOT NULL,
    correlation     UUID    NOT NULL,
    causation       UUID,
    company         TEXT    COLLATE "C",
    time            BIGINT  NOT NULL,
    kind            TEXT    COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL,
    private_subject TEXT    COLLATE "C",
    public          BYTEA   NOT NULL,
    private         BYTEA,
    hash            BYTEA   NOT NULL CHECK (octet_length(hash) = 32),
    UNIQUE (stream, revision),
    CHECK ((private IS NULL) = (private_subject IS NULL))
);

-- Finds a command that comes a second time. The first event of a stream is found by (stream, revision) already, and most
-- streams of deliveries hold little more than that one.
CREATE INDEX events_of_command ON events (command) WHERE revision > 1;

CREATE FUNCTION events_are_only_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed: % refused', TG_OP;
END
$$;

CREATE TRIGGER events_are_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_only_appended();
