package io.bridgehead.broker.faults;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Many users in a process of their own, each from an address of his own: they register, and come back at once on the next
 * node when they are cut off; who is refused tries again when the broker says, or after 0.5 to 1.5 s. Prints how many are
 * in, and how often somebody was cut off or refused. On an empty line of input all drop their connections and come back
 * at once, on any other they come back one after the other. All on one event loop.
 */
final class CrowdProgram {

    private static final String RETRY_HINT = ";info:try again in ";
    /** A JVM's first hand-shakes take a hundred times as long as later ones: more at once would run into time-outs. */
    private static final int ARRIVING_AT_A_TIME = 64;

    private static final int PATIENCE_SECONDS = 20;
    private static final int CONNECT_MILLIS = 10_000;
    private static final int MAX_LINE = 1024;
    private static final int REPORT_MILLIS = 200;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Random random = new Random();
    private final Queue<Guest> waiting = new ArrayDeque<>();
    private final List<InetSocketAddress> nodes;
    private final String pin;
    private final Optional<SslContext> tls;
    private int arriving;
    private int in;
    private int cutOff;
    private int refused;
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final Set<ChannelHandlerContext> visits = new HashSet<>();

    private CrowdProgram(List<InetSocketAddress> nodes, String pin, Optional<SslContext> tls) {
        this.nodes = nodes;
        this.pin = pin;
        this.tls = tls;
    }

    /** Arguments: number of the first, how many, {@code tls} or {@code plain}, PIN or empty, nodes. */
    public static void main(String[] arguments) throws SSLException {
        int first = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        Optional<SslContext> tls = arguments[2].equals("tls")
                ? Optional.of(SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build())
                : Optional.empty();
        List<InetSocketAddress> nodes = Arrays.stream(arguments[4].split(","))
                .map(node -> node.split(":"))
                .map(node -> new InetSocketAddress(node[0], Integer.parseInt(node[1])))
                .toList();
        CrowdProgram crowd = new CrowdProgram(nodes, arguments[3], tls);
        crowd.come(first, count);
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))
                .lines()
                .forEach(line -> crowd.drop(!line.isEmpty()));
    }

    private void drop(boolean thenGently) {
        loop.execute(() -> {
            for (ChannelHandlerContext visit : List.copyOf(visits)) {
                ((Visit) visit.handler()).guest.gently = thenGently;
                visit.close();
            }
        });
    }

    private void come(int first, int count) {
        loop.execute(() -> {
            for (int n = first; n < first + count; n++) {
                waiting.add(new Guest(n));
            }
            letIn();
        });
        loop.scheduleAtFixedRate(this::report, REPORT_MILLIS, REPORT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The first time they come one after the other, the next times all at once. */
    private void letIn() {
        while (arriving < ARRIVING_AT_A_TIME && !waiting.isEmpty()) {
            arriving++;
            waiting.remove().come();
        }
    }

    private void report() {
        System.out.println("in=" + in + " cutOff=" + cutOff + " refused=" + refused + " " + refusals);
        System.out.flush();
    }

    private final class Guest extends ChannelInitializer<SocketChannel> {

        private final int number;
        private int tries;
        private boolean wasIn;
        private boolean gently;

        Guest(int number) {
            this.number = number;
        }

        void come() {
            // those of one node do not all go to the same next one
            int step = 1 + number / nodes.size() % Math.max(1, nodes.size() - 1);
            InetSocketAddress node = nodes.get((number + tries * step) % nodes.size());
            // 250 to a third byte: each has an address of his own, as people have
            SocketAddress self = new InetSocketAddress(
                    "127.%d.%d.%d".formatted(1 + number / 62_500, number / 250 % 250, 1 + number % 250), 0);
            ChannelFuture connecting = new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .handler(this)
                    .connect(node, self);
            connecting.addListener(done -> {
                if (!done.isSuccess()) {
                    again("connect: " + done.cause().getMessage(), 0);
                }
            });
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            tls.ifPresent(context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
            channel.pipeline().addLast(new LineBasedFrameDecoder(MAX_LINE), new Visit(this));
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        void registered() {
            in++;
            if (!wasIn) {
                wasIn = true;
                arriving--;
                letIn();
            }
        }

        void cutOff(String why) {
            in--;
            cutOff++;
            refusals.merge("cut off: " + why.replaceAll(": /.*", ""), 1, Integer::sum);
            if (gently) {
                gently = false;
                wasIn = false;
                waiting.add(this);
                letIn();
            } else {
                tries++;
                come();
            }
        }

        void again(String why, int hintMillis) {
            refused++;
            refusals.merge(why.replaceAll(": /.*", ""), 1, Integer::sum);
            tries++;
            int pause = hintMillis > 0 ? hintMillis : 500 + random.nextInt(1_000);
            loop.schedule(this::come, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** One connection of a guest. */
    private final class Visit extends SimpleChannelInboundHandler<ByteBuf> {

        private final Guest guest;
        private ScheduledFuture<?> patience;
        private boolean in;
        private int hintMillis;
        private String last = "closed";

        Visit(Guest guest) {
            this.guest = guest;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            patience = loop.next()
                    .schedule(
                            () -> {
                                last = "no answer";
                                context.close();
                            },
                            PATIENCE_SECONDS,
                            TimeUnit.SECONDS);
            if (tls.isEmpty()) {
                register(context);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                register(context);
            }
        }

        private void register(ChannelHandlerContext context) {
            String line = ";register=" + Crowd.user(guest.number) + (pin.isEmpty() ? "" : ";" + pin) + "\r\n";
            byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
            context.writeAndFlush(context.alloc().buffer(bytes.length).writeBytes(bytes));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
            String text = line.toString(StandardCharsets.UTF_8);
            if (text.startsWith(";registered:")) {
                patience.cancel(false);
                in = true;
                visits.add(context);
                guest.registered();
            } else if (text.startsWith(RETRY_HINT)) {
                hintMillis = Integer.parseInt(text.substring(RETRY_HINT.length()).replace(" ms", ""));
            } else if (!in && (text.startsWith(";error:") || text.startsWith(";failed:"))) {
                last = text;
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            last = cause.toString();
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (patience != null) {
                patience.cancel(false);
            }
            if (in) {
                in = false;
                visits.remove(context);
                guest.cutOff(last);
            } else {
                guest.again(last, hintMillis);
            }
        }
    }
}
