package io.bridgehead.broker.estim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The transcripts in {@code src/test/resources/estim} (its README has the form), whole and cut in every way. */
class EstimTranscriptTest {

    private static final Path DIRECTORY = Path.of("src/test/resources/estim");

    /** Longest transcript that is cut in every two places. */
    private static final int SHORT = 420;

    record Transcript(String name, ClientStream stream, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Transcript> transcripts() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> !file.endsWith("README.txt")).sorted().map(EstimTranscriptTest::read).toList()
                    .stream();
        }
    }

    @Test
    void thereAreTranscripts() throws IOException {
        assertThat(transcripts()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void wholeItGivesWhatIsWritten(Transcript transcript) {
        assertThat(DecoderTester.uncut(transcript.stream())).isEqualTo(transcript.expected());
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void theOracleAgrees(Transcript transcript) {
        assertThat(DecoderOracle.run(transcript.stream(), DecoderTester.MAX_LINE))
                .isEqualTo(withoutTexts(transcript.expected()));
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void cutAnywhereItGivesTheSame(Transcript transcript) {
        for (int cut = 0; cut <= transcript.stream().length(); cut++) {
            check(transcript, cut, cut);
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void cutInAnyTwoPlacesItGivesTheSame(Transcript transcript) {
        int length = Math.min(transcript.stream().length(), SHORT);
        for (int first = 0; first <= length; first++) {
            for (int second = first + 1; second <= length; second++) {
                check(transcript, first, second);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void byteByByteItGivesTheSame(Transcript transcript) {
        assertThat(DecoderTester.run(transcript.stream(), DecoderTester.MAX_LINE, cut -> true, Integer.MAX_VALUE))
                .isEqualTo(transcript.expected());
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void oneItemAtATimeItGivesTheSame(Transcript transcript) {
        assertThat(DecoderTester.run(transcript.stream(), DecoderTester.MAX_LINE, cut -> false, 1))
                .isEqualTo(transcript.expected());
    }

    private static void check(Transcript transcript, int first, int second) {
        List<String> items = DecoderTester.run(
                transcript.stream(),
                DecoderTester.MAX_LINE,
                cut -> cut == first || cut == second,
                Integer.MAX_VALUE);
        if (!items.equals(transcript.expected())) {
            assertThat(items).as("cut at %d and %d", first, second).isEqualTo(transcript.expected());
        }
    }

    static List<String> withoutTexts(List<String> items) {
        return items.stream()
                .map(item -> item.startsWith("error ") ? "error" : item.startsWith("fatal ") ? "fatal" : item)
                .toList();
    }

    private static Transcript read(Path file) {
        List<ClientStream.Part> parts = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (String line : linesOf(file)) {
            char kind = line.isEmpty() ? '#' : line.charAt(0);
            switch (kind) {
                case '#' -> {}
                case '>' -> parts.add(new ClientStream.Part.Bytes(ClientStream.unescape(line.substring(2))));
                case '.' -> parts.add(new ClientStream.Part.MessageEnd());
                case '=' -> parts.add(new ClientStream.Part.Switch(line.equals("= bridged")));
                case '<' -> expect(expected, line.substring(2));
                default -> throw new IllegalArgumentException(file + ": " + line);
            }
        }
        return new Transcript(file.getFileName().toString(), new ClientStream(parts), expected);
    }

    private static void expect(List<String> expected, String item) {
        boolean data = item.startsWith("data ");
        String text = data ? "data " + ClientStream.escape(ClientStream.unescape(item.substring(5))) : item;
        if (data && !expected.isEmpty() && expected.getLast().startsWith("data ")) {
            expected.set(expected.size() - 1, expected.getLast() + text.substring(5));
        } else {
            expected.add(item.startsWith("command ") ? unescaped(item) : text);
        }
    }

    private static String unescaped(String item) {
        return new String(ClientStream.unescape(item), StandardCharsets.UTF_8);
    }

    private static List<String> linesOf(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
