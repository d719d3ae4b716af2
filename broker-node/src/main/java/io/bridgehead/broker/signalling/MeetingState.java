package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.ServerRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One server and its clients: passes messages between them, and keeps the latest to each for a peer that lost its
 * connection. Does no I/O: every method answers what is to be done. One thread.
 *
 * <pre>
 *  a peer:  --attach--> connected --left, notThere, nodeGone--> awaited --attach--> connected
 *                           |                                      |
 *                           '--left for good--------> gone <-------'--graceOver
 * </pre>
 */
final class MeetingState {

    /** What a message to one of these ids is answered with is peer-gone, to any other wrong-to. */
    private static final int REMEMBERED = 256;

    /**
     * What a meeting is held to.
     *
     * @param grace time a peer has that can come back
     * @param follow time a connected peer has to find a meeting that changed its place
     * @param bufferBytes what is kept for a peer that can come back
     */
    record Limits(int maxClients, Duration grace, Duration follow, int bufferBytes) {}

    private final Limits limits;
    private final Optional<String> serverInfo;
    private final Map<String, MeetingPeer> peers = new LinkedHashMap<>();
    private final Set<String> gone = new LinkedHashSet<>();
    private List<MeetingEffect> effects = new ArrayList<>();
    private boolean over;

    private MeetingState(Limits limits, Optional<String> serverInfo) {
        this.limits = limits;
        this.serverInfo = serverInfo;
    }

    /**
     * Begins with the row's peers, who must attach in time: the meeting is new, or goes on here.
     *
     * @param goesOn whether its peers were somewhere else before
     */
    static MeetingState of(ServerRow row, Limits limits, boolean goesOn) {
        MeetingState state = new MeetingState(limits, row.serverInfo());
        row.peers().forEach(each -> {
            MeetingPeer peer = new MeetingPeer(each, limits.bufferBytes());
            peer.hasUnknownPast = goesOn;
            peer.mayHaveLost = goesOn;
            state.peers.put(each.id(), peer);
        });
        return state;
    }

    /** First of all: everybody is awaited. */
    List<MeetingEffect> begun() {
        List.copyOf(peers.values()).forEach(peer -> await(peer, canReturn(peer) ? limits.grace() : limits.follow()));
        return done();
    }

    List<ServerRow.Peer> rows() {
        return peers.values().stream().map(MeetingPeer::row).toList();
    }

    boolean isOver() {
        return over;
    }

    /** Whether the word is for this meeting: whoever was put out meanwhile must attach anew before it goes on. */
    boolean takes(PeerWord.ToMeeting word) {
        return switch (word) {
            case PeerWord.Said said -> connected(said.from(), said.peer()).isPresent();
            case PeerWord.Again again -> connected(again.from(), again.peer()).isPresent();
            case PeerWord.Attach a -> true;
            case PeerWord.Left l -> true;
        };
    }

    List<MeetingEffect> on(PeerWord.ToMeeting word) {
        if (!over) {
            switch (word) {
                case PeerWord.Attach attach -> attach(attach);
                case PeerWord.Said said -> said(said);
                case PeerWord.Left(SessionAddress from, String id, boolean forGood) ->
                    connected(from, id).ifPresent(peer -> left(peer, forGood));
                case PeerWord.Again(SessionAddress from, String id, long seen) ->
                    connected(from, id).ifPresent(peer -> sayAgain(peer, seen));
            }
        }
        return done();
    }

    /** The connection has the peer's words up to {@code seq}. */
    List<MeetingEffect> taken(SessionAddress connection, String id, long seq) {
        connected(connection, id).ifPresent(peer -> {
            peer.taken(seq);
            if (!canReturn(peer)) {
                peer.forgetTaken();
            }
        });
        return done();
    }

    /** There is no such connection any more, says the answer to what it was told in this turn. */
    List<MeetingEffect> notThere(SessionAddress connection, String id, int turn) {
        connected(connection, id).filter(peer -> peer.turn == turn).ifPresent(peer -> left(peer, false));
        return done();
    }

    /** A node is gone, and every connection on it. */
    List<MeetingEffect> nodeGone(NodeId node) {
        for (MeetingPeer peer : List.copyOf(peers.values())) {
            if (!over && peer.connection != null && peer.connection.node().equals(node)) {
                left(peer, false);
            }
        }
        return done();
    }

    List<MeetingEffect> graceOver(String id, int turn) {
        MeetingPeer peer = peers.get(id);
        if (!over && peer != null && peer.connection == null && peer.turn == turn) {
            leave(peer);
        }
        return done();
    }

    /**
     * It goes on elsewhere: whoever is connected must follow, and is told which of its messages were not taken, as they
     * stay behind. Nothing happens here afterwards.
     */
    List<MeetingEffect> moved() {
        peers.values().forEach(peer -> peer.after(peer.seen()).stream()
                .filter(word -> word instanceof PeerWord.Deliver)
                .map(word -> peers.get(((PeerWord.Deliver) word).from()))
                .filter(Objects::nonNull)
                .forEach(sender -> tell(sender, new PeerWord.Objected(ErrorCode.UNDELIVERED, peer.id()))));
        peers.values().forEach(peer -> tell(peer, new PeerWord.Moved()));
        over = true;
        return done();
    }

