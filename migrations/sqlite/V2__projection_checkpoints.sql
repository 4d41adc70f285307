-- How far each version of a projection has absorbed the log. Written in the transaction of its rows.
CREATE TABLE projection_checkpoints (
    name     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) STRICT;
