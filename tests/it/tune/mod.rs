//! Tuning aids: what-if, stability, tornado, SMAA.

mod compare;
mod smaa;
mod stability;
mod support;
mod tornado;
