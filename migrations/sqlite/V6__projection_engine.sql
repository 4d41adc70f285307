-- Where the rows of a projection changed last; nodes that keep a copy in memory load it again then.
ALTER TABLE projection_checkpoints ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;

-- What has been asked of a projection. Whoever leads it looks every second.
CREATE TABLE projection_controls (
    name    TEXT    PRIMARY KEY,
    paused  INTEGER NOT NULL DEFAULT 0,
    rebuild INTEGER NOT NULL DEFAULT 0,
    retry   INTEGER NOT NULL DEFAULT 0,
    -- How far the copy beside has come; null where none is being built.
    built   INTEGER
) STRICT;

-- Events that a projection could not take, and those of the same stream that came behind them.
CREATE TABLE projection_set_aside (
    name     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    stream   TEXT    NOT NULL,
    event    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    -- Null where it only waits for the one before it.
    error    TEXT,
    since    INTEGER NOT NULL,
    PRIMARY KEY (name, position)
) STRICT;

-- Who leads what, until when, by the database's clock. The fence grows with every change of the holder.
CREATE TABLE leases (
    name   TEXT    PRIMARY KEY,
    holder TEXT    NOT NULL,
    fence  INTEGER NOT NULL,
    until  INTEGER NOT NULL
) STRICT;
