package io.bridgehead.broker;

import io.bridgehead.broker.config.ConfigException;
import io.bridgehead.broker.config.HostAgentConfig;
import io.bridgehead.broker.config.HostAgentLoader;
import io.bridgehead.broker.hostagent.HostAgent;
import io.bridgehead.broker.listener.ListenFailure;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * The host agent as a process: SIGHUP, or a change in the files that its configuration names, makes it what they say;
 * the first SIGTERM or SIGINT drains it and ends it with exit code 0, a second one ends it at once with 143. The main
 * thread does all that.
 */
final class HostProcess {

    private static final Logger LOG = LoggerFactory.getLogger(HostProcess.class);
    private static final long LOOK_MILLIS = 2_000;

    private enum Asked { RELOAD, END }

    private final HostAgentLoader loader;
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>(16);
    private HostAgentConfig inUse;
    private HostAgentConfig seen;
    private String trouble = "";
    private String reported = "";

    HostProcess(HostAgentLoader loader) {
        this.loader = loader;
    }

    /** Until it has drained. @throws StartRefused when it cannot start */
    int run() {
        inUse = loader.load();
        seen = inUse;
        EndSignals.onFirst(() -> asked.offer(Asked.END));
        Signal.handle(new Signal("HUP"), signal -> asked.offer(Asked.RELOAD));
        HostAgent agent;
        try {
            agent = HostAgent.start(inUse);
        } catch (ListenFailure refused) {
            throw new StartRefused(refused.getMessage());
        }
        try {
            serve(agent);
            agent.drain().toCompletionStage().toCompletableFuture().join();
        } finally {
            agent.stop();
        }
        LOG.info("agent stopped");
        return 0;
    }

    private void serve(HostAgent agent) {
        try {
            while (true) {
                Asked next = asked.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (next == Asked.END) {
                    return;
                }
                look(agent, next == Asked.RELOAD);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** A change is believed when it is there at two looks: files are seldom written at once. A signal is believed. */
    private void look(HostAgent agent, boolean atOnce) {
        try {
            HostAgentConfig now = loader.load();
            trouble = "";
            reported = "";
            if (!now.equals(inUse) && (atOnce || now.equals(seen))) {
                agent.apply(now);
                inUse = now;
            }
            seen = now;
        } catch (ConfigException refused) {
            String problem = refused.getMessage();
            boolean lasts = atOnce || problem.equals(trouble);
            trouble = problem;
            if (lasts && !problem.equals(reported)) {
                reported = problem;
                refused.problems().forEach(each -> LOG.warn("the old configuration stays in use: {}", each.line()));
            }
        }
    }
}
