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
        /// All investors who rank it are banned for it.
        Banned = "banned",
        /// Only investors of a kind whom its owner declines would rank it.
        OwnerDeclines = "owner_declines",
    }
    /// Why a pair that was to meet does not.
    NotKept {
        /// It is among the banned pairs too.
        Banned = "banned",
        /// All meetings that the venture can have are such pairs.
        VentureFull = "venture_full",
        /// All meetings that the investor can have are such pairs.
        InvestorFull = "investor_full",
        /// The owner declines investors of this kind, and nobody else can say yes.
        OwnerDeclines = "owner_declines",
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
            Self::Banned => Words::new(
                "Semua investor yang kriterianya memuat usaha ini dikecualikan oleh staf",
                "Staff have banned every investor whose criteria rank this business",
            ),
            Self::OwnerDeclines => Words::new(
                "Hanya investor dari jenis yang tidak diinginkan pemiliknya yang memuat usaha ini",
                "Only investors of a kind that its owner declines would rank this business",
            ),
        }
    }

    /// The same in a few words, for a headline.
    pub const fn in_short(self) -> Words {
        match self {
            Self::NoInvestor => Words::new("tidak ada investor yang cocok", "no investor fits"),
            Self::TooFew => Words::new("investor atau putaran terlalu sedikit", "too few investors or rounds"),
            Self::Crowded | Self::Filled => Words::new("tempat kurang", "too few places"),
            Self::Banned => Words::new("dikecualikan oleh staf", "banned by staff"),
            Self::OwnerDeclines => Words::new("pemiliknya menolak", "their owners decline"),
        }
    }
}

impl NotKept {
    /// What people read.
    pub const fn label(self) -> Words {
        match self {
            Self::Banned => Words::new("Pasangan ini juga dilarang bertemu", "This pair is banned too"),
            Self::VentureFull => Words::new(
                "Semua putaran usaha ini terisi pasangan lain yang wajib bertemu",
                "All rounds of this business are taken by other pairs that must meet",
            ),
            Self::InvestorFull => Words::new(
                "Semua tempat investor ini terisi pasangan lain yang wajib bertemu",
                "All places of this investor are taken by other pairs that must meet",
            ),
            Self::OwnerDeclines => Words::new(
                "Pemilik usaha tidak ingin bertemu investor jenis ini; hanya pemilik yang dapat mengubahnya",
                "The owner does not want to meet investors of this kind; only the owner can change that",
            ),
        }
    }
}
