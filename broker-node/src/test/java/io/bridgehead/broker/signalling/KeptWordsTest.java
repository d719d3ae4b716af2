package io.bridgehead.broker.signalling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeptWordsTest {

    private static final int MAX_BYTES = 4096;

    private final KeptWords kept = new KeptWords(MAX_BYTES);

    private static PeerWord.Numbered word(long seq, int characters) {
        return new PeerWord.Deliver(seq, "peer", "candidate", "\"" + "ä".repeat(characters) + "\"");
    }

    @Test
    void aWordComesBackAsItWas() {
        List<PeerWord.Numbered> words = List.of(
                new PeerWord.Deliver(7, "peer", "offer", "{\"sdp\":\"\u20ac \ud83d\ude00\"}"),
                new PeerWord.Joined(8, "other", "ann"),
                new PeerWord.Gone(9, "other"));
        words.forEach(kept::add);
        assertThat(kept.after(0)).isEqualTo(words);
        assertThat(kept.after(-3)).isEqualTo(words);
        assertThat(kept.after(2)).isEqualTo(words.subList(2, 3));
        assertThat(kept.after(3)).isEmpty();
        assertThat(kept.after(0)).as("they are still there").isEqualTo(words);
    }

    @Test
    void theLastIsKeptWhateverItsLength() {
        kept.add(word(1, 10));
        kept.add(word(2, MAX_BYTES));
        assertThat(kept.after(0)).containsExactly(word(2, MAX_BYTES));
        kept.add(word(3, 10));
        assertThat(kept.after(0)).containsExactly(word(3, 10));
    }

    /** Beside a plain list of the words and of their lengths. */
    @Test
    void itKeepsTheLatestThatFit() {
        Random random = new Random(1);
        List<PeerWord.Numbered> all = new ArrayList<>();
        for (int n = 0; n < 5_000; n++) {
            PeerWord.Numbered word = word(n, random.nextInt(300));
            kept.add(word);
            all.add(word);
            while (bytes(all) > MAX_BYTES && all.size() > 1) {
                all.removeFirst();
            }
            if (random.nextInt(10) == 0) {
                int gone = random.nextInt(12);
                kept.removeFirst(gone);
                all.subList(0, Math.min(gone, all.size())).clear();
            }
            assertThat(kept.count()).isEqualTo(all.size());
            assertThat(kept.after(0)).isEqualTo(all);
        }
    }

    private static int bytes(List<PeerWord.Numbered> words) {
        return words.stream().mapToInt(word -> Integer.BYTES + PeerWordCodecTest.written(word).length).sum();
    }
}
