package io.bridgehead.broker.relay;

import io.bridgehead.broker.listener.AcceptedTcp;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSession;

/** The name in a client's TLS hand-shake, RFC 6066 §3. Any thread. */
final class ServerName {

    private ServerName() {}

    /** In lower case; empty: the client gave none. */
    static Optional<String> of(AcceptedTcp accepted) {
        SSLSession tls = accepted.socket().sslSession();
        return tls instanceof ExtendedSSLSession known
                ? known.getRequestedServerNames().stream()
                        .filter(SNIHostName.class::isInstance)
                        .map(name -> ((SNIHostName) name).getAsciiName().toLowerCase(Locale.ROOT))
                        .findFirst()
                : Optional.empty();
    }
}
