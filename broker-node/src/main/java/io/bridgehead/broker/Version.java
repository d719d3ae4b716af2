package io.bridgehead.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version the jar was built with; "unknown" when it runs from class files. */
final class Version implements IVersionProvider {

    private static final String RESOURCE = "/META-INF/maven/io.bridgehead/broker-node/pom.properties";

    @Override
    public String[] getVersion() {
        return new String[] {"bridgehead " + current()};
    }

    static String current() {
        Properties properties = new Properties();
        try (InputStream resource = Version.class.getResourceAsStream(RESOURCE)) {
            if (resource != null) {
                properties.load(resource);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read " + RESOURCE + " from the class path", broken);
        }
        return properties.getProperty("version", "unknown");
    }
}
