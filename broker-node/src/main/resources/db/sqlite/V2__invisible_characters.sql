-- Default ignorable characters (variation selectors, fillers, tags), all format characters and private use ones are refused
-- as EchoedText refuses them: V1 let some through. SQLite cannot change a CHECK, so both tables are made anew; a row that
-- breaks the new rule fails the whole migration, which names the constraint. 45 is the '-' of a range.

CREATE TABLE accounts_new (
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
    CONSTRAINT id_characters CHECK (instr(id, char(0)) = 0 AND id NOT GLOB '*[' || char(
        1,45,32, 59, 61, 127,45,160, 173, 847, 1536,45,1541, 1564, 1757, 1807, 2192,45,2193, 2274, 4447,45,4448,
        5760, 6068,45,6069, 6155,45,6159, 8192,45,8207, 8232,45,8239, 8287,45,8303, 12288, 12644, 57344,45,63743,
        65024,45,65039, 65279, 65440, 65520,45,65531, 69821, 69837, 78896,45,78911, 113824,45,113827,
        119155,45,119162, 917504,45,921599, 983040,45,1048573, 1048576,45,1114109) || ']*'),
    CONSTRAINT nickname_form CHECK (instr(nickname, '@') = 0 AND length(CAST(nickname AS BLOB)) BETWEEN 3 AND 64),
    CONSTRAINT nickname_characters CHECK (instr(nickname, char(0)) = 0 AND nickname NOT GLOB '*[' || char(
        1,45,32, 59, 61, 127,45,160, 173, 847, 1536,45,1541, 1564, 1757, 1807, 2192,45,2193, 2274, 4447,45,4448,
        5760, 6068,45,6069, 6155,45,6159, 8192,45,8207, 8232,45,8239, 8287,45,8303, 12288, 12644, 57344,45,63743,
        65024,45,65039, 65279, 65440, 65520,45,65531, 69821, 69837, 78896,45,78911, 113824,45,113827,
        119155,45,119162, 917504,45,921599, 983040,45,1048573, 1048576,45,1114109) || ']*'),
    CONSTRAINT nickname_both CHECK ((nickname IS NULL) = (nickname_key IS NULL)),
    CONSTRAINT ban_reason_length CHECK (length(CAST(ban_reason AS BLOB)) <= 200),
    CONSTRAINT ban_reason_characters CHECK (instr(ban_reason, char(0)) = 0 AND ban_reason NOT GLOB '*[' || char(
        1,45,31, 127,45,159, 173, 847, 1536,45,1541, 1564, 1757, 1807, 2192,45,2193, 2274, 4447,45,4448,
        6068,45,6069, 6155,45,6159, 8203,45,8207, 8232,45,8238, 8288,45,8303, 12644, 57344,45,63743, 65024,45,65039,
        65279, 65440, 65520,45,65531, 69821, 69837, 78896,45,78911, 113824,45,113827, 119155,45,119162,
        917504,45,921599, 983040,45,1048573, 1048576,45,1114109) || ']*'),
    CONSTRAINT visible_flag CHECK (visible IN (0, 1)),
    CONSTRAINT epoch_positive CHECK (epoch > 0)
) STRICT;

CREATE TABLE names_new (
    name    TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts_new (id) ON DELETE CASCADE,
    CONSTRAINT name_characters CHECK (instr(name, char(0)) = 0 AND name NOT GLOB '*[' || char(
        1,45,32, 59, 61, 127,45,160, 173, 847, 1536,45,1541, 1564, 1757, 1807, 2192,45,2193, 2274, 4447,45,4448,
        5760, 6068,45,6069, 6155,45,6159, 8192,45,8207, 8232,45,8239, 8287,45,8303, 12288, 12644, 57344,45,63743,
        65024,45,65039, 65279, 65440, 65520,45,65531, 69821, 69837, 78896,45,78911, 113824,45,113827,
        119155,45,119162, 917504,45,921599, 983040,45,1048573, 1048576,45,1114109) || ']*')
) STRICT;

INSERT INTO accounts_new (id, pin_hash, nickname, nickname_key, plan, expires_at, ban_reason, visible, epoch, created_at)
    SELECT id, pin_hash, nickname, nickname_key, plan, expires_at, ban_reason, visible, epoch, created_at FROM accounts;
INSERT INTO names_new (name, account) SELECT name, account FROM names;

-- names first: dropping accounts deletes its rows, and with them whatever still refers to them
DROP TABLE names;
DROP TABLE accounts;
ALTER TABLE accounts_new RENAME TO accounts;
ALTER TABLE names_new RENAME TO names;
CREATE INDEX names_of_account ON names (account);
