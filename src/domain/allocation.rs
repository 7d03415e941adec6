//! A matching day: who meets whom, or who gets which exclusive place, and why somebody is left out.

use super::text::Words;

crate::codes! {
    /// What is allocated.
    AllocationKind {
        /// Meetings: investors and ventures have several, in rounds without double booking.
        Meetings = "meetings",
        /// Exclusive places: a venture has one investor at most.
        Exclusive = "exclusive",
    }
    /// Why a venture has less than it should.
    LeftOut {
        /// No investor of the day ranks it.
        NoInvestor = "no_investor",
        /// Even alone it could not have so many: too few investors rank it, or there are too few slots.
        TooFew = "too_few",
        /// Others need the same places as much.
        Crowded = "crowded",
        /// Every acceptable place is filled with ventures that the investor ranks higher.
        Filled = "filled",
    }
    /// Why a pair that was to meet does not.
    NotKept {
        /// It is among the banned pairs too.
        Banned = "banned",
        /// All meetings that the venture can have are such pairs.
        VentureFull = "venture_full",
        /// All meetings that the investor can have are such pairs.
        InvestorFull = "investor_full",
    }
}

impl LeftOut {
    /// What people read.
    pub const fn label(self) -> Words {
        match self {
            Self::NoInvestor => Words::new(
                "Tidak ada investor hari itu yang kriterianya memuat usaha ini",
                "No investor of the day has criteria that rank this business",
            ),
            Self::TooFew => Words::new(
                "Investor yang cocok atau jumlah putaran terlalu sedikit",
                "Too few investors rank it, or there are too few rounds",
            ),
            Self::Crowded => Words::new(
                "Tempat yang cocok terpakai oleh usaha lain yang sama perlunya",
                "The places that fit are taken by businesses that need them as much",
            ),
            Self::Filled => Words::new(
                "Semua tempat yang cocok terisi usaha yang berperingkat lebih tinggi",
                "Every place that fits is filled with businesses ranked higher",
            ),
        }
    }
}
