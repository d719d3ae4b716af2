package io.bridgehead.planted.estim;

import java.net.Socket;

record SocketSession(Socket socket) {}
