//! Quantities of numeric indicators from amounts of money.

use crate::domain::fixed::TenThousandths;
use crate::domain::money::Rupiah;

/// Monthly instalments in percent of monthly net profit (FAC3). No debt is 0; instalments at no profit
/// or a loss are 100, like a ratio that no scale rewards.
pub fn instalments_to_profit(instalments: Rupiah, net_profit: Rupiah) -> TenThousandths {
    if instalments.0 <= 0 {
        return TenThousandths(0);
    }
    percent(instalments, net_profit).unwrap_or(TenThousandths::HUNDRED)
}

/// A family's monthly net income from the business in percent of the minimum wage in force on the day
/// of the assessment (SOC3). A loss is 0. `None` without a wage.
pub fn income_to_wage(net_income: Rupiah, minimum_wage: Rupiah) -> Option<TenThousandths> {
    percent(Rupiah(net_income.0.max(0)), minimum_wage)
}

fn percent(part: Rupiah, whole: Rupiah) -> Option<TenThousandths> {
    TenThousandths::ratio(i128::from(part.0) * 100, i128::from(whole.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_by_example() {
        let rp = Rupiah;
        assert_eq!(instalments_to_profit(rp(0), rp(-5)), TenThousandths(0));
        assert_eq!(instalments_to_profit(rp(300_000), rp(1_000_000)), TenThousandths::whole(30));
        assert_eq!(instalments_to_profit(rp(300_000), rp(0)), TenThousandths::HUNDRED);
        assert_eq!(instalments_to_profit(rp(300_000), rp(-1)), TenThousandths::HUNDRED);
        assert_eq!(instalments_to_profit(rp(2), rp(3)), TenThousandths(666_667));
        assert_eq!(income_to_wage(rp(5_067_381), rp(5_067_381)), Some(TenThousandths::HUNDRED));
        assert_eq!(income_to_wage(rp(-1), rp(5_067_381)), Some(TenThousandths(0)));
        assert_eq!(income_to_wage(rp(1), rp(0)), None);
    }
}
