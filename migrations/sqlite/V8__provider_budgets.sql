-- What a provider lets a key ask, shared by all nodes: drawn tokens and what the provider has said, as JSON. Whoever draws
-- reads and writes the row in one transaction.
CREATE TABLE provider_budgets (
    provider TEXT NOT NULL,
    -- A hash; the key itself is not kept.
    key_hash TEXT NOT NULL,
    class    TEXT NOT NULL,
    state    TEXT NOT NULL,
    PRIMARY KEY (provider, key_hash, class)
) STRICT;
