package io.bridgehead.planted.model;

import io.bridgehead.planted.bridge.Innocent3;

record ImportsUp(Innocent3 other) {}
