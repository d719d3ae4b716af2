package io.bridgehead.broker.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes between 1 and 1 GiB: {@code 4096}, {@code 64KiB} or {@code 1MiB}. */
final class ByteCount implements ITypeConverter<Integer> {

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})(|KiB|MiB)");

    @Override
    public Integer convert(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            long unit = switch (form.group(2)) {
                case "KiB" -> 1L << 10;
                case "MiB" -> 1L << 20;
                default -> 1L;
            };
            long bytes = Long.parseLong(form.group(1)) * unit;
            if (bytes <= 1L << 30) {
                return (int) bytes;
            }
        }
        throw new TypeConversionException("'%s' (expected: bytes up to 1024MiB, like 64KiB)".formatted(text));
    }
}
