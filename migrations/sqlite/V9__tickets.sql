-- What a browser shows to be let in: sessions, and links that are good for one time. Only hashes are kept. Nothing of this
-- is worth a backup; whoever loses a row signs in again.
CREATE TABLE tickets (
    hash       TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_user ON tickets (user_id);
CREATE INDEX tickets_expiry ON tickets (expires_at);
