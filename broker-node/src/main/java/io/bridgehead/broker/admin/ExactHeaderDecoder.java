package io.bridgehead.broker.admin;

import io.netty.channel.ChannelPipeline;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * The HTTP/1 request decoder without the short cut for well-known header names, which takes {@code Content-Xength} for
 * {@code Content-Length} (CVE-2026-102479, in every vertx-core we can resolve): a proxy in front that does not would
 * see other message borders than we do. A request that bears both lengths is refused by Netty itself.
 *
 * <p>Reaches into Vert.x, because there is no public way; {@code HeaderHygieneTest} fails when that changes. To be
 * deleted with the first vertx-core that has the fix. One connection's event loop.
 */
final class ExactHeaderDecoder extends VertxHttpRequestDecoder {

    private static final String DECODER = "httpDecoder";

    private ExactHeaderDecoder(HttpServerOptions options) {
        super(options);
    }

    /** Puts it in the place of the connection's decoder; to be called from the server's connection handler. */
    static void install(HttpConnection connection, HttpServerOptions options) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        pipeline.replace(DECODER, DECODER, new ExactHeaderDecoder(options));
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        return new AsciiString(line, start, length, true);
    }
}
