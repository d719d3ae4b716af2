package io.bridgehead.stranger;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads Java objects from the files of the directory {@code PAYLOADS} and prints what became of each. */
public final class Reader {

    private Reader() {}

    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        List<Path> payloads = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(System.getenv("PAYLOADS")))) {
            files.sorted().forEach(payloads::add);
        }
        for (Path payload : payloads) {
            System.out.println(payload.getFileName() + " " + outcome(Files.readAllBytes(payload)));
        }
        System.out.println("gadget " + (Gadget.wasRead() ? "ran" : "slept"));
    }

    private static String outcome(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            in.readObject();
            return "read";
        } catch (InvalidClassException refused) {
            return "refused";
        }
    }
}
