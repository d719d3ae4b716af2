package io.bridgehead.broker;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** This test's class path laid out as {@code dist/} is: what a JVM keeps of a program must come from jars. */
public final class InstalledProgram {

    private InstalledProgram() {}

    /** Into an empty directory; answers its {@code bin/bridgehead}. */
    public static Path in(Path home) throws IOException {
        Path libraries = Files.createDirectory(home.resolve("lib"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (entry.endsWith(".jar")) {
                Files.createSymbolicLink(libraries.resolve(path.getFileName()), path.toAbsolutePath());
            } else if (path.endsWith("classes")) {
                jar(path, libraries.resolve(path.getParent().getParent().getFileName() + ".jar"));
            }
        }
        Path program = Files.createDirectory(home.resolve("bin")).resolve("bridgehead");
        return Files.copy(Path.of("src/dist/bin/bridgehead"), program);
    }

    private static void jar(Path classes, Path to) throws IOException {
        try (OutputStream file = Files.newOutputStream(to);
                JarOutputStream jar = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : files.filter(path -> !path.equals(classes)).toList()) {
                boolean isFile = Files.isRegularFile(each);
                jar.putNextEntry(new ZipEntry(classes.relativize(each) + (isFile ? "" : "/")));
                if (isFile) {
                    Files.copy(each, jar);
                }
            }
        }
    }
}
