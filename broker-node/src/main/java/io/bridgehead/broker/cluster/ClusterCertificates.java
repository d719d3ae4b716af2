package io.bridgehead.broker.cluster;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * An authority for one cluster's bus, and a certificate of it for each node: EC P-256, PEM, keys readable by their owner
 * only. Writes {@code ca.pem}, {@code ca-key.pem}, {@code NAME.pem} and {@code NAME-key.pem}; never over a file.
 */
public final class ClusterCertificates {

    /** The authority signs for new nodes long after the first. */
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

    /** Clocks of two machines differ. */
    private static final Duration SKEW = Duration.ofHours(1);

    private static final AlgorithmIdentifier ECDSA_SHA256 =
            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.10045.4.3.2"));

    private final SecureRandom random;
    private final Instant now;

    public ClusterCertificates(SecureRandom random, InstantSource clock) {
        this.random = random;
        this.now = clock.instant();
    }

    /**
     * A node and by what names or addresses the others reach it.
     *
     * @param name of its files and in its certificate
     */
    public record Subject(String name, List<String> hosts) {

        public Subject {
            if (!name.matches("[A-Za-z0-9._-]{1,63}") || name.equals("ca")) {
                throw new IllegalArgumentException(
                        "node \"" + name + "\" (expected: 1..63 letters, digits, '-', '.', '_', and not ca)");
            }
            hosts = List.copyOf(hosts);
            for (String host : hosts) {
                if (!isAddress(host) && !host.matches("(?=.*[A-Za-z])[A-Za-z0-9._-]{1,253}")) {
                    throw new IllegalArgumentException("host \"" + host + "\" (expected: a host name or an IP address)");
                }
            }
        }
    }

    private record Authority(X500Name name, KeyPair keys) {}

    /**
     * Makes all of them, in a directory that is made when it is not there.
     *
     * @param life of the nodes' certificates; the authority's is ten years
     * @return the files, in the order of writing
     * @throws IOException when a file cannot be written or is there already; nothing is written in the latter case
     */
    public List<Path> write(Path directory, List<Subject> nodes, Duration life) throws IOException {
        Files.createDirectories(directory);
        for (String file : fileNames(nodes)) {
            if (Files.exists(directory.resolve(file))) {
                throw new IOException(directory.resolve(file) + ": is there already (expected: no such file)");
            }
        }
        try {
            Authority authority = new Authority(new X500Name("CN=Bridgehead cluster"), keys());
            List<Path> written = new ArrayList<>();
            byte[] own = sign(tbs(authority, authority.name(), authority.keys().getPublic(), AUTHORITY_LIFE,
                    authorityExtensions(authority)), authority);
            save(directory, "ca", own, authority.keys(), written);
            for (Subject node : nodes) {
                KeyPair keys = keys();
                byte[] certificate = sign(tbs(authority, new X500Name("CN=" + node.name()), keys.getPublic(), life,
                        nodeExtensions(node, keys, authority)), authority);
                save(directory, node.name(), certificate, keys, written);
            }
            return written;
        } catch (GeneralSecurityException impossible) {
            throw new IOException("this Java cannot make EC P-256 certificates: " + impossible.getMessage(), impossible);
        }
    }

    private static List<String> fileNames(List<Subject> nodes) {
        List<String> names = new ArrayList<>(List.of("ca.pem", "ca-key.pem"));
        nodes.forEach(node -> names.addAll(List.of(node.name() + ".pem", node.name() + "-key.pem")));
        return names;
    }

    private KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private TBSCertificate tbs(
            Authority issuer, X500Name subject, PublicKey key, Duration life, ExtensionsGenerator extensions) {
        V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
        tbs.setSerialNumber(new ASN1Integer(new BigInteger(127, random).setBit(126)));
        tbs.setSignature(ECDSA_SHA256);
        tbs.setIssuer(issuer.name());
        tbs.setStartDate(new Time(Date.from(now.minus(SKEW))));
        tbs.setEndDate(new Time(Date.from(now.plus(life))));
        tbs.setSubject(subject);
        tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
        tbs.setExtensions(extensions.generate());
        return tbs.generateTBSCertificate();
    }

    private static ExtensionsGenerator authorityExtensions(Authority authority)
            throws IOException, GeneralSecurityException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        // signs for nodes only, never for another authority
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        extensions.addExtension(
                Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(id(authority.keys().getPublic())));
        return extensions;
    }

    private static ExtensionsGenerator nodeExtensions(Subject node, KeyPair keys, Authority authority)
            throws IOException, GeneralSecurityException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        // each node is server of one connection and client of another
        extensions.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
        extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(
                node.hosts().stream().map(ClusterCertificates::generalName).toArray(GeneralName[]::new)));
        extensions.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(id(keys.getPublic())));
        extensions.addExtension(Extension.authorityKeyIdentifier, false,
                new AuthorityKeyIdentifier(id(authority.keys().getPublic())));
        return extensions;
    }

    private static GeneralName generalName(String host) {
        return new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private static byte[] id(PublicKey key) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-1")
                .digest(SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes());
    }

    private byte[] sign(TBSCertificate tbs, Authority authority) throws IOException, GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(authority.keys().getPrivate(), random);
        signature.update(tbs.getEncoded(ASN1Encoding.DER));
        ASN1EncodableVector certificate = new ASN1EncodableVector();
        for (ASN1Encodable part : List.of(tbs, ECDSA_SHA256, new DERBitString(signature.sign()))) {
            certificate.add(part);
        }
        return new DERSequence(certificate).getEncoded(ASN1Encoding.DER);
    }

    private static void save(Path directory, String name, byte[] certificate, KeyPair keys, List<Path> written)
            throws IOException {
        written.add(create(directory.resolve(name + ".pem"), "rw-r--r--", pem("CERTIFICATE", certificate)));
        written.add(create(directory.resolve(name + "-key.pem"), "rw-------",
                pem("PRIVATE KEY", keys.getPrivate().getEncoded())));
    }

    private static Path create(Path file, String mode, String text) throws IOException {
        // with its mode from the first moment
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        return Files.writeString(file, text, StandardOpenOption.WRITE);
    }

    private static String pem(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }
}
