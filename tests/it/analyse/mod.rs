//! Other methods, weights and agreement: reference vectors, definitions written out, and whatever comes.

mod agreement;
mod command;
mod definitions;
mod fuzz;
mod spec;
mod vectors;
mod weights;
