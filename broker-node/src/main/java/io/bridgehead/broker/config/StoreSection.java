package io.bridgehead.broker.config;

import io.bridgehead.broker.config.Layers.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Section {@code store}, with the one secret of the configuration: it is in no message. */
final class StoreSection {

    /** Keys whose values every user of the machine could read on the command line. */
    static final Set<String> SECRETS = Set.of("store.password");

    private static final String URL = "jdbc:sqlite:FILE or jdbc:postgresql://HOST:PORT/NAME";
    private static final String HIDDEN = "(not shown)";

    private StoreSection() {}

    /** @param readFiles whether {@code store.password-file} is read; a command for operators need not */
    static StoreConfig read(Settings in, boolean readFiles) {
        String url = url(in);
        String user = in.text("store.user", "", 128);
        Optional<Found> password = in.find("store.password").filter(found -> !found.text().isEmpty());
        Optional<Found> file = in.find("store.password-file").filter(found -> !found.text().isBlank());
        if (password.isPresent() && file.isPresent()) {
            in.refuse("store.password-file", file.get(), "empty, or no store.password: only one of them");
        }
        String secret = password.map(Found::text)
                .or(() -> file.filter(found -> readFiles).map(found -> firstLine(in, found)))
                .orElse("");
        return new StoreConfig(url, user, secret);
    }

    private static String url(Settings in) {
        String fallback = "jdbc:sqlite:data/bridgehead.db";
        Optional<Found> found = in.find("store.url");
        boolean bearsPassword = found.map(url -> url.text().toLowerCase(Locale.ROOT).contains("password="))
                .orElse(false);
        if (bearsPassword) {
            in.refuse("store.url", new Found(HIDDEN, found.get().origin()), "no password in it; use store.password");
            return fallback;
        }
        return in.value("store.url", fallback, URL, text -> Optional.of(text)
                .filter(url -> url.matches("jdbc:(?:sqlite:|postgresql:)\\S+")));
    }

    private static String firstLine(Settings in, Found file) {
        try {
            return Files.readString(Path.of(file.text().strip())).lines().findFirst().orElse("");
        } catch (IOException unreadable) {
            in.refuse("store.password-file", file, "a readable text file");
            return "";
        }
    }
}
