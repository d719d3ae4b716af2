package io.bridgehead.broker.bus;

import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.BridgeInfo;
import io.bridgehead.broker.model.BridgeMark;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionId;
import io.bridgehead.broker.model.SessionInfo;
import java.util.List;
import java.util.Optional;

/**
 * What nodes ask and tell each other so that an operator sees the whole cluster through any of them. An answer is a
 * message of its own, sent to the node that asked, and bears the question's number. Immutable, any thread.
 */
public sealed interface ViewMessage {

    /** The question's number, of the node that asks. */
    long question();

    /** Who says it. */
    NodeId from();

    /**
     * Which sessions do you have? In order of id.
     *
     * @param account only this account's
     * @param after only those behind this one
     * @param limit how many at most
     */
    record AskSessions(long question, NodeId from, Optional<AccountId> account, Optional<SessionId> after, int limit)
            implements ViewMessage {}

    /** Which bridges have begun on you? Oldest first, behind {@code after}, at most {@code limit}. */
    record AskBridges(long question, NodeId from, Optional<BridgeMark> after, int limit) implements ViewMessage {}

    /** Sessions; {@code more}: there are others behind them. */
    record SessionPage(long question, NodeId from, List<SessionInfo> rows, boolean more) implements ViewMessage {

        public SessionPage {
            rows = List.copyOf(rows);
        }

        /** With as many of the rows, from the first on, as one frame bears. */
        public static SessionPage cut(long question, NodeId from, List<SessionInfo> rows, boolean more) {
            List<SessionInfo> kept = ViewMessageCodec.fitting(rows, ViewMessageCodec::write);
            return new SessionPage(question, from, kept, more || kept.size() < rows.size());
        }
    }

    /** Bridges; {@code more}: there are others behind them. */
    record BridgePage(long question, NodeId from, List<BridgeInfo> rows, boolean more) implements ViewMessage {

        public BridgePage {
            rows = List.copyOf(rows);
        }

        /** With as many of the rows, from the first on, as one frame bears. */
        public static BridgePage cut(long question, NodeId from, List<BridgeInfo> rows, boolean more) {
            List<BridgeInfo> kept = ViewMessageCodec.fitting(rows, ViewMessageCodec::write);
            return new BridgePage(question, from, kept, more || kept.size() < rows.size());
        }
    }
}
