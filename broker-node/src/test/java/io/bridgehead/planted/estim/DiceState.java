package io.bridgehead.planted.estim;

import java.util.UUID;

sealed interface DiceState {

    record Nested() implements DiceState {

        UUID throwDice() {
            return UUID.randomUUID();
        }
    }
}
