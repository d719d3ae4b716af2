package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.Account;
import io.bridgehead.broker.account.AccountPolicy;
import io.bridgehead.broker.bridge.Explanation.Rule;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.NodeId;
import io.bridgehead.broker.model.SessionInfo;
import io.bridgehead.broker.presence.Presence;
import io.bridgehead.broker.presence.PresenceRegistry;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Says of a caller and a callee whether a connect would work now, and which rule is against it. It asks every rule,
 * also after the first "no", and changes nothing.
 *
 * <p>Fails only with what the account look-ups fail with; a presence registry or a session's node that cannot answer is
 * itself a rule that says no. Any thread; completes on any thread, within some 10 s at worst.
 */
public final class Explain {

    private final Supplier<AccountPolicy> policies;
    private final Function<AccountId, Future<Optional<Account>>> accounts;
    private final Function<AccountId, Future<Optional<AccountId>>> names;
    private final PresenceRegistry presence;
    private final ClusterView view;
    private final InstantSource clock;

    /**
     * @param policies the policy of the moment: whether an unknown id is let in, and the grace of each plan
     * @param accounts look-up by id
     * @param names look-up by id or alias (a nickname in id form), empty when nobody has it
     * @param presence who is registered where
     * @param view the sessions of all nodes
     * @param clock tells which accounts have expired
     */
    public Explain(
            Supplier<AccountPolicy> policies,
            Function<AccountId, Future<Optional<Account>>> accounts,
            Function<AccountId, Future<Optional<AccountId>>> names,
            PresenceRegistry presence,
            ClusterView view,
            InstantSource clock) {
        this.policies = policies;
        this.accounts = accounts;
        this.names = names;
        this.presence = presence;
        this.view = view;
        this.clock = clock;
    }

    /** Asks every rule; {@code callee} may be an alias, {@code caller} may not. */
    public Future<Explanation> explain(AccountId caller, AccountId callee) {
        List<Rule> rules = new ArrayList<>();
        return party("caller", caller, rules)
                .compose(done -> names.apply(callee))
                .compose(found -> {
                    AccountId who = found.orElse(callee);
                    rules.add(name(callee, found));
                    rules.add(new Rule("callee-not-caller", !who.equals(caller), who.equals(caller)
                            ? caller + " would call itself" : "caller and callee differ"));
                    return party("callee", who, rules);
                })
                .map(done -> new Explanation(rules));
    }

    private Rule name(AccountId callee, Optional<AccountId> found) {
        return new Rule("callee-name", found.isPresent() || !accountRequired(), found
                .map(id -> id.equals(callee) ? callee + " is an account's id" : callee + " is a name of " + id)
                .orElse("nobody goes by the id or nickname " + callee));
    }

    private Future<Void> party(String role, AccountId id, List<Rule> rules) {
        return accounts.apply(id)
                .map(account -> rules.addAll(accountRules(role, id, account)))
                .compose(added -> presence.find(id)
                        .compose(row -> presenceRules(role, id, row))
                        .map(rules::addAll)
                        .otherwise(failure -> rules.add(new Rule(role + "-registered", false,
                                "the presence registry cannot answer now: try again"))))
                .mapEmpty();
    }

    private List<Rule> accountRules(String role, AccountId id, Optional<Account> found) {
        if (found.isEmpty()) {
            boolean required = accountRequired();
            return List.of(new Rule(role + "-account", !required, required
                    ? "no account " + id : "no account " + id + "; accounts.mode is open, so none is needed"));
        }
        Account account = found.get();
        Optional<Instant> end = policies.get().entitlement(account).expiresAt();
        boolean expired = end.filter(over -> !over.isAfter(clock.instant())).isPresent();
        return List.of(
                new Rule(role + "-account", true, "account " + id + ", plan " + account.plan()),
                new Rule(role + "-not-banned", account.ban().isEmpty(), account.ban()
                        .map(reason -> "banned: " + reason.text()).orElse("not banned")),
                new Rule(role + "-not-expired", !expired, account.expiresAt()
                        .map(paid -> (expired ? "expired at " : "paid until ") + paid + grace(paid, end.orElse(paid)))
                        .orElse("never expires")));
    }

    private static String grace(Instant paid, Instant end) {
        return end.equals(paid) ? "" : ", with the plan's grace until " + end;
    }

    private boolean accountRequired() {
        return policies.get().mode() == AccountPolicy.Mode.SUBSCRIPTION;
    }

    private Future<List<Rule>> presenceRules(String role, AccountId id, Optional<Presence> found) {
        if (found.isEmpty()) {
            return Future.succeededFuture(
                    List.of(new Rule(role + "-registered", false, id + " is not registered on any node")));
        }
        Presence row = found.get();
        return view.session(row.address(), id).map(seen -> sessionRules(role, row, seen));
    }

    private static List<Rule> sessionRules(String role, Presence row, ClusterView.Seen seen) {
        NodeId node = row.address().node();
        String session = "session " + row.address().session() + " on node " + node;
        Rule registered = new Rule(role + "-registered", true, session + " since " + row.since());
        String bridged = role + "-not-bridged";
        return switch (seen) {
            case ClusterView.Seen.Gone g -> List.of(
                    new Rule(role + "-registered", false, "the registry names " + session + ", which is gone"));
            case ClusterView.Seen.Running(SessionInfo info) -> List.of(
                    registered,
                    new Rule(bridged, info.partner().isEmpty(),
                            info.partner().map(name -> "bridged with " + name).orElse("not bridged")));
            case ClusterView.Seen.NoAnswer n -> List.of(
                    registered, new Rule(bridged, false, "node " + node + " does not answer now: try again"));
            case ClusterView.Seen.Untold u -> List.of(
                    registered,
                    new Rule(bridged, true, "on node " + node + " of an older version, which alone knows"));
        };
    }
}
