-- How far each version of a projection has absorbed the log. Written in the transaction of its rows.
CREATE TABLE projection_checkpoints (
    name     TEXT   COLLATE "C" NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (name, version)
) WITH (fillfactor = 50);
