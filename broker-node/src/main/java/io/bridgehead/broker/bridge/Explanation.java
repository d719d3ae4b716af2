package io.bridgehead.broker.bridge;

import java.util.List;

/** Whether a connect would work, rule by rule, in the order in which they are asked. Immutable, any thread. */
public record Explanation(List<Rule> rules) {

    /**
     * One rule.
     *
     * @param rule its fixed name, {@code caller-registered} say
     * @param ok whether it lets the connect pass
     * @param detail what was found, for people
     */
    public record Rule(String rule, boolean ok, String detail) {}

    public Explanation {
        rules = List.copyOf(rules);
    }

    /** Whether every rule lets it pass. The callee may still decline. */
    public boolean works() {
        return rules.stream().allMatch(Rule::ok);
    }
}
