-- Default ignorable characters (variation selectors, fillers, tags), all format characters and private use ones are refused
-- as EchoedText refuses them: V1 let some through. A row that breaks the new rule fails the whole migration, which names
-- the constraint. Constants on lines of their own that follow each other are one constant.

ALTER TABLE accounts
    DROP CONSTRAINT id_characters,
    DROP CONSTRAINT nickname_characters,
    DROP CONSTRAINT ban_reason_characters;
ALTER TABLE accounts
    ADD CONSTRAINT id_characters CHECK (id !~
        '[\u0001-\u0020;=\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2'
        '\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164'
        '\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f'
        '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U000ffffd'
        '\U00100000-\U0010fffd]'),
    ADD CONSTRAINT nickname_characters CHECK (nickname !~
        '[\u0001-\u0020;=\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2'
        '\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164'
        '\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f'
        '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U000ffffd'
        '\U00100000-\U0010fffd]'),
    ADD CONSTRAINT ban_reason_length CHECK (octet_length(ban_reason) <= 200),
    ADD CONSTRAINT ban_reason_characters CHECK (ban_reason !~
        '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2'
        '\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff'
        '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3'
        '\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U000ffffd\U00100000-\U0010fffd]');
ALTER TABLE names DROP CONSTRAINT name_characters;
ALTER TABLE names ADD CONSTRAINT name_characters CHECK (name !~
        '[\u0001-\u0020;=\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2'
        '\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164'
        '\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f'
        '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U000ffffd'
        '\U00100000-\U0010fffd]');
