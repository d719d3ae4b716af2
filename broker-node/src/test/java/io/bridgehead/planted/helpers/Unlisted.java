package io.bridgehead.planted.helpers;

record Unlisted() {}
