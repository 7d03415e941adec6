//! What the owner has asked about the own data, as the owner's status tells of it.

use super::{Action, Status, TOLD_OF_END_DAYS};
use crate::domain::text::Lang;
use crate::domain::time::Instant;

/// What the owner has asked about the own data, as far as the status tells of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// By when the first of what is open is answered; none when nothing is open.
    pub due_at: Option<Instant>,
    /// Whether something was answered, or ended otherwise, not long ago.
    pub is_answered: bool,
}

impl Asked {
    /// Adds a request: by when it is answered, and when it came to an end, if it has.
    pub fn add(&mut self, due_at: Instant, ended_at: Option<Instant>, now: Instant) {
        match ended_at {
            Some(at) => self.is_answered |= now <= at.plus_days(TOLD_OF_END_DAYS),
            None => self.due_at = Some(self.due_at.map_or(due_at, |first| first.min(due_at))),
        }
    }
}

impl Status {
    /// The status with one line about what the owner has asked, and where the answer is.
    #[must_use]
    pub fn with_requests(mut self, asked: &Asked, now: Instant) -> Self {
        // A day that has passed is no promise any more.
        let by = |lang, before: &str| {
            let due = asked.due_at.filter(|due| *due > now);
            due.map_or_else(String::new, |due| format!(" {before} {}", due.day_in_words(lang)))
        };
        let (id, en) = match (asked.due_at.is_some(), asked.is_answered) {
            (false, false) => return self,
            (false, true) => (
                "Permintaan Anda tentang data sudah dijawab; baca jawabannya di menu permintaan saya.".to_owned(),
                "What you asked about your data has been answered; read the answer under my requests.".to_owned(),
            ),
            (true, false) => (
                format!(
                    "Permintaan Anda tentang data sedang ditangani; jawabannya ada di menu permintaan saya{}.",
                    by(Lang::Id, "paling lambat")
                ),
                format!(
                    "What you asked about your data is being looked at; the answer will be under my requests{}.",
                    by(Lang::En, "by")
                ),
            ),
            (true, true) => (
                "Sebagian permintaan Anda tentang data sudah dijawab, yang lain sedang ditangani; lihat di menu permintaan saya."
                    .to_owned(),
                "Some of what you asked about your data has been answered, the rest is being looked at; see under my requests."
                    .to_owned(),
            ),
        };
        self.headline.id.push_str(&format!(" {id}"));
        self.headline.en.push_str(&format!(" {en}"));
        if !self.actions.contains(&Action::ReadRequests) {
            // What comes first stays first.
            self.actions.insert(self.actions.len().min(1), Action::ReadRequests);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::status::status;
    use crate::reference::rubric::sedaya_v1;

    #[test]
    fn what_is_open_or_was_just_answered_is_told_of() {
        let now = Instant::from_micros(0).plus_days(20_000);
        let told = |requests: &[(Instant, Option<Instant>)]| {
            let mut asked = Asked::default();
            requests.iter().for_each(|(due, ended)| asked.add(*due, *ended, now));
            status(sedaya_v1(), None, Ok(false)).with_requests(&asked, now)
        };
        let (open, late) = ((now.plus_days(3), None), (now.plus_days(-1), None));
        let (answered, old) = ((now, Some(now.plus_days(-30))), (now, Some(now.plus_days(-31))));
        assert_eq!(told(&[old]), told(&[]));
        assert!(
            told(&[open])
                .headline
                .id
                .contains("sedang ditangani; jawabannya ada di menu permintaan saya paling lambat")
        );
        assert!(!told(&[late]).headline.id.contains("paling lambat"));
        let done = told(&[answered, old]);
        assert!(done.headline.id.ends_with("baca jawabannya di menu permintaan saya."), "{}", done.headline.id);
        assert!(done.headline.en.ends_with("read the answer under my requests."), "{}", done.headline.en);
        assert_eq!(done.actions, [Action::ContactProgramme, Action::ReadRequests]);
        assert!(told(&[open, answered]).headline.id.contains("Sebagian"));
    }
}
