package io.bridgehead.broker.relay;

import io.bridgehead.broker.listener.AddressBlock;
import io.bridgehead.broker.model.AccountId;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a service's connections are held to. Immutable, any thread.
 *
 * @param allow where its clients may come from; none: anywhere
 * @param maxClients in the cluster at a time; 0: no limit
 * @param bytesPerSecond taken from its connections on one node; 0: no limit
 * @param idleTimeout of a pipe on which nothing goes; 0: never
 * @param preamble what a host is told of its client before the client's own bytes
 * @param owner whose ban or expiry ends it
 * @param consent whether the owner is asked for a client
 * @param consentFor how long a yes holds for an address
 */
record ServiceRules(
        List<AddressBlock> allow,
        int maxClients,
        long bytesPerSecond,
        Duration idleTimeout,
        Preamble preamble,
        Optional<AccountId> owner,
        Consent consent,
        Duration consentFor) {

    /** What stands before a client's bytes. */
    enum Preamble {
        NONE,
        V1,
        V2
    }

    /** For whom the owner is asked. */
    enum Consent {
        NONE,
        CLIENT,
        ADDRESS
    }

    ServiceRules {
        allow = List.copyOf(allow);
        if (maxClients < 0 || bytesPerSecond < 0 || idleTimeout.isNegative() || consentFor.isNegative()) {
            throw new IllegalArgumentException("service rules: a negative limit (expected: 0 or more)");
        }
        if (consent != Consent.NONE && owner.isEmpty()) {
            throw new IllegalArgumentException("service rules: consent without an owner (expected: an account)");
        }
    }

    /** @param address without port; what is no address is allowed by no list */
    boolean allows(String address) {
        if (allow.isEmpty()) {
            return true;
        }
        InetAddress from = NetUtil.createInetAddressFromIpAddressString(address);
        return from != null && allow.stream().anyMatch(block -> block.contains(from));
    }
}
