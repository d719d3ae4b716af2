package io.bridgehead.broker.cluster;

import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.PresenceRegistryContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class HazelcastPresenceRegistryTest extends PresenceRegistryContract {

    private static Members members;
    private static HazelcastPresenceRegistry here;
    private static HazelcastPresenceRegistry there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
        here = new HazelcastPresenceRegistry(members.get(0));
        there = new HazelcastPresenceRegistry(members.get(1));
    }

    @BeforeEach
    void clear() {
        members.clear();
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
        members.close();
    }

    @Override
    protected PresenceRegistry registry() {
        return here;
    }

    @Override
    protected PresenceRegistry elsewhere() {
        return there;
    }
}
