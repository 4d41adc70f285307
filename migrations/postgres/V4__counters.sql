-- Counts by hour of what is never appended: rejected requests, repeated deliveries.
CREATE TABLE counters (
    hour  BIGINT NOT NULL,
    name  TEXT   COLLATE "C" NOT NULL,
    scope TEXT   COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (hour, name, scope)
) WITH (fillfactor = 70);
