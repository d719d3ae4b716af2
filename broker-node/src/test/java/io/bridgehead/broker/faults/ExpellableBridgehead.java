package io.bridgehead.broker.faults;

import com.hazelcast.core.Hazelcast;
import io.bridgehead.broker.Bridgehead;
import sun.misc.Signal;

/** Bridgehead in a process whose Hazelcast ends on SIGUSR2, as by itself when a join is refused after a merge. */
final class ExpellableBridgehead {

    private ExpellableBridgehead() {}

    public static void main(String[] arguments) throws Exception {
        Signal.handle(
                new Signal("USR2"),
                signal -> Hazelcast.getAllHazelcastInstances()
                        .forEach(member -> member.getLifecycleService().terminate()));
        Bridgehead.main(arguments);
    }
}
