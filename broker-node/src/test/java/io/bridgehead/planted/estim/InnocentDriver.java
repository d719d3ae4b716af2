package io.bridgehead.planted.estim;

import java.net.Socket;

/** Neither a session nor a codec. */
record InnocentDriver(Socket socket) {}
