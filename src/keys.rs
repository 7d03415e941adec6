//! Keys: signing, encryption at rest, keyed hashes, pseudonymous codes.
