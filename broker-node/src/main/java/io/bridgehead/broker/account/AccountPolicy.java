package io.bridgehead.broker.account;

import io.bridgehead.broker.model.Entitlement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;

/**
 * Who gets in, as configured. Immutable, any thread; a reload makes a new one.
 *
 * @param mode what an unknown id is
 * @param requirePin whether everybody needs a PIN; strangers then learn nothing of who is a member
 * @param homeDomain the domain of bare ids and nicknames
 * @param defaultPlan the plan of accounts that name none, of temporary ones, and of those whose plan is gone
 * @param plans by name
 */
public record AccountPolicy(
        Mode mode, boolean requirePin, String homeDomain, String defaultPlan, Map<String, Plan> plans) {

    public enum Mode {
        /** Only accounts get in. */
        SUBSCRIPTION,
        /** An unknown id gets in as a temporary account. */
        OPEN
    }

    /**
     * What this package needs to know of a plan.
     *
     * @param version of its limits
     * @param grace how long an account still gets in after it expired
     */
    public record Plan(int version, Duration grace) {

        public Plan {
            if (grace.isNegative()) {
                throw new IllegalArgumentException("grace: %s (expected: not negative)".formatted(grace));
            }
        }
    }

    public AccountPolicy {
        plans = Map.copyOf(plans);
        if (!plans.containsKey(defaultPlan)) {
            throw new IllegalArgumentException(
                    "default plan: %s (expected: one of %s)".formatted(defaultPlan, new TreeSet<>(plans.keySet())));
        }
        if (requirePin && mode == Mode.OPEN) {
            throw new IllegalArgumentException(
                    "accounts.require-pin: true (expected: false with accounts.mode: open, where anybody gets in)");
        }
    }

    /**
     * What the account may do; its expiry has the plan's grace in it. An account whose plan is gone from the
     * configuration goes by the default plan: it has paid for something.
     */
    public Entitlement entitlement(Account account) {
        String name = plans.containsKey(account.plan()) ? account.plan() : defaultPlan;
        Plan plan = plans.get(name);
        return new Entitlement(
                account.id(),
                name,
                plan.version(),
                account.epoch(),
                account.expiresAt().map(end -> end.plus(plan.grace())),
                account.nickname(),
                account.visible(),
                account.pinMark());
    }
}
