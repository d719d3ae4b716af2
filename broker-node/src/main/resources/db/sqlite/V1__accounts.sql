-- Times are milliseconds since 1970-01-01 UTC. The CHECKs repeat what the value types refuse (EchoedText), so that
-- no other program can plant a line end, a separator or an invisible character in a text that is echoed to clients.
-- In char(...) 45 is the '-' of a range: char(1,45,32) in a GLOB set is U+0001 to U+0020.

CREATE TABLE accounts (
    id         TEXT    NOT NULL PRIMARY KEY,
    pin_hash   TEXT,
    nickname   TEXT,
    nickname_key TEXT,
    plan       TEXT    NOT NULL,
    expires_at INTEGER,
    ban_reason TEXT,
    visible    INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT id_form CHECK (id LIKE '%_@_%' AND length(CAST(id AS BLOB)) BETWEEN 3 AND 512),
    CONSTRAINT id_characters CHECK (instr(id, char(0)) = 0 AND id NOT GLOB '*[' || char(1,45,32, 59, 61, 127,45,160,
        173, 5760, 8192,45,8207, 8232,45,8239, 8287,45,8303, 12288, 65279) || ']*'),
    CONSTRAINT nickname_form CHECK (instr(nickname, '@') = 0 AND length(CAST(nickname AS BLOB)) BETWEEN 3 AND 64),
    CONSTRAINT nickname_characters CHECK (instr(nickname, char(0)) = 0 AND nickname NOT GLOB '*[' || char(1,45,32, 59,
        61, 127,45,160, 173, 5760, 8192,45,8207, 8232,45,8239, 8287,45,8303, 12288, 65279) || ']*'),
    CONSTRAINT nickname_both CHECK ((nickname IS NULL) = (nickname_key IS NULL)),
    CONSTRAINT ban_reason_characters CHECK (instr(ban_reason, char(0)) = 0 AND length(CAST(ban_reason AS BLOB)) <= 200
        AND ban_reason NOT GLOB '*[' || char(1,45,31, 127,45,159, 173, 8203,45,8207, 8232,45,8238, 8288,45,8303, 65279)
        || ']*'),
    CONSTRAINT visible_flag CHECK (visible IN (0, 1)),
    CONSTRAINT epoch_positive CHECK (epoch > 0)
) STRICT;

-- Every name somebody can be called by: each account's own id, and its nickname in id form. One name, one account.
CREATE TABLE names (
    name    TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT name_characters CHECK (instr(name, char(0)) = 0 AND name NOT GLOB '*[' || char(1,45,32, 59, 61,
        127,45,160, 173, 5760, 8192,45,8207, 8232,45,8239, 8287,45,8303, 12288, 65279) || ']*')
) STRICT;
CREATE INDEX names_of_account ON names (account);

-- The last epoch of ids that were removed: a new account of the same id goes on above it.
CREATE TABLE tombstones (
    id    TEXT    NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT;

-- One row, locked by every writer before anything else: change numbers rise in the order of commits.
CREATE TABLE change_counter (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO change_counter (one, last) VALUES (1, 0);

CREATE TABLE changes (
    sequence INTEGER NOT NULL PRIMARY KEY,
    account  TEXT    NOT NULL,
    epoch    INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- What the rows depend on besides themselves: the home domain the nicknames' aliases were made for.
CREATE TABLE store_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
