-- Where the rows of a projection changed last; nodes that keep a copy in memory load it again then.
ALTER TABLE projection_checkpoints ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;

-- What has been asked of a projection. Whoever leads it looks every second.
CREATE TABLE projection_controls (
    name    TEXT   COLLATE "C" PRIMARY KEY,
    paused  BIGINT NOT NULL DEFAULT 0,
    rebuild BIGINT NOT NULL DEFAULT 0,
    retry   BIGINT NOT NULL DEFAULT 0,
    -- How far the copy beside has come; null where none is being built.
    built   BIGINT
);

-- Events that a projection could not take, and those of the same stream that came behind them.
CREATE TABLE projection_set_aside (
    name     TEXT   COLLATE "C" NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    stream   TEXT   COLLATE "C" NOT NULL,
    event    TEXT   COLLATE "C" NOT NULL,
    kind     TEXT   COLLATE "C" NOT NULL,
    -- Null where it only waits for the one before it.
    error    TEXT   COLLATE "C",
    since    BIGINT NOT NULL,
    PRIMARY KEY (name, position)
);

-- Who leads what, until when, by the database's clock. The fence grows with every change of the holder.
CREATE TABLE leases (
    name   TEXT   COLLATE "C" PRIMARY KEY,
    holder TEXT   COLLATE "C" NOT NULL,
    fence  BIGINT NOT NULL,
    until  BIGINT NOT NULL
) WITH (fillfactor = 50);
