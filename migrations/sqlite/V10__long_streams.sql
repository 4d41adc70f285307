-- What is told of one call or one booking is found in a long stream, such as the page of a busy day, without the rest of it.
-- Short streams are looked through, and cost nothing here.
CREATE INDEX events_of_chain ON events (stream, correlation) WHERE revision > 32;
CREATE INDEX events_of_booking ON events (
    stream,
    CASE
        WHEN instr(public, CAST('"booking":"' AS BLOB)) > 0
        THEN substr(public, instr(public, CAST('"booking":"' AS BLOB)) + 11, 36)
        WHEN instr(public, CAST('"move":"' AS BLOB)) > 0
        THEN substr(public, instr(public, CAST('"move":"' AS BLOB)) + 8, 36)
    END
) WHERE revision > 32;
