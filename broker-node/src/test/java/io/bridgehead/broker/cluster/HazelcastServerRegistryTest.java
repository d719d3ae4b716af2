package io.bridgehead.broker.cluster;

import io.bridgehead.broker.presence.ServerRegistry;
import io.bridgehead.broker.presence.ServerRegistryContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class HazelcastServerRegistryTest extends ServerRegistryContract {

    private static Members members;
    private static HazelcastServerRegistry here;
    private static HazelcastServerRegistry there;

    @BeforeAll
    static void start() {
        members = Members.of(2, 2);
        here = new HazelcastServerRegistry(members.get(0));
        there = new HazelcastServerRegistry(members.get(1));
    }

    @AfterAll
    static void stop() {
        members.close();
    }

    @Override
    protected ServerRegistry registry() {
        return here;
    }

    @Override
    protected ServerRegistry elsewhere() {
        return there;
    }
}
