package io.bridgehead.broker.presence;

class InMemoryPresenceRegistryTest extends PresenceRegistryContract {

    private final PresenceRegistry registry = new InMemoryPresenceRegistry();

    @Override
    protected PresenceRegistry registry() {
        return registry;
    }

    @Override
    protected PresenceRegistry elsewhere() {
        return registry;
    }
}
