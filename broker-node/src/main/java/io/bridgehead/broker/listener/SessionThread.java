package io.bridgehead.broker.listener;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of a session: its connection's event loop, which may change. Tasks that are posted while the connection
 * moves wait, and run on the new loop; one that was posted to the old loop finds its way. Any thread.
 */
public final class SessionThread {

    private final Transport transport;

    /** Between two event loops: tasks wait in {@link #postponed}. */
    private volatile boolean moving;

    private volatile Queue<Runnable> postponed;

    public SessionThread(Transport transport) {
        this.transport = transport;
    }

    public EventLoop eventLoop() {
        return transport.eventLoop();
    }

    public boolean isCurrent() {
        return !moving && transport.eventLoop().inEventLoop();
    }

    public void execute(Runnable task) {
        transport.eventLoop().execute(() -> run(task));
    }

    public ScheduledFuture<?> schedule(Runnable task, long millis) {
        return transport.eventLoop().schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
    }

    /** On what was the session's event loop when the task was posted. */
    private void run(Runnable task) {
        if (moving) {
            postponed.add(task);
            if (!moving) {
                // the move ended between the two looks, and may have missed this task
                execute(this::runPostponed);
            }
        } else if (transport.eventLoop().inEventLoop()) {
            task.run();
        } else {
            execute(task);
        }
    }

    /** On the session's thread; {@code moved} runs on the one it is then, before all that waits. */
    public void moveTo(EventLoop target, Runnable moved) {
        postponed = new ConcurrentLinkedQueue<>();
        moving = true;
        transport.moveTo(target, () -> {
            moving = false;
            moved.run();
            runPostponed();
        });
    }

    private void runPostponed() {
        for (Runnable task = postponed.poll(); task != null; task = postponed.poll()) {
            run(task);
        }
    }
}
