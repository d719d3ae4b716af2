package io.bridgehead.broker.config;

import java.nio.file.Path;

/**
 * Who may register, key {@code accounts}.
 *
 * @param mode whether an account is needed
 * @param requirePin whether every account must have a PIN and give it
 * @param pinAttempts wrong PINs in 15 minutes for one account, then it is told to wait
 * @param pinAttemptsPerAddress wrong PINs in 15 minutes from one address
 * @param pepperFile secret that is mixed into every PIN hash; empty: none
 */
public record AccountsConfig(
        Mode mode, boolean requirePin, int pinAttempts, int pinAttemptsPerAddress, Path pepperFile) {

    /** Whether an unknown id may register. */
    public enum Mode {
        /** Only known accounts. */
        SUBSCRIPTION,
        /** An unknown id is accepted as a temporary account. */
        OPEN
    }
}
