package io.bridgehead.broker.listener;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Epoll that keeps a connection enrolled while it waits for nothing. Netty (4.2.18) takes it out then, and believes it in
 * all the same: a connection whose reading is held when its peer ends its half waits for nothing, and the first write
 * after that which the kernel does not take whole closes it, over all that is queued. Each handler is one event loop's.
 */
final class EnrolledEpoll implements IoHandler {

    /** Told of its end once; the kernel adds errors by itself. */
    private static final EpollIoOps NOTHING = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

    private final IoHandler epoll;

    private EnrolledEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    /** @param epoll makes Netty's own handlers */
    static IoHandlerFactory factory(IoHandlerFactory epoll) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new EnrolledEpoll(epoll.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return epoll.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Enrolment(epoll.register(handle));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return epoll.isCompatible(type);
    }

    private static final class Enrolment implements IoRegistration {

        private final IoRegistration registration;
        /** Before its first wish a connection is not in epoll, nor may it be: it may not be connected. */
        private boolean enrolled;

        Enrolment(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public long submit(IoOps wishes) {
            if (!EpollIoOps.NONE.equals(wishes)) {
                enrolled = true;
                return registration.submit(wishes);
            }
            return enrolled ? registration.submit(NOTHING) : registration.submit(wishes);
        }

        @Override
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
