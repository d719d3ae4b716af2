package io.bridgehead.planted.bridge;

import java.sql.Connection;

record UsesJdbc(Connection connection) {}
