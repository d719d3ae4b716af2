-- Times are milliseconds since 1970-01-01 UTC. The CHECKs repeat what the value types refuse (EchoedText), so that
-- no other program can plant a line end, a separator or an invisible character in a text that is echoed to clients.
-- Collation "C": ids sort by code point, here as in SQLite, whatever the database's locale.

CREATE TABLE accounts (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    pin_hash   TEXT,
    nickname   TEXT,
    nickname_key TEXT COLLATE "C",
    plan       TEXT     NOT NULL,
    expires_at BIGINT,
    ban_reason TEXT,
    visible    SMALLINT NOT NULL,
    epoch      BIGINT   NOT NULL,
    created_at BIGINT   NOT NULL,
    CONSTRAINT id_form CHECK (id LIKE '%_@_%' AND octet_length(id) BETWEEN 3 AND 512),
    CONSTRAINT id_characters CHECK (
        id !~ '[\u0001-\u0020;=\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]'),
    CONSTRAINT nickname_form CHECK (strpos(nickname, '@') = 0 AND octet_length(nickname) BETWEEN 3 AND 64),
    CONSTRAINT nickname_characters CHECK (
        nickname !~ '[\u0001-\u0020;=\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]'),
    CONSTRAINT nickname_both CHECK ((nickname IS NULL) = (nickname_key IS NULL)),
    CONSTRAINT ban_reason_characters CHECK (octet_length(ban_reason) <= 200 AND
        ban_reason !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]'),
    CONSTRAINT visible_flag CHECK (visible IN (0, 1)),
    CONSTRAINT epoch_positive CHECK (epoch > 0)
);

-- Every name somebody can be called by: each account's own id, and its nickname in id form. One name, one account.
CREATE TABLE names (
    name    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT name_characters CHECK (
        name !~ '[\u0001-\u0020;=\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]')
);
CREATE INDEX names_of_account ON names (account);

-- The last epoch of ids that were removed: a new account of the same id goes on above it.
CREATE TABLE tombstones (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL
);

-- One row, locked by every writer before anything else: change numbers rise in the order of commits. A sequence would
-- hand out numbers in the order of asking, and a reader of "greater than the last I saw" would miss the late ones.
CREATE TABLE change_counter (
    one  SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    last BIGINT   NOT NULL
);
INSERT INTO change_counter (one, last) VALUES (1, 0);

CREATE TABLE changes (
    sequence BIGINT NOT NULL PRIMARY KEY,
    account  TEXT COLLATE "C" NOT NULL,
    epoch    BIGINT NOT NULL,
    at       BIGINT NOT NULL
);

-- What the rows depend on besides themselves: the home domain the nicknames' aliases were made for.
CREATE TABLE store_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
