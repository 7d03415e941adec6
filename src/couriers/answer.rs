//! What an attempt came to, read from the answer.

use chrono::DateTime;

use crate::domain::delivery::DeliveryFailure;
use crate::domain::time::Instant;
use crate::ops::outbox::Attempt;
use crate::outbound::{Answered, Failure};

/// An answer, or the lack of one, in the words of the outbox.
pub(super) fn read(answer: Result<Answered, Failure>, now: Instant) -> Attempt {
    match answer {
        Ok(answered) => Attempt {
            status: Some(answered.status),
            failure: (!(200..300).contains(&answered.status)).then_some(DeliveryFailure::Status),
            pause: answered.retry_after.and_then(|text| pause(&text, now)),
        },
        Err(failure) => Attempt { status: None, failure: Some(word(failure)), pause: None },
    }
}

/// The seconds that a `Retry-After` asks for: a number of them, or a date (RFC 9110 §10.2.3).
fn pause(text: &str, now: Instant) -> Option<i64> {
    let until = |date: DateTime<_>| date.timestamp() - now.seconds();
    text.trim().parse().ok().or_else(|| DateTime::parse_from_rfc2822(text.trim()).ok().map(until))
}

/// A failure in the words of the delivery log.
const fn word(failure: Failure) -> DeliveryFailure {
    match failure {
        Failure::Url | Failure::Scheme | Failure::Credentials | Failure::Port => DeliveryFailure::Url,
        Failure::Address => DeliveryFailure::Address,
        Failure::Late => DeliveryFailure::Late,
        Failure::Status(_) => DeliveryFailure::Status,
        Failure::Connection | Failure::TooLong | Failure::Broken => DeliveryFailure::Connection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_of_seconds_or_a_date() {
        let now = Instant::from_micros(1_731_550_000_000_000);
        assert_eq!(pause("120", now), Some(120));
        assert_eq!(pause(" 0 ", now), Some(0));
        assert_eq!(pause("Thu, 14 Nov 2024 02:08:40 GMT", now), Some(120));
        for odd in ["", "soon", "1.5", "99999999999999999999"] {
            assert_eq!(pause(odd, now), None, "{odd}");
        }
    }
}
