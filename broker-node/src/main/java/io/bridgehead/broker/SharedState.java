package io.bridgehead.broker;

import io.bridgehead.broker.account.AddressAttempts;
import io.bridgehead.broker.account.InMemorySubscriptionRegistry;
import io.bridgehead.broker.account.LocalAddressAttempts;
import io.bridgehead.broker.account.LocalPinAttempts;
import io.bridgehead.broker.account.PinAttempts;
import io.bridgehead.broker.account.PinKey;
import io.bridgehead.broker.account.SubscriptionRegistry;
import io.bridgehead.broker.bus.NoBus;
import io.bridgehead.broker.bus.NodeBus;
import io.bridgehead.broker.cluster.ClusterClock;
import io.bridgehead.broker.cluster.ClusterMember;
import io.bridgehead.broker.cluster.ClusterPinKey;
import io.bridgehead.broker.cluster.HazelcastAddressAttempts;
import io.bridgehead.broker.cluster.HazelcastPinAttempts;
import io.bridgehead.broker.cluster.HazelcastPresenceRegistry;
import io.bridgehead.broker.cluster.HazelcastServerRegistry;
import io.bridgehead.broker.cluster.HazelcastSubscriptionRegistry;
import io.bridgehead.broker.config.AccountsConfig;
import io.bridgehead.broker.config.SignallingConfig;
import io.bridgehead.broker.presence.InMemoryPresenceRegistry;
import io.bridgehead.broker.presence.InMemoryServerRegistry;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.bridgehead.broker.presence.ServerRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * What the nodes of a cluster share, or what a node alone has instead. Immutable, any thread.
 *
 * @param bus the way to the other nodes
 * @param presence who is registered where
 * @param servers which signalling servers are open
 * @param subscriptions what is known of accounts without asking SQL
 * @param attempts wrong PINs
 * @param guesses what was wrong at the signalling room's door
 * @param pinKey key under which verified PINs are remembered
 * @param clock by which registrations are ordered: the same on all nodes
 * @param beforeLeaving what has to be closed while the node is still a member
 */
record SharedState(
        NodeBus bus,
        PresenceRegistry presence,
        ServerRegistry servers,
        SubscriptionRegistry subscriptions,
        PinAttempts attempts,
        AddressAttempts guesses,
        PinKey pinKey,
        InstantSource clock,
        Runnable beforeLeaving) {

    /** Accounts that a node alone knows without asking SQL; the least used are forgotten. */
    private static final int KNOWN_ACCOUNTS = 200_000;

    static SharedState alone(AccountsConfig accounts, SignallingConfig.Limits signalling, SecureRandom random) {
        return new SharedState(
                new NoBus(),
                new InMemoryPresenceRegistry(),
                new InMemoryServerRegistry(),
                new InMemorySubscriptionRegistry(KNOWN_ACCOUNTS, System::nanoTime),
                new LocalPinAttempts(accounts.pinAttempts(), accounts.pinAttemptsPerAddress(), System::nanoTime),
                new LocalAddressAttempts(signalling.guessesPerAddress(), System::nanoTime),
                PinKey.random(random),
                InstantSource.system(),
                () -> {});
    }

    /** Blocks for the cluster's key, for at most 8 s. */
    static SharedState of(
            ClusterMember member, AccountsConfig accounts, SignallingConfig.Limits signalling, SecureRandom random) {
        HazelcastPresenceRegistry presence = new HazelcastPresenceRegistry(member.hazelcast());
        HazelcastSubscriptionRegistry subscriptions = new HazelcastSubscriptionRegistry(member.hazelcast());
        return new SharedState(
                member.bus(),
                presence,
                new HazelcastServerRegistry(member.hazelcast()),
                subscriptions,
                new HazelcastPinAttempts(
                        member.hazelcast(), accounts.pinAttempts(), accounts.pinAttemptsPerAddress()),
                HazelcastAddressAttempts.ofSignalling(member.hazelcast(), signalling.guessesPerAddress()),
                ClusterPinKey.of(member.hazelcast(), random).toCompletionStage().toCompletableFuture().join(),
                new ClusterClock(member.hazelcast()),
                () -> {
                    presence.close();
                    subscriptions.close();
                });
    }
}
