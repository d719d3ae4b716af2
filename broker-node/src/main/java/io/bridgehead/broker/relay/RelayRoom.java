package io.bridgehead.broker.relay;

import io.bridgehead.broker.config.BridgeConfig;
import io.bridgehead.broker.config.ListenerLimits;
import io.bridgehead.broker.listener.SessionHost;

/** What all connections of the room share. Any thread. */
record RelayRoom(
        SessionHost host,
        ListenerLimits limits,
        BridgeConfig bridge,
        SessionTimes times,
        RelayDesk desk,
        RelayEntrance entrance,
        RelayMeters meters) {}
