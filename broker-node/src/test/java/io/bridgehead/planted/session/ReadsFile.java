package io.bridgehead.planted.session;

import java.io.InputStream;
import java.nio.file.Path;

record ReadsFile(Path path, InputStream stream) {}
