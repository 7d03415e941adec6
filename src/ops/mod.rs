//! Use cases: everything that changes or reads the service comes through here.
