package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import io.bridgehead.stranger.Gadget;
import io.bridgehead.stranger.Reader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that {@code bin/bridgehead} starts, with all its flags, but that it reads the objects we give it. */
class SerialFilterTest {

    /** Calls what it stands for: with a class of ours in its place, a payload's first step. */
    private static final class Handler implements InvocationHandler, Serializable {

        private static final long serialVersionUID = 1;

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return null;
        }
    }

    @TempDir
    Path directory;

    private Path payloads;

    @BeforeEach
    void directories() throws IOException {
        payloads = Files.createDirectories(directory.resolve("payloads"));
    }

    private void payload(String name, Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        Files.write(payloads.resolve(name), bytes.toByteArray());
    }

    @Test
    void whatMembersTellEachOtherIsReadAndNothingElse() throws Exception {
        payload("bad-array-deep", new Gadget[][] {{}});
        payload("bad-array-empty", new Gadget[0]);
        payload("bad-array-of-objects", new Object[] {new Gadget()});
        payload("bad-in-list", new ArrayList<>(List.of(new Gadget())));
        payload("bad-map", new HashMap<>(Map.of("a", "b")));
        payload("bad-nested", nested(40));
        payload("bad-plain", new Gadget());
        payload("bad-proxy", Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Runnable.class}, new Handler()));
        payload("bad-url", URI.create("http://example.org/").toURL());
        payload("good-failure", new ExecutionException(new IllegalStateException(
                "no", new RetryableHazelcastException("later", new TimeoutException()))));
        payload("good-inactive", new HazelcastInstanceNotActiveException());
        IOException suppressing = new IOException("closed");
        suppressing.addSuppressed(new InterruptedException());
        payload("good-suppressed", suppressing);

        List<String> told = run("serve");

        assertThat(told).containsExactly(
                "bad-array-deep refused",
                "bad-array-empty refused",
                "bad-array-of-objects refused",
                "bad-in-list refused",
                "bad-map refused",
                "bad-nested refused",
                "bad-plain refused",
                "bad-proxy refused",
                "bad-url refused",
                "good-failure read",
                "good-inactive read",
                "good-suppressed read",
                "gadget slept");
        assertThat(run("sessions")).contains("bad-plain refused", "gadget slept");
    }

    private static Object nested(int depth) {
        Object inner = new ArrayList<>();
        for (int n = 0; n < depth; n++) {
            inner = new ArrayList<>(List.of(inner));
        }
        return inner;
    }

    /** A java that runs the real one with the launcher's flags, but for the class path and the class. */
    private List<String> run(String command) throws Exception {
        Path home = directory.resolve("home");
        Files.createDirectories(home.resolve("lib"));
        Path launcher = Files.createDirectories(home.resolve("bin")).resolve("bridgehead");
        Files.deleteIfExists(launcher);
        Files.copy(Path.of("src/dist/bin/bridgehead"), launcher);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path jdk = directory.resolve("jdk");
        Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + Runtime.version().feature() + "\"\n");
        Files.writeString(java, """
                #!/bin/sh
                for each; do
                    shift
                    case $each in
                        */lib/\\*) each=$READER_PATH ;;
                        io.bridgehead.broker.Bridgehead) each=%s ;;
                    esac
                    set -- "$@" "$each"
                done
                exec "$REAL_JAVA" "$@"
                """.formatted(Reader.class.getName()));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path out = directory.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), command)
                .redirectOutput(out.toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().putAll(Map.of(
                "JAVA_HOME", jdk.toString(),
                "REAL_JAVA", ProcessHandle.current().info().command().orElseThrow(),
                "READER_PATH", System.getProperty("java.class.path"),
                "PAYLOADS", payloads.toString()));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(directory.resolve("err"))).isZero();
        return Files.readAllLines(out);
    }
}
