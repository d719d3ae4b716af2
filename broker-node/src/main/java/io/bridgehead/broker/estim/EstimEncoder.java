package io.bridgehead.broker.estim;

import io.bridgehead.broker.session.Registration.Refusal;
import io.bridgehead.broker.wire.Encoder;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;

/** The line protocol's words. Source: {@code protocols.md} §1. Immutable, any thread. */
final class EstimEncoder implements Encoder<EstimReply> {

    private static final List<String> HELP = List.of(
            ";help:register=ID[;PIN[;v2;PROFILE]] - sign in",
            ";help:connect=ID - ask another user for a connection",
            ";help:accept=ID - accept the connection that ID asked for",
            ";help:reject=ID - refuse it",
            ";help:end - end the connection, or withdraw the request, and stay registered",
            ";help:quit - the same, and close",
            ";help:users - list the visible users",
            ";help:visible - be in that list",
            ";help:invisible - be left out of it",
            ";help:help - this list");

    private final String bannerName;
    private final String bannerVersion;

    EstimEncoder(String bannerName, String bannerVersion) {
        this.bannerName = bannerName;
        this.bannerVersion = bannerVersion;
    }

    @Override
    public List<String> lines(EstimReply reply) {
        return switch (reply) {
            case EstimReply.Info(int users) ->
                List.of(";info:%s %s - %s users registered - use ;help for assistance"
                        .formatted(bannerName, bannerVersion, Integer.toString(users)));
            case EstimReply.Registered(String id) -> List.of(";registered:" + id);
            case EstimReply.RegisteredV2 v2 ->
                List.of(";registered:%s;expires:%s;nick:%s"
                        .formatted(v2.id(), v2.expires().map(LocalDate::toString).orElse(""), v2.nick()));
            case EstimReply.Failed(Refusal refusal) -> List.of(";failed:" + failure(refusal));
            case EstimReply.PinChanged p -> List.of(";failed:4=PIN changed");
            case EstimReply.Asked(String caller) -> List.of(";connect=" + caller);
            case EstimReply.Notice(String text) -> List.of(";info:" + text);
            case EstimReply.Busy(String callee) -> List.of(";busy:" + callee);
            case EstimReply.Unavailable(String callee) -> List.of(";unavailable:" + callee);
            case EstimReply.Connected c -> List.of(";connected");
            case EstimReply.Denied d -> List.of(";denied");
            case EstimReply.Disconnected d -> List.of(";disconnected");
            case EstimReply.UserList(List<String> visible, int total) ->
                Stream.concat(visible.stream().map(";user:"::concat), Stream.of(";total:" + total)).toList();
            case EstimReply.Help h -> HELP;
            case EstimReply.RetryIn(Duration time) -> List.of(";info:try again in " + time.toMillis() + " ms");
            case EstimReply.Problem(String text) -> List.of(";error:" + text);
        };
    }

    private static String failure(Refusal refusal) {
        return switch (refusal) {
            case NO_ACCOUNT -> "1=no account found";
            case EXPIRED -> "2=subscription expired";
            case BANNED -> "3=banned";
            case WRONG_PIN -> "4=wrong PIN";
            case TOO_MANY_ATTEMPTS -> "5=too many attempts";
            case NO_ACCOUNT_OR_WRONG_PIN -> "1=no account found or wrong PIN";
        };
    }
}
