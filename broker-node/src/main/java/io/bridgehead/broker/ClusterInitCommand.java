package io.bridgehead.broker;

import io.bridgehead.broker.cluster.ClusterCertificates;
import io.bridgehead.broker.cluster.ClusterCertificates.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cluster init}: makes the certificates with which the nodes of one cluster know each other. */
@Command(
        name = "init",
        description = "Make a certificate authority, and a certificate for each node's event bus.",
        mixinStandardHelpOptions = true)
final class ClusterInitCommand implements Callable<Integer> {

    private static final int LONGEST_DAYS = 3650;

    private final Surroundings surroundings;

    @Spec
    private CommandSpec command;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the files go; made if missing.")
    private Path out;

    @Option(names = "--nodes", split = ",", defaultValue = "node", paramLabel = "NAME",
            description = "The nodes, each with files of its own; default: one for all, ${DEFAULT-VALUE}.")
    private List<String> nodes;

    @Option(names = "--hosts", split = ",", paramLabel = "HOST",
            description = "Further names or addresses, in every certificate.")
    private List<String> hosts = List.of();

    @Option(names = "--days", defaultValue = "365", paramLabel = "N",
            description = "Life of the nodes' certificates; default: ${DEFAULT-VALUE}.")
    private int days;

    ClusterInitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (days < 1 || days > LONGEST_DAYS) {
            throw misused("--days: " + days + " (expected: 1.." + LONGEST_DAYS + ")");
        }
        try {
            List<Path> written = new ClusterCertificates(new SecureRandom(), surroundings.clock())
                    .write(out, subjects(), Duration.ofDays(days));
            written.forEach(file -> command.commandLine().getOut().println(file));
            command.commandLine().getOut().println("Each node: cluster.tls.cert NAME.pem, cluster.tls.key NAME-key.pem,"
                    + " cluster.tls.ca ca.pem. Keep ca-key.pem off the nodes.");
            return 0;
        } catch (IOException refused) {
            throw new CommandFailed(refused.getMessage(), refused);
        }
    }

    private List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        for (String node : new LinkedHashSet<>(nodes)) {
            Set<String> names = new LinkedHashSet<>(List.of(node));
            names.addAll(hosts);
            try {
                subjects.add(new Subject(node, List.copyOf(names)));
            } catch (IllegalArgumentException wrong) {
                throw misused("--nodes, --hosts: " + wrong.getMessage());
            }
        }
        return subjects;
    }

    private ParameterException misused(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
