package io.bridgehead.broker.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How one class travels between nodes: named fields under a type name that stays when classes are renamed. A reader
 * takes the fields it knows, so a newer node may add some; a field is never removed or given another meaning, that
 * takes a new type name. Any thread.
 */
record CompactForm<T>(
        String typeName, Class<T> type, BiConsumer<CompactWriter, T> writer, Function<CompactReader, T> reader)
        implements CompactSerializer<T> {

    @Override
    public T read(CompactReader in) {
        return reader.apply(in);
    }

    @Override
    public void write(CompactWriter out, T value) {
        writer.accept(out, value);
    }

    @Override
    public String getTypeName() {
        return typeName;
    }

    @Override
    public Class<T> getCompactClass() {
        return type;
    }
}
