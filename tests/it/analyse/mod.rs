//! Other methods, weights and agreement: reference vectors, definitions written out, and whatever comes.

mod agreement;
mod definitions;
mod fuzz;
mod spec;
mod vectors;
mod weights;
