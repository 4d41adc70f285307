-- What is told of one call or one booking is found in a long stream, such as the page of a busy day, without the rest of it.
-- Short streams are looked through, and cost nothing here. Where the log is long by now, make all three by hand beforehand,
-- the indexes CONCURRENTLY: while they are made here, appends wait.
CREATE OR REPLACE FUNCTION booking_in(public BYTEA) RETURNS BYTEA LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN position('"booking":"'::BYTEA IN public) > 0
        THEN substring(public FROM position('"booking":"'::BYTEA IN public) + 11 FOR 36)
        WHEN position('"move":"'::BYTEA IN public) > 0
        THEN substring(public FROM position('"move":"'::BYTEA IN public) + 8 FOR 36)
    END
$$;
CREATE INDEX IF NOT EXISTS events_of_chain ON events (stream, correlation) WHERE revision > 32;
CREATE INDEX IF NOT EXISTS events_of_booking ON events (stream, booking_in(public)) WHERE revision > 32;
