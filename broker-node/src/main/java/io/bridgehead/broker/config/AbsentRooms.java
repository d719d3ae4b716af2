package io.bridgehead.broker.config;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Sections whose keys are fixed but whose rooms this version does not have: what would open a door must be empty. */
final class AbsentRooms {

    private AbsentRooms() {}

    static RendezvousConfig rendezvous(Settings in) {
        String why = "this version has no rendezvous room";
        return new RendezvousConfig(
                in.noEndpoints("rendezvous.http", why),
                in.noEndpoints("rendezvous.udp", why),
                in.time("rendezvous.pulse", "30s", "1s", "1h"),
                in.time("rendezvous.error-time", "3m", "1s", "1d"),
                in.time("rendezvous.first-pulse", "5m", "1s", "1d"));
    }

    static BesterConfig bester(Settings in) {
        String why = "this version has no bester room";
        Map<String, BesterConfig.Handler> handlers = new TreeMap<>();
        for (String type : in.names("bester.handlers.", Set.of("socket", "command", "timeout"))) {
            String prefix = "bester.handlers." + type + ".";
            String socket = in.text(prefix + "socket", "", 108);
            String command = in.text(prefix + "command", "", 4096);
            Duration timeout = in.time(prefix + "timeout", "5s", "1ms", "1h");
            handlers.put(type, new BesterConfig.Handler(socket, command, timeout));
        }
        return new BesterConfig(
                in.noEndpoints("bester.listen", why),
                in.absent("bester.unix", why),
                in.absent("bester.informer", why),
                in.noEndpoints("bester.legacy-servers", why),
                handlers);
    }

    static FederationConfig federation(Settings in) {
        Map<String, FederationConfig.Peer> peers = new TreeMap<>();
        for (String domain : in.names("federation.peers.", Set.of("address", "allow"))) {
            String prefix = "federation.peers." + domain + ".";
            peers.put(domain, new FederationConfig.Peer(
                    in.text(prefix + "address", "", 260), in.flag(prefix + "allow", false)));
        }
        return new FederationConfig(
                in.noEndpoints("federation.listen", "this version has no federation"),
                new MutualTlsFiles(
                        in.path("federation.tls.cert", ""),
                        in.path("federation.tls.key", ""),
                        in.path("federation.tls.ca", "")),
                peers);
    }
}
