-- Counts by hour of what is never appended: rejected requests, repeated deliveries.
CREATE TABLE counters (
    hour  INTEGER NOT NULL,
    name  TEXT    NOT NULL,
    scope TEXT    NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, name, scope)
) STRICT;
