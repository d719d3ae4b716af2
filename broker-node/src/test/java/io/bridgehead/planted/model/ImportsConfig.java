package io.bridgehead.planted.model;

import io.bridgehead.planted.config.Innocent0;

record ImportsConfig(Innocent0 other) {}
