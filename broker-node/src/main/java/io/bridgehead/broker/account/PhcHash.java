package io.bridgehead.broker.account;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Argon2id hash with its costs and salt, written {@code $argon2id$v=19$m=…,t=…,p=…$salt$hash} (PHC string format).
 * A secret: not printed by {@link #toString}. Immutable by convention: nobody writes into the arrays.
 */
record PhcHash(PinHasher.Cost cost, byte[] salt, byte[] hash) {

    private static final Pattern FORM = Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})"
            + "\\$([A-Za-z0-9+/]{11,64})\\$([A-Za-z0-9+/]{22,86})");

    /** Costs above these would let one row of the database exhaust the node: 256 MiB, 16 passes, 16 lanes. */
    private static final PinHasher.Cost MOST = new PinHasher.Cost(262_144, 16, 16);

    static Optional<PhcHash> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            PinHasher.Cost cost = new PinHasher.Cost(
                    Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
            Base64.Decoder base64 = Base64.getDecoder();
            PhcHash parsed = new PhcHash(cost, base64.decode(parts.group(4)), base64.decode(parts.group(5)));
            return cost.isWithin(MOST) ? Optional.of(parsed) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s".formatted(
                cost.memoryKiB(),
                cost.iterations(),
                cost.parallelism(),
                base64.encodeToString(salt),
                base64.encodeToString(hash));
    }

    @Override
    public String toString() {
        return "PhcHash";
    }
}
