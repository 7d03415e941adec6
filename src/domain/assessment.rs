//! From ratings to dimension scores, readiness and confidence.
