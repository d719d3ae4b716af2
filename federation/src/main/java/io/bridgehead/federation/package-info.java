/**
 * Links between clusters that trust each other only so far. Knows no room and no Hazelcast; {@code broker-node} uses
 * this module, never the reverse.
 */
package io.bridgehead.federation;
