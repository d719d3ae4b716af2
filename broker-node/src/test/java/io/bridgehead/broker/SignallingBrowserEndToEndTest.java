package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.broker.Chromium.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages in a real browser, on two nodes, that reach each other by WebRTC. */
class SignallingBrowserEndToEndTest {

    @TempDir
    private static Path directory;

    private static TestCluster cluster;
    private static Chromium browser;
    private static String one;
    private static String two;

    @BeforeAll
    static void start() throws Exception {
        browser = Chromium.start(Files.createDirectory(directory.resolve("browser")));
        cluster = TestCluster.start(directory, 2, "signalling.demo=true");
        one = demo(0);
        two = demo(1);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static String demo(int node) {
        return "http://127.0.0.1:" + cluster.node(node).signalling() + "/demo/";
    }

    @Test
    void pagesOnTwoNodesTalkOverADataChannel() {
        Page server = browser.open(one);
        server.run("document.querySelector('#open button').click()");
        server.awaitTrue("document.querySelector('#link').hash.length > 1");
        String link = (String) server.run("document.querySelector('#link').hash");
        Page client = browser.open(two + link);
        client.run("document.querySelector('#join button').click()");

        for (Page page : new Page[] {server, client}) {
            page.awaitTrue("document.querySelector('#peers').textContent.match(/^[0-9a-f]{8}$/)");
        }
        say(client, "up the <b>hill</b>");
        server.awaitTrue("document.querySelector('#log').textContent.includes(': up the <b>hill</b>')");
        say(server, "and down");
        client.awaitTrue("document.querySelector('#log').textContent.includes(': and down')");

        // the broker is needed no more
        server.run("document.querySelector('#leave').click()");
        client.awaitTrue("document.querySelector('#peers').textContent === 'nobody yet'");
        assertThat(browser.complaints()).isEmpty();
    }

    private static void say(Page page, String text) {
        page.run("document.querySelector('#text').value = '%s'; document.querySelector('#say button').click()"
                .formatted(text));
    }

    @Test
    void channelsOutliveSignallingAndALostConnectionToIt() {
        Page server = browser.open(one);
        Page client = browser.open(two);
        String token = (String) server.run("""
                import('./client/index.js').then(async ({ openServer, linkPeer }) => {
                  window.heard = [];
                  window.failures = [];
                  window.server = openServer(location.origin);
                  window.server.on('peer-joined', ({ id }) => {
                    window.link = linkPeer(window.server, id, { onerror: (e) => window.failures.push(String(e)) });
                    window.link.connection.ondatachannel = ({ channel }) => {
                      channel.onmessage = ({ data }) => window.heard.push(data);
                      const mine = window.link.connection.createDataChannel('from the server');
                      mine.onopen = () => mine.send('from the server');
                    };
                  });
                  return (await window.server.ready()).id;
                })""");
        client.run("""
                import('./client/index.js').then(async ({ joinServer, linkPeer }) => {
                  window.heard = [];
                  window.failures = [];
                  window.client = joinServer(location.origin, '%s');
                  const { server } = await window.client.ready();
                  window.link = linkPeer(window.client, server, { onerror: (e) => window.failures.push(String(e)) });
                  window.link.connection.ondatachannel = ({ channel }) => {
                    channel.onmessage = ({ data }) => window.heard.push(data);
                  };
                  const mine = window.link.connection.createDataChannel('from the client');
                  mine.onopen = () => mine.send('from the client');
                })""".formatted(token));

        server.awaitTrue("window.heard.includes('from the client')");
        client.awaitTrue("window.heard.includes('from the server')");
        for (Page page : new Page[] {server, client}) {
            assertThat((String) page.run("window.failures.join()")).isEmpty();
        }

        // the channels outlive signalling, and a lost connection to it
        client.run("window.client.reconnect(); window.client.ready()");
        client.run("window.link.connection.restartIce()");
        client.awaitTrue("window.link.connection.signalingState === 'stable'");
        server.run("""
                window.more = window.link.connection.createDataChannel('more');
                window.more.onopen = () => window.more.send('after all that');""");
        client.awaitTrue("window.heard.includes('after all that')");
        assertThat((String) client.run("window.failures.join()")).isEmpty();
        server.run("window.server.close()");
        client.awaitTrue("window.client.state === 'closed'");
        assertThat(client.run("window.link.connection.connectionState")).isEqualTo("connected");
    }

    @Test
    void aPageOfAnOriginThatIsNotAllowedIsTold() throws Exception {
        try (TestNode strict = TestNode.start(Files.createDirectory(directory.resolve("strict")),
                "signalling.demo=true", "signalling.origins=https://app.example.org")) {
            Page page = browser.open("http://127.0.0.1:" + strict.signalling() + "/demo/");
            page.run("document.querySelector('#open button').click()");
            page.awaitTrue("document.querySelector('#state').textContent.startsWith('waiting (1006')");
        }
    }
}
