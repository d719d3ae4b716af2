package io.bridgehead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bridgehead.relay.messages.Command;
import io.bridgehead.relay.messages.Hello;
import io.bridgehead.relay.messages.HostProcessHelloResponse;
import io.bridgehead.relay.messages.MessageType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A relay's host in the way of the seed's program: one command connection on which it says nothing, and a pool of data
 * connections that say Hello with a version. With a name it says more. Blocking; what does not come within ten seconds
 * does not come. One thread.
 */
final class RelayHost implements AutoCloseable {

    /** The pool of the seed's program. */
    static final int POOL = 10;

    private final int dataPort;
    private final Hello hello;
    private final RelayPipe commands;
    private final List<Data> pool = new ArrayList<>();

    /** A data connection, and what the relay said about it. */
    record Data(RelayPipe pipe, HostProcessHelloResponse welcome) {

        int session() {
            return welcome.getSessionId();
        }
    }

    private RelayHost(int dataPort, int commandPort, Hello hello) throws IOException {
        this.dataPort = dataPort;
        this.hello = hello;
        this.commands = RelayPipe.connect(commandPort);
    }

    /** As the seed's program does it. */
    static RelayHost old(TestNode node, int pool) throws IOException {
        return old(node.relayHosts(), node.relayCommands(), pool);
    }

    static RelayHost old(int dataPort, int commandPort, int pool) throws IOException {
        RelayHost host = new RelayHost(dataPort, commandPort, Hello.newBuilder().setVersion(1).build());
        host.refill(pool);
        return host;
    }

    /** One that names itself, on the same node with all its connections. */
    static RelayHost named(TestNode node, String service, String token, String hostId, int pool) throws IOException {
        return named(node, node, service, token, hostId, pool);
    }

    static RelayHost named(TestNode data, TestNode command, String service, String token, String hostId, int pool)
            throws IOException {
        return named(data.relayHosts(), command.relayCommands(), service, token, hostId, pool);
    }

    static RelayHost named(int dataPort, int commandPort, String service, String token, String hostId, int pool)
            throws IOException {
        Hello hello = Hello.newBuilder()
                .setVersion(1)
                .setService(service)
                .setToken(token)
                .setHostId(hostId)
                .build();
        RelayHost host = new RelayHost(dataPort, commandPort, hello);
        send(host.commands, hello);
        host.refill(pool);
        return host;
    }

    void refill(int count) throws IOException {
        for (int n = 0; n < count; n++) {
            pool.add(dial());
        }
    }

    /** A data connection that is not in the pool. */
    Data dial() throws IOException {
        RelayPipe pipe = RelayPipe.connect(dataPort);
        send(pipe, hello);
        byte[] answer = message(pipe).orElseThrow(() -> new AssertionError("refused"));
        return new Data(pipe, HostProcessHelloResponse.parseFrom(answer));
    }

    static void send(RelayPipe pipe, Hello hello) throws IOException {
        DataOutputStream out = new DataOutputStream(pipe.socket().getOutputStream());
        out.writeInt(hello.getSerializedSize());
        hello.writeTo(out);
        out.flush();
    }

    /** One message; empty: the relay closed instead. */
    static Optional<byte[]> message(RelayPipe pipe) throws IOException {
        DataInputStream in = new DataInputStream(pipe.socket().getInputStream());
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedByte() << 8 | in.readUnsignedByte();
        return Optional.of(in.readNBytes(length));
    }

    List<Data> pool() {
        return pool;
    }

    RelayPipe commands() {
        return commands;
    }

    Command command() throws IOException {
        return Command.parseFrom(message(commands).orElseThrow(() -> new AssertionError("no command")));
    }

    /** The next word on the command connection is that a client was assigned; its data connection leaves the pool. */
    Data assigned() throws IOException {
        Command command = command();
        assertThat(command.getMessageType()).isEqualTo(MessageType.CONNECTION_OPEN);
        int session = command.getOpenProperties().getAssignedToSession();
        Data data = pool.stream()
                .filter(each -> each.session() == session)
                .findFirst()
                .orElseThrow(() -> new AssertionError("session " + session + " is not in the pool"));
        pool.remove(data);
        return data;
    }

    /** The next word on the command connection is that this session's client has gone. */
    void expectDrop(Data data) throws IOException {
        Command command = command();
        assertThat(command.getMessageType()).isEqualTo(MessageType.CONNECTION_DROP);
        assertThat(command.getDropProperties().getSessionId()).isEqualTo(data.session());
    }

    @Override
    public void close() throws IOException {
        commands.close();
        for (Data data : pool) {
            data.pipe().close();
        }
    }
}
