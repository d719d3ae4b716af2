package io.bridgehead.broker.signalling;

import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionAddress;
import io.bridgehead.broker.presence.ServerRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

    private static final class Peer {

        private final ServerRow.Peer row;
        private final ArrayDeque<PeerWord.Numbered> kept = new ArrayDeque<>();
        private SessionAddress connection;
        private int keptBytes;
        private long seq;
        private long taken;
        private long received;
        private int turn;
        /** Whether words may have been sent to it that this meeting knows nothing of. */
        private boolean hasUnknownPast;
        /** Whether it is still to be told so, when it comes back; a connection that follows cannot tell it. */
        private boolean mayHaveLost;
        /** Whether that is on its way; it may break off before it has read it. */
        private boolean hasBeenTold;

        private Peer(ServerRow.Peer row) {
            this.row = row;
        }
    }

    private final Limits limits;
    private final Optional<String> serverInfo;
    private final Map<String, Peer> peers = new LinkedHashMap<>();
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
            Peer peer = new Peer(each);
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
        return peers.values().stream().map(peer -> peer.row).toList();
    }

    boolean isOver() {
        return over;
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
            peer.taken = Math.max(peer.taken, seq);
            if (!canReturn(peer)) {
                forget(peer, peer.taken);
            }
        });
        return done();
    }

    /** There is no such connection any more. */
    List<MeetingEffect> notThere(SessionAddress connection, String id) {
        connected(connection, id).ifPresent(peer -> left(peer, false));
        return done();
    }

    /** A node is gone, and every connection on it. */
    List<MeetingEffect> nodeGone(NodeId node) {
        for (Peer peer : List.copyOf(peers.values())) {
            if (!over && peer.connection != null && peer.connection.node().equals(node)) {
                left(peer, false);
            }
        }
        return done();
    }

    List<MeetingEffect> graceOver(String id, int turn) {
        Peer peer = peers.get(id);
        if (!over && peer != null && peer.connection == null && peer.turn == turn) {
            leave(peer);
        }
        return done();
    }

    /** It goes on elsewhere: whoever is connected must follow. Nothing happens here afterwards. */
    List<MeetingEffect> moved() {
        peers.values().forEach(peer -> tell(peer, new PeerWord.Moved()));
        over = true;
        return done();
    }

    private List<MeetingEffect> done() {
        List<MeetingEffect> all = effects;
        effects = new ArrayList<>();
        return all;
    }

    private Optional<Peer> connected(SessionAddress connection, String id) {
        return Optional.ofNullable(peers.get(id)).filter(peer -> !over && connection.equals(peer.connection));
    }

    private void attach(PeerWord.Attach attach) {
        Peer peer = peers.get(attach.peer());
        if (attach.coming() == PeerWord.Coming.JOINING && peer == null) {
            join(attach);
        } else if (peer == null || !sameSecret(peer.row.secret(), attach.secret())) {
            effects.add(new MeetingEffect.Tell(
                    attach.from(), attach.peer(), new PeerWord.NotAttached(PeerWord.Refusal.UNKNOWN)));
        } else {
            attach(peer, attach);
        }
    }

    private static boolean sameSecret(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private void join(PeerWord.Attach attach) {
        if (peers.size() - 1 >= limits.maxClients()) {
            effects.add(new MeetingEffect.Tell(
                    attach.from(), attach.peer(), new PeerWord.NotAttached(PeerWord.Refusal.FULL)));
            return;
        }
        Peer peer = new Peer(new ServerRow.Peer(attach.peer(), attach.secret(), attach.resumable(), attach.who()));
        peer.connection = attach.from();
        peers.put(attach.peer(), peer);
        tell(peer, new PeerWord.Attached(0, 0, 0, serverInfo));
        effects.add(new MeetingEffect.Publish());
        deliver(peers.get(ServerRow.Peer.SERVER), new PeerWord.Joined(0, attach.peer(), attach.who()));
    }

    private void attach(Peer peer, PeerWord.Attach attach) {
        if (peer.connection != null && !peer.connection.equals(attach.from())) {
            tell(peer, new PeerWord.Replaced());
        }
        peer.connection = attach.from();
        peer.turn++;
        long seen = attach.seen() < 0 ? peer.taken : attach.seen();
        long lost = 0;
        if (peer.hasUnknownPast) {
            peer.hasUnknownPast = false;
            renumber(peer, seen);
        } else if (seen > peer.seq) {
            // a number that was never given: nothing of it can be trusted
            seen = peer.seq;
        }
        long firstKept = peer.kept.isEmpty() ? peer.seq + 1 : peer.kept.getFirst().seq();
        if (firstKept > seen + 1) {
            lost = firstKept - seen - 1;
            seen = firstKept - 1;
        }
        if (peer.mayHaveLost) {
            lost = -1;
            peer.hasBeenTold = attach.coming() == PeerWord.Coming.RESUMING;
        }
        peer.taken = seen;
        tell(peer, new PeerWord.Attached(seen, peer.received, lost, serverInfo));
        sayAgain(peer, seen);
    }

    /** What came for it before it found this meeting follows what it has. */
    private static void renumber(Peer peer, long seen) {
        List<PeerWord.Numbered> words = List.copyOf(peer.kept);
        peer.kept.clear();
        peer.seq = seen;
        words.forEach(word -> peer.kept.add(word.numbered(++peer.seq)));
    }

    private void sayAgain(Peer peer, long seen) {
        peer.kept.stream().filter(word -> word.seq() > seen).forEach(word -> tell(peer, word));
    }

    private void said(PeerWord.Said said) {
        connected(said.from(), said.peer()).ifPresent(sender -> {
            sender.received++;
            if (sender.hasBeenTold) {
                sender.mayHaveLost = false;
                sender.hasBeenTold = false;
            }
            Peer target = peers.get(said.to());
            boolean toServer = said.to().equals(ServerRow.Peer.SERVER);
            if (target == null || toServer == sender.row.isServer()) {
                ErrorCode code = gone.contains(said.to()) ? ErrorCode.PEER_GONE : ErrorCode.WRONG_TO;
                tell(sender, new PeerWord.Objected(code, said.to()));
            } else {
                deliver(target, new PeerWord.Deliver(0, sender.row.id(), said.type(), said.message()));
            }
        });
    }

    private void deliver(Peer peer, PeerWord.Numbered word) {
        PeerWord.Numbered numbered = word.numbered(++peer.seq);
        peer.kept.add(numbered);
        peer.keptBytes += numbered.cost();
        while (peer.keptBytes > limits.bufferBytes() && peer.kept.size() > 1) {
            peer.keptBytes -= peer.kept.removeFirst().cost();
        }
        tell(peer, numbered);
    }

    private static void forget(Peer peer, long upTo) {
        Iterator<PeerWord.Numbered> words = peer.kept.iterator();
        while (words.hasNext()) {
            PeerWord.Numbered word = words.next();
            if (word.seq() > upTo) {
                return;
            }
            peer.keptBytes -= word.cost();
            words.remove();
        }
    }

    private void tell(Peer peer, PeerWord word) {
        if (peer.connection != null) {
            effects.add(new MeetingEffect.Tell(peer.connection, peer.row.id(), word));
        }
    }

    private boolean canReturn(Peer peer) {
        return peer.row.resumable() && !limits.grace().isZero();
    }

    private void left(Peer peer, boolean forGood) {
        peer.connection = null;
        if (forGood || !canReturn(peer)) {
            leave(peer);
        } else {
            await(peer, limits.grace());
        }
    }

    private void await(Peer peer, Duration time) {
        peer.turn++;
        effects.add(new MeetingEffect.StartGrace(peer.row.id(), peer.turn, time));
    }

    private void leave(Peer peer) {
        if (peer.row.isServer()) {
            end();
            return;
        }
        peers.remove(peer.row.id());
        gone.add(peer.row.id());
        if (gone.size() > REMEMBERED) {
            gone.remove(gone.iterator().next());
        }
        effects.add(new MeetingEffect.Publish());
        deliver(peers.get(ServerRow.Peer.SERVER), new PeerWord.Gone(0, peer.row.id()));
    }

    private void end() {
        peers.values().forEach(peer -> tell(peer, new PeerWord.Over()));
        over = true;
        effects.add(new MeetingEffect.End());
    }
}
