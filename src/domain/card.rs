//! The anonymised face of a venture, and how far each card is coarsened.
