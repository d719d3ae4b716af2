package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.TlsFiles;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Self-signed certificates in PEM files, and clients that look at what they get. */
final class TestCertificate {

    private TestCertificate() {}

    static X509Bundle withSerial(long serial) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=broker.example.org")
                .addSanDnsName("broker.example.org")
                .setIsCertificateAuthority(true)
                .serial(BigInteger.valueOf(serial))
                .buildSelfSigned();
    }

    static TlsFiles files(Path directory) {
        return new TlsFiles(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    }

    static void write(X509Bundle bundle, TlsFiles files) throws IOException {
        Files.writeString(files.cert(), bundle.getCertificatePEM());
        Files.writeString(files.key(), bundle.getPrivateKeyPEM());
    }

    /** A TLS connection with its hand-shake done, to whatever certificate. */
    static SSLSocket handshake(int port, String... protocols) throws Exception {
        SSLSocket socket = (SSLSocket) trusting().createSocket("127.0.0.1", port);
        socket.setSoTimeout(15_000);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    /** Of clients that believe any server. */
    static SSLSocketFactory trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAnything()}, new SecureRandom());
        return context.getSocketFactory();
    }

    static long serialOf(SSLSocket socket) throws Exception {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber().longValue();
    }

    private static final class TrustAnything implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
