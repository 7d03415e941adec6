//! Consents: purposes, texts, what each one opens.
