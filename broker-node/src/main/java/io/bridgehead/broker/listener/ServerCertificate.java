package io.bridgehead.broker.listener;

import io.bridgehead.broker.config.TlsFiles;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.impl.KeyStoreHelper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;

/** A certificate and its key, read from PEM files and found to belong together. */
record ServerCertificate(Pem pem, PemKeyCertOptions options, X509Certificate certificate) {

    private static final byte[] PROBE = "bridgehead".getBytes(StandardCharsets.US_ASCII);

    /** The bytes of both files. */
    record Pem(byte[] cert, byte[] key) {

        /** Blocks. */
        static Pem read(TlsFiles files) throws IOException {
            return new Pem(Files.readAllBytes(files.cert()), Files.readAllBytes(files.key()));
        }

        boolean sameAs(Pem other) {
            return other != null && Arrays.equals(cert, other.cert) && Arrays.equals(key, other.key);
        }
    }

    /** Blocks. @throws BadCertificate when the bytes are no certificate, no key, or no pair */
    static ServerCertificate of(Pem pem, Vertx vertx) throws BadCertificate {
        PemKeyCertOptions options =
                new PemKeyCertOptions().setCertValue(Buffer.buffer(pem.cert())).setKeyValue(Buffer.buffer(pem.key()));
        try {
            KeyStore store = options.loadKeyStore(vertx);
            String alias = Collections.list(store.aliases()).getFirst();
            X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
            requirePair((PrivateKey) store.getKey(alias, KeyStoreHelper.DUMMY_PASSWORD.toCharArray()), certificate);
            return new ServerCertificate(pem, options, certificate);
        } catch (Exception e) {
            // Vert.x declares Exception here: bad PEM arrives as VertxException, GeneralSecurityException, IOException ...
            throw new BadCertificate(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
        }
    }

    Instant expiry() {
        return certificate.getNotAfter().toInstant();
    }

    private static void requirePair(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not the certificate's");
        }
    }

    /** Why a certificate cannot be used; the message names no secret. */
    static final class BadCertificate extends Exception {
        BadCertificate(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
