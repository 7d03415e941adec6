//! One-time codes, sent to an owner's phone: how long they live, how often one may be wrong, how many are sent.

crate::codes! {
    /// What a code is for.
    CodePurpose {
        /// To show that a phone is the owner's.
        Confirm = "confirm",
        /// To sign in.
        SignIn = "sign_in",
    }
}

/// For so many seconds a code works.
pub const LIVES: i64 = 600;

/// So often a code may be tried.
pub const TRIES: i32 = 5;

/// So many codes an hour are sent for an account to confirm phones, and to a phone for one address to sign in from.
pub const AN_HOUR: i32 = 5;

/// So many codes an hour are sent to a phone, whoever asks.
pub const TO_A_PHONE: i32 = 20;

/// For so many hours it is remembered that a code was sent.
pub const KEPT_HOURS: i64 = 24;

/// How many digits a code has.
pub const DIGITS: usize = 6;