    private List<MeetingEffect> done() {
        List<MeetingEffect> all = effects;
        effects = new ArrayList<>();
        return all;
    }

    private Optional<MeetingPeer> connected(SessionAddress connection, String id) {
        return Optional.ofNullable(peers.get(id)).filter(peer -> !over && peer.isConnectedBy(connection));
    }

    private void attach(PeerWord.Attach attach) {
        MeetingPeer peer = peers.get(attach.peer());
        if (attach.coming() == PeerWord.Coming.JOINING && peer == null) {
            join(attach);
        } else if (peer == null || !sameSecret(peer.row().secret(), attach.secret())) {
            answer(attach, new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN));
        } else {
            attach(peer, attach);
        }
    }

    private static boolean sameSecret(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private void join(PeerWord.Attach attach) {
        if (peers.size() - 1 >= limits.maxClients()) {
            answer(attach, new PeerWord.NotAttached(PeerWord.Refusal.FULL));
            return;
        }
        MeetingPeer peer = new MeetingPeer(
                new ServerRow.Peer(attach.peer(), attach.secret(), attach.resumable(), attach.who()),
                limits.bufferBytes());
        peer.connection = attach.from();
        peers.put(attach.peer(), peer);
        tell(peer, new PeerWord.Attached(0, 0, 0, serverInfo));
        effects.add(new MeetingEffect.Publish());
        deliver(peers.get(ServerRow.Peer.SERVER), new PeerWord.Joined(0, attach.peer(), attach.who()));
    }

    private void attach(MeetingPeer peer, PeerWord.Attach attach) {
        if (peer.connection != null && !peer.isConnectedBy(attach.from())) {
            if (attach.coming() != PeerWord.Coming.RESUMING) {
                // it was away, and its peer is here on another connection
                answer(attach, new PeerWord.Replaced());
                return;
            }
            tell(peer, new PeerWord.Replaced());
        }
        peer.connection = attach.from();
        peer.turn++;
        long lost = peer.startFrom(attach.seen(), attach.coming() == PeerWord.Coming.MOVING);
        if (peer.mayHaveLost) {
            lost = -1;
            peer.hasBeenTold = attach.coming() == PeerWord.Coming.RESUMING;
        }
        tell(peer, new PeerWord.Attached(peer.seen(), peer.received, lost, serverInfo));
        sayAgain(peer, peer.seen());
    }

    private void sayAgain(MeetingPeer peer, long seen) {
        peer.after(seen).forEach(word -> tell(peer, word));
    }

    private void said(PeerWord.Said said) {
        connected(said.from(), said.peer()).ifPresent(sender -> {
            sender.received++;
            if (sender.hasBeenTold) {
                sender.mayHaveLost = false;
                sender.hasBeenTold = false;
            }
            MeetingPeer target = peers.get(said.to());
            boolean toServer = said.to().equals(ServerRow.Peer.SERVER);
            if (target == null || toServer == sender.row().isServer()) {
                ErrorCode code = gone.contains(said.to()) ? ErrorCode.PEER_GONE : ErrorCode.WRONG_TO;
                tell(sender, new PeerWord.Objected(code, said.to()));
            } else {
                deliver(target, new PeerWord.Deliver(0, sender.id(), said.type(), said.message()));
            }
        });
    }

    private void deliver(MeetingPeer peer, PeerWord.Numbered word) {
        tell(peer, peer.keep(word));
    }

    /** To a connection that is not the peer's. */
    private void answer(PeerWord.Attach attach, PeerWord.ToPeer word) {
        effects.add(new MeetingEffect.Tell(attach.from(), attach.peer(), word, 0));
    }

    private void tell(MeetingPeer peer, PeerWord.ToPeer word) {
        if (peer.connection != null) {
            effects.add(new MeetingEffect.Tell(peer.connection, peer.id(), word, peer.turn));
        }
    }

    private boolean canReturn(MeetingPeer peer) {
        return peer.row().resumable() && !limits.grace().isZero();
    }

    private void left(MeetingPeer peer, boolean forGood) {
        peer.connection = null;
        if (forGood || !canReturn(peer)) {
            leave(peer);
        } else {
            await(peer, limits.grace());
        }
    }

    private void await(MeetingPeer peer, Duration time) {
        peer.turn++;
        effects.add(new MeetingEffect.StartGrace(peer.id(), peer.turn, time));
    }

    private void leave(MeetingPeer peer) {
        if (peer.row().isServer()) {
            end();
            return;
        }
        peers.remove(peer.id());
        gone.add(peer.id());
        if (gone.size() > REMEMBERED) {
            gone.remove(gone.iterator().next());
        }
        effects.add(new MeetingEffect.Publish());
        deliver(peers.get(ServerRow.Peer.SERVER), new PeerWord.Gone(0, peer.id()));
    }

    private void end() {
        peers.values().forEach(peer -> tell(peer, new PeerWord.Over()));
        over = true;
        effects.add(new MeetingEffect.End());
    }
}
