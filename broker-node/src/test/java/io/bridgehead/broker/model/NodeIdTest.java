package io.bridgehead.broker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"n", "azAZ09", "node-1.example.org", "_"})
    void lettersDigitsAndThreeSignsAreAName(String name) {
        assertThat(new NodeId(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "n1\n", "a:1", "a@b", "a[", "a`", "a{", "ä", "١"})
    void nothingElseIs(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NodeId(name))
                .withMessage("node name \"" + name + "\" (expected: 1..63 letters, digits, '-', '.', '_')");
    }

    @Test
    void aNameHasAtMost63Characters() {
        assertThat(new NodeId("n".repeat(63)).name()).hasSize(63);
        assertThatIllegalArgumentException().isThrownBy(() -> new NodeId("n".repeat(64)));
    }
}
