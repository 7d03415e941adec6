//! What follows from a profile: bands and classes, each by a declared rule.

use super::fixed::TenThousandths;
use super::money::Rupiah;
use super::region::Region;
use super::venture::{NeedBand, Profile, RevenueBand, RupiahRange, SectorGroup, SizeClass};

const MILLION: i64 = 1_000_000;
const BILLION: i64 = 1_000 * MILLION;

impl NeedBand {
    /// By the upper end of what is asked for: ten million itself is still "up to".
    pub const fn of(need: RupiahRange) -> Self {
        if need.max.0 <= 10 * MILLION { Self::UpTo10m } else { Self::Over10m }
    }
}

impl RevenueBand {
    /// By sales a year. A figure on a boundary is in the upper band, but for 500 million, since the
    /// top band is "over".
    pub const fn of(sales: Rupiah) -> Self {
        match sales.0 {
            n if n < 25 * MILLION => Self::Under25,
            n if n < 50 * MILLION => Self::From25,
            n if n < 100 * MILLION => Self::From50,
            n if n < 300 * MILLION => Self::From100,
            n if n <= 500 * MILLION => Self::From300,
            _ => Self::Over500,
        }
    }
}

crate::codes! {
    /// What a size class rests on.
    SizeTest {
        /// Stated by the owner or a registry.
        Stated = "stated",
        /// Annual sales: at most Rp2, 15, 50 billion.
        AnnualSales = "annual_sales",
        /// Capital without land and buildings: at most Rp1, 5, 10 billion.
        Capital = "capital",
    }
}

/// Size class under PP 7/2021, article 35, and the test used: capital for a business of less than a
/// year, which has no annual sales yet, annual sales for an older one; the other figure where that
/// one is missing. `None` when neither is known, or when the business is larger than medium.
pub fn size_class(
    capital: Option<Rupiah>,
    sales: Option<Rupiah>,
    years_operating: Option<TenThousandths>,
) -> Option<(SizeClass, SizeTest)> {
    let by = |amount: Rupiah, [micro, small, medium]: [i64; 3], test| {
        // Upper bounds are inclusive.
        let class = match amount.0 {
            n if n <= micro * BILLION => SizeClass::Micro,
            n if n <= small * BILLION => SizeClass::Small,
            n if n <= medium * BILLION => SizeClass::Medium,
            _ => return None,
        };
        Some((class, test))
    };
    let by_capital = |amount| by(amount, [1, 5, 10], SizeTest::Capital);
    let by_sales = |amount| by(amount, [2, 15, 50], SizeTest::AnnualSales);
    let is_new = years_operating.is_some_and(|years| years < TenThousandths::ONE);
    match (capital, sales) {
        (Some(capital), None) => by_capital(capital),
        (Some(capital), Some(_)) if is_new => by_capital(capital),
        (_, Some(sales)) => by_sales(sales),
        (None, None) => None,
    }
}

/// What follows from a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// From the sector.
    pub sector_group: Option<SectorGroup>,
    /// From the region.
    pub kota: Option<String>,
    /// From the funding need.
    pub need_band: Option<NeedBand>,
    /// From annual revenue.
    pub revenue_band: Option<RevenueBand>,
    /// As stated, or by PP 7/2021, and the test used.
    pub size_class: Option<(SizeClass, SizeTest)>,
}

impl Derived {
    /// Derives everything.
    pub fn of(profile: &Profile) -> Self {
        let region: Option<Region> = profile.region.as_deref().and_then(|r| r.parse().ok());
        let by_law = || size_class(profile.business_capital, profile.annual_revenue, profile.years_operating);
        Self {
            sector_group: profile.sector_group(),
            kota: region.and_then(|r| r.kota().map(str::to_owned)),
            need_band: profile.funding_need.map(NeedBand::of),
            revenue_band: profile.annual_revenue.map(RevenueBand::of),
            size_class: profile.size_class.map(|stated| (stated, SizeTest::Stated)).or_else(by_law),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_at_their_edges() {
        let need = |min, max| NeedBand::of(RupiahRange { min: Rupiah(min), max: Rupiah(max) });
        assert_eq!(need(1, 10 * MILLION), NeedBand::UpTo10m);
        assert_eq!(need(5 * MILLION, 10 * MILLION + 1), NeedBand::Over10m);
        for (sales, band) in [
            (0, RevenueBand::Under25),
            (25, RevenueBand::From25),
            (50, RevenueBand::From50),
            (100, RevenueBand::From100),
            (300, RevenueBand::From300),
            (500, RevenueBand::From300),
            (501, RevenueBand::Over500),
        ] {
            assert_eq!(RevenueBand::of(Rupiah(sales * MILLION)), band, "{sales}");
        }
    }

    #[test]
    fn size_by_the_test_of_its_age() {
        let rp = |bn: i64| Some(Rupiah(bn * BILLION));
        let new = Some(TenThousandths(5000));
        let old = Some(TenThousandths::whole(4));
        for (capital, sales, years, want) in [
            (rp(1), None, None, Some((SizeClass::Micro, SizeTest::Capital))),
            (Some(Rupiah(BILLION + 1)), None, None, Some((SizeClass::Small, SizeTest::Capital))),
            (rp(6), rp(1), new, Some((SizeClass::Medium, SizeTest::Capital))),
            (rp(6), rp(2), old, Some((SizeClass::Micro, SizeTest::AnnualSales))),
            (rp(6), rp(15), None, Some((SizeClass::Small, SizeTest::AnnualSales))),
            (None, rp(50), old, Some((SizeClass::Medium, SizeTest::AnnualSales))),
            (None, rp(51), old, None),
            (None, None, old, None),
        ] {
            assert_eq!(size_class(capital, sales, years), want);
        }
    }
}
