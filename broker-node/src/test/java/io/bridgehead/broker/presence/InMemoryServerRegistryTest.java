package io.bridgehead.broker.presence;

class InMemoryServerRegistryTest extends ServerRegistryContract {

    private final ServerRegistry registry = new InMemoryServerRegistry();

    @Override
    protected ServerRegistry registry() {
        return registry;
    }

    @Override
    protected ServerRegistry elsewhere() {
        return registry;
    }
}
