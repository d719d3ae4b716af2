package io.bridgehead.broker.signalling;

import io.bridgehead.broker.listener.PlainAnswer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The demo page and the client for browsers, below {@code /demo/}, when {@code signalling.demo} says so; else 404. Its
 * content security policy has nothing from elsewhere and nothing inline. A browser asks each time whether a file is
 * still the same, so that after an update of the node no page mixes old and new. All in memory; any thread.
 */
final class DemoPage implements PlainAnswer.Source {

    private static final String ROOT = "/demo";

    private static final List<String> FILES = List.of(
            "index.html", "demo.css", "demo.js",
            "client/backoff.js", "client/emitter.js", "client/entry.js", "client/errors.js", "client/index.js",
            "client/line.js", "client/options.js", "client/outbox.js", "client/pace.js", "client/peer-link.js",
            "client/relay.js", "client/signalling.js");

    private static final Map<String, String> SAFE = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin");

    private record File(String type, String tag, Buffer content) {}

    private final Map<String, File> files = new LinkedHashMap<>();

    /** Reads the files from the class path; once, at start. */
    DemoPage(boolean on) {
        if (on) {
            FILES.forEach(name -> files.put(ROOT + "/" + name, read(name)));
            files.put(ROOT + "/", files.get(ROOT + "/index.html"));
        }
    }

    @Override
    public Optional<PlainAnswer> answer(PlainAnswer.Request request) {
        String path = request.path();
        if (path == null || !path.equals(ROOT) && !path.startsWith(ROOT + "/")) {
            return Optional.empty();
        }
        File file = files.get(path);
        if (file == null) {
            boolean moved = path.equals(ROOT) && !files.isEmpty();
            return Optional.of(moved
                    ? empty(308, Map.of("Location", ROOT + "/", "Cache-Control", "no-store"))
                    : empty(404, Map.of("Cache-Control", "no-store")));
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return Optional.of(empty(405, Map.of("Allow", "GET, HEAD")));
        }
        Map<String, String> headers = new LinkedHashMap<>(SAFE);
        headers.put("Cache-Control", "no-cache");
        headers.put("ETag", file.tag());
        if (List.of(request.ifNoneMatch().split("\\s*,\\s*")).contains(file.tag())) {
            return Optional.of(empty(304, headers));
        }
        headers.put("Content-Type", file.type());
        return Optional.of(new PlainAnswer(200, headers, file.content()));
    }

    private static PlainAnswer empty(int status, Map<String, String> headers) {
        return new PlainAnswer(status, headers, Buffer.buffer());
    }

    private static File read(String name) {
        String resource = "demo/" + name;
        try (InputStream in = DemoPage.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            byte[] content = in.readAllBytes();
            String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            return new File(type(name), '"' + hash.substring(0, 32) + '"', Buffer.buffer(content));
        } catch (IOException unreadable) {
            throw new IllegalStateException(resource + " cannot be read", unreadable);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static String type(String name) {
        String kind = switch (name.substring(name.lastIndexOf('.'))) {
            case ".js" -> "text/javascript";
            case ".css" -> "text/css";
            default -> "text/html";
        };
        return kind + "; charset=utf-8";
    }
}
