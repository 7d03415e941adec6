//! The registry of fields a criteria document may use.
