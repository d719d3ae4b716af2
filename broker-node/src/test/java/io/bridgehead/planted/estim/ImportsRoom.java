package io.bridgehead.planted.estim;

import io.bridgehead.planted.relay.Innocent5;

record ImportsRoom(Innocent5 other) {}
