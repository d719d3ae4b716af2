package io.bridgehead.broker.faults;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Rules of this machine's packet filter, or of a namespace's, that go again on close. One thread. */
final class Firewall implements AutoCloseable {

    private final List<String> prefix;
    private final Deque<List<String>> rules = new ArrayDeque<>();

    /** @param prefix of each command, such as {@code ip netns exec n1} */
    Firewall(List<String> prefix) {
        this.prefix = List.copyOf(prefix);
    }

    /** Packets that match are lost without a word: {@code -i lo -p tcp --dport 15701}, say. */
    void drop(String chain, String... match) {
        List<String> rule = new ArrayList<>(List.of(chain));
        rule.addAll(List.of(match));
        rule.addAll(List.of("-j", "DROP"));
        rules.push(rule);
        Machine.run(command("-I", rule));
    }

    private String[] command(String action, List<String> rule) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("iptables", "-w", action));
        command.addAll(rule);
        return command.toArray(String[]::new);
    }

    /** Everything passes again. */
    void open() {
        while (!rules.isEmpty()) {
            Machine.runAnyway(command("-D", rules.pop()));
        }
    }

    @Override
    public void close() {
        open();
    }
}
