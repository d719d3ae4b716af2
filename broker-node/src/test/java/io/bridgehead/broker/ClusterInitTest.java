package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cluster init} as an operator uses it; what it makes is looked at by Java's own reader. */
class ClusterInitTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Path target;

    @BeforeEach
    void name() {
        target = directory.resolve("tls");
    }

    @Test
    void makesAnAuthorityAndACertificateForEachNode() throws Exception {
        assertThat(run("--nodes", "a,b", "--hosts", "10.0.0.1,a.example.org", "--days", "30")).isZero();

        X509Certificate authority = read("ca.pem");
        X509Certificate a = read("a.pem");
        PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        trust.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX").validate(
                CertificateFactory.getInstance("X.509").generateCertPath(List.of(a)), trust);
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(a.getBasicConstraints()).isEqualTo(-1);
        assertThat(a.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(a.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(a.getSubjectAlternativeNames().stream().map(name -> name.get(1).toString()))
                .containsExactly("a", "10.0.0.1", "a.example.org");
        assertThat(Duration.between(Clock.systemUTC().instant(), a.getNotAfter().toInstant()))
                .isBetween(Duration.ofDays(29), Duration.ofDays(30));
        assertThat(read("b.pem").getSubjectX500Principal().getName()).isEqualTo("CN=b");
    }

    @Test
    void keysAreForTheirOwnerOnly() throws Exception {
        run("--nodes", "a");

        for (String key : List.of("ca-key.pem", "a-key.pem")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve(key))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void whatIsThereStays() throws Exception {
        run("--nodes", "a");
        byte[] before = Files.readAllBytes(target.resolve("ca.pem"));
        Files.delete(target.resolve("a.pem"));

        assertThat(run("--nodes", "a")).isEqualTo(Bridgehead.FAILED);
        assertThat(err.toString()).contains("ca.pem: is there already (expected: no such file)");
        assertThat(Files.readAllBytes(target.resolve("ca.pem"))).isEqualTo(before);
        assertThat(target.resolve("a.pem")).doesNotExist();
    }

    @Test
    void wrongNamesAreMisuse() {
        assertThat(run("--nodes", "a b")).isEqualTo(Bridgehead.MISUSED);
        assertThat(run("--nodes", "ca")).isEqualTo(Bridgehead.MISUSED);
        assertThat(run("--hosts", "10.0.0.999")).isEqualTo(Bridgehead.MISUSED);
        assertThat(run("--days", "0")).isEqualTo(Bridgehead.MISUSED);
        assertThat(target).doesNotExist();
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(new String[] {"cluster", "init", "--out", target.toString()}, 0, all, 0, 4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        Surroundings process = new Surroundings(Map.of(), InputStream.nullInputStream(), Clock.systemUTC());
        NodeRunner none = (config, mode) -> {
            throw new AssertionError("no node is started");
        };
        return Bridgehead.commandLine(none, process, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all);
    }

    private X509Certificate read(String file) throws Exception {
        try (InputStream in = Files.newInputStream(target.resolve(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
