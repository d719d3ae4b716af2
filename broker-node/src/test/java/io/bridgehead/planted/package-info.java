/** A house in miniature that breaks every rule of the real one; {@code HouseTest} must see each breach. */
package io.bridgehead.planted;
