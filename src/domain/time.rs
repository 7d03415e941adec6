//! Instants: UTC, microseconds, always a parameter and never read from a database's clock.

use std::fmt;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, SecondsFormat, Utc, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::Lang;

const MONTHS_ID: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A point in time, UTC, in whole microseconds since 1970. Prints as RFC 3339: `2024-11-14T02:00:00.000000Z`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
    /// This instant moved by a number of seconds.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
    /// The calendar day in Jakarta (UTC+7, no summer time).
    pub fn jakarta_day(self) -> NaiveDate {
        self.plus_seconds(7 * 3600).utc().date_naive()
    }
    /// The first moment of a calendar day in Jakarta.
    pub fn start_of_jakarta_day(day: NaiveDate) -> Self {
        Self(day.and_time(NaiveTime::MIN).and_utc().timestamp_micros()).plus_seconds(-7 * 3600)
    }
    /// This instant moved by a number of whole days.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days * 24 * 3600)
    }
    /// The end of the day, in Jakarta, that is this many working days later. Saturdays and Sundays are none; public holidays
    /// are not known here.
    pub fn plus_working_days(self, days: u32) -> Self {
        let mut day = self.jakarta_day();
        let mut left = days;
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            left -= u32::from(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
        }
        Self::start_of_jakarta_day(day).plus_days(1)
    }
    /// The last day, in Jakarta, on which something may still be done whose time ends now, for people: `4 Desember 2026`. What ends
    /// at midnight ends with the day before.
    pub fn day_in_words(self, lang: Lang) -> String {
        in_words(Self(self.0.saturating_sub(1)).jakarta_day(), lang)
    }
    /// The minute in Jakarta, for people: `4 Desember 2026 pukul 10.30 WIB`.
    pub fn minute_in_words(self, lang: Lang) -> String {
        let day = in_words(self.jakarta_day(), lang);
        let into_the_day = self.micros() - Self::start_of_jakarta_day(self.jakarta_day()).micros();
        let minutes = into_the_day / 60_000_000;
        let (hour, minute) = (minutes / 60, minutes % 60);
        match lang {
            Lang::Id => format!("{day} pukul {hour:02}.{minute:02} WIB"),
            Lang::En => format!("{day}, {hour:02}:{minute:02} WIB"),
        }
    }
    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

fn in_words(day: NaiveDate, lang: Lang) -> String {
    let months = match lang {
        Lang::Id => MONTHS_ID,
        Lang::En => MONTHS_EN,
    };
    format!("{} {} {}", day.day(), months[day.month0() as usize], day.year())
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let parsed = DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(parsed.timestamp_micros()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_at_midnight_may_be_done_on_the_day_before() {
        let midnight = Instant::start_of_jakarta_day(NaiveDate::from_ymd_opt(2026, 12, 4).unwrap());
        assert_eq!(midnight.day_in_words(Lang::Id), "3 Desember 2026");
        assert_eq!(midnight.plus_seconds(1).day_in_words(Lang::En), "4 December 2026");
        assert_eq!(midnight.plus_seconds(9 * 3600 + 300).minute_in_words(Lang::Id), "4 Desember 2026 pukul 09.05 WIB");
        // Three working days from a Thursday end with the Tuesday.
        let thursday = midnight.plus_days(-1).plus_seconds(9 * 3600);
        assert_eq!(thursday.plus_working_days(3).day_in_words(Lang::Id), "8 Desember 2026");
    }
}
