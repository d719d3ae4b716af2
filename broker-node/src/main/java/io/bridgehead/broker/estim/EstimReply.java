package io.bridgehead.broker.estim;

import io.bridgehead.broker.session.Registration.Refusal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** What the broker says in the line protocol. Source: {@code protocols.md} §1. */
sealed interface EstimReply {

    /** The greeting. */
    record Info(int users) implements EstimReply {}

    record Registered(String id) implements EstimReply {}

    /** The protocol 2 form; no expiry: never, no nickname: the id. */
    record RegisteredV2(String id, Optional<LocalDate> expires, String nick) implements EstimReply {}

    record Failed(Refusal refusal) implements EstimReply {}

    /** The account got another PIN while this session ran. */
    record PinChanged() implements EstimReply {}

    /** To the callee: {@code caller} asks. */
    record Asked(String caller) implements EstimReply {}

    /** A line for the client to read. */
    record Notice(String text) implements EstimReply {}

    record Busy(String callee) implements EstimReply {}

    record Unavailable(String callee) implements EstimReply {}

    record Connected() implements EstimReply {}

    record Denied() implements EstimReply {}

    record Disconnected() implements EstimReply {}

    record UserList(List<String> visible, int total) implements EstimReply {}

    record Help() implements EstimReply {}

    /** When it is best to try again; said before the problem, for who acts on that at once. */
    record RetryIn(Duration time) implements EstimReply {}

    record Problem(String text) implements EstimReply {}
}
