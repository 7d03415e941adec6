//! Nouns and rules a programme officer could read. No I/O, no clock, no database, no web.

pub mod actor;
pub mod assessment;
pub mod band;
pub mod canonical;
pub mod card;
pub mod consent;
pub mod criteria;
pub mod decimal;
pub mod fault;
pub mod field;
pub mod fixed;
pub mod id;
pub mod intake;
pub mod label;
pub mod life;
pub mod match_life;
pub mod money;
pub mod region;
pub mod right;
pub mod rubric;
pub mod scope;
pub mod sector;
pub mod status;
pub mod text;
pub mod time;
pub mod venture;
