package io.bridgehead.broker.bridge;

import io.bridgehead.broker.account.Verdict;
import io.bridgehead.broker.model.AccountId;
import io.bridgehead.broker.model.Credentials;
import io.vertx.core.Future;
import java.util.Optional;

/** What the switchboard asks the account service. Any thread; nothing blocks; a failed future: nobody could say. */
public interface Directory {

    Future<Verdict> admit(Credentials credentials);

    /** How an account stands that nobody signs in as now. */
    Future<Verdict> standing(AccountId account);

    /** The account that goes by this id or nickname. */
    Future<Optional<AccountId>> resolve(AccountId idOrAlias);

    /** Keeps the visibility with the account. */
    Future<?> setVisible(AccountId account, boolean visible);
}
