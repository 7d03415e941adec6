//! What an owner may ask about their data (UU PDP 27/2022), what happens then, and by when a human answers.

use super::text::Words;
use super::time::Instant;

crate::codes! {
    /// What is asked.
    RequestKind {
        /// To see everything that is held.
        Access = "access",
        /// To have something put right.
        Rectify = "rectify",
        /// That no ranking decides alone: a human looks.
        Object = "object",
        /// That the data is kept and not used while something is cleared up.
        Restrict = "restrict",
        /// To be forgotten.
        Erase = "erase",
        /// That an assessment is wrong.
        Dispute = "dispute",
    }
    /// Where a request stands.
    RequestState {
        /// Received.
        Open = "open",
        /// Somebody is on it.
        InProgress = "in_progress",
        /// Ended: done, with an answer.
        Answered = "answered",
        /// Ended: not done, with the reason.
        Refused = "refused",
        /// Ended: what was asked holds no longer, on the owner's word.
        Lifted = "lifted",
    }
    /// How a request came in.
    RequestChannel {
        /// By the owner, signed in.
        App = "app",
        /// On the phone or in person.
        Spoken = "spoken",
        /// By letter, e-mail or message.
        Written = "written",
    }
}

/// Hours in which a request is answered.
const ANSWER_HOURS: i64 = 72;

/// Hours before the end in which it is told that the time is nearly over.
pub const WARNING_HOURS: i64 = 24;

/// Open requests that one owner has at most: more are no help to anybody.
pub const OPEN_AT_ONCE: i64 = 10;

/// By when a request is answered that was received at a time.
pub const fn due_at(received: Instant) -> Instant {
    received.plus_seconds(ANSWER_HOURS * 3600)
}

impl RequestState {
    /// Whether it has ended.
    pub const fn is_resolved(self) -> bool {
        matches!(self, Self::Answered | Self::Refused | Self::Lifted)
    }

    /// Whether what was asked holds: until it is answered, and from then on, if it was granted, until it is lifted.
    pub const fn holds(self) -> bool {
        !matches!(self, Self::Refused | Self::Lifted)
    }

    /// Whether a request that stands here can come to stand there: forwards only.
    pub const fn leads_to(self, to: Self) -> bool {
        match self {
            Self::Open => true,
            Self::InProgress => !matches!(to, Self::Open),
            Self::Answered => matches!(to, Self::Lifted),
            Self::Refused | Self::Lifted => false,
        }
    }
}

impl RequestKind {
    /// Whether it says nothing without words: what is wrong.
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Rectify | Self::Dispute)
    }

    /// What happens with a request that has been received; and what does not.
    pub const fn effect(self) -> Words {
        match self {
            Self::Access => Words::new(
                "Semua data tentang usaha Anda dapat dibaca sendiri di menu data saya. Staf menghubungi Anda paling lambat 3x24 jam bila Anda memerlukan bantuan membacanya.",
                "You can read all data about your business yourself under my data. Staff get in touch within 72 hours to help you read it.",
            ),
            Self::Rectify => Words::new(
                "Staf memeriksa bagian yang Anda sebut dan memperbaikinya, atau menjelaskan mengapa tidak, paling lambat 3x24 jam.",
                "Staff check what you named and put it right, or say why not, within 72 hours.",
            ),
            Self::Object => Words::new(
                "Seorang petugas, bukan mesin, meninjau bagaimana usaha Anda dibandingkan dan menjawab paling lambat 3x24 jam. Sementara itu usaha Anda tetap tampil; pilih pembatasan bila ingin tidak tampil dulu.",
                "A person, not a machine, looks at how your business was compared and answers within 72 hours. Meanwhile your business stays on lists; ask for a restriction if you want it off them.",
            ),
            Self::Restrict => Words::new(
                "Usaha Anda tidak tampil dalam daftar mulai sekarang. Staf menjawab paling lambat 3x24 jam; bila dikabulkan, usaha tetap tidak tampil sampai Anda minta tampil lagi. Data tetap tersimpan; perkenalan yang sudah Anda setujui tetap berjalan.",
                "Your business is off every list from now on. Staff answer within 72 hours; if it is granted, it stays off until you ask for it to appear again. The data is kept; introductions that you agreed to go on.",
            ),
            Self::Erase => Words::new(
                "Usaha Anda tidak tampil dalam daftar mulai sekarang. Staf menghubungi Anda paling lambat 3x24 jam untuk memastikan, lalu menghapus semua data pribadi. Yang sudah dihapus tidak dapat dikembalikan.",
                "Your business is off every list from now on. Staff get in touch within 72 hours to make sure, and then erase all personal data. What is erased cannot be brought back.",
            ),
            Self::Dispute => Words::new(
                "Seorang petugas meninjau penilaian yang Anda sebut dan menjawab paling lambat 3x24 jam. Nilai lama tetap berlaku sampai ada koreksi.",
                "A person looks at the rating that you named and answers within 72 hours. The old rating counts until it is corrected.",
            ),
        }
    }

    /// Whether a venture stays off lists as long as such a request [holds](RequestState::holds).
    pub const fn keeps_off_lists(self) -> bool {
        matches!(self, Self::Restrict | Self::Erase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_forwards_only() {
        for from in RequestState::ALL {
            for to in RequestState::ALL {
                let forwards = from <= to && !from.is_resolved();
                // What was granted can still be lifted.
                let lifts = (*from, *to) == (RequestState::Answered, RequestState::Lifted);
                assert_eq!(from.leads_to(*to), forwards || lifts, "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn what_was_granted_holds_until_it_is_lifted() {
        let holds = RequestState::ALL.iter().copied().filter(|state| state.holds());
        let wanted = [RequestState::Open, RequestState::InProgress, RequestState::Answered];
        assert_eq!(holds.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn three_days_to_answer() {
        assert_eq!(due_at(Instant::from_micros(0)), Instant::from_micros(0).plus_days(3));
    }
}
