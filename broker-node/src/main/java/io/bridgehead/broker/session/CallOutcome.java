package io.bridgehead.broker.session;

/** How a call ended without a bridge, as the caller is told. */
public enum CallOutcome {
    /** The callee said no. */
    DENIED,
    /** The callee is bridged, or took another caller. */
    BUSY,
    /** Not registered here, or gone since. Unknown and offline are told alike. */
    UNAVAILABLE,
    /** The name turned out to be the caller's own. */
    SELF,
    /** Nobody could find out now. */
    TRY_AGAIN
}
