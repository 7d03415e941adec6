//! What an investor offers when asking for an introduction, and what both have agreed to in the end.

use serde::{Deserialize, Serialize};

use super::money::Rupiah;
use super::text::Text;
use super::venture::Instrument;
use super::verification::Verification;

crate::codes! {
    /// What the support costs the owner.
    CostKind {
        /// Nothing.
        None = "none",
        /// A share of revenue or profit.
        Share = "share",
        /// A margin or a fee agreed beforehand.
        Margin = "margin",
        /// Interest. Only from a licensed lender or a cooperative.
        Interest = "interest",
    }
}

/// What an investor asks an owner for an introduction with. The owner reads all of it before answering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What the support is for.
    pub purpose: String,
    /// Which kind of support.
    pub instrument: Instrument,
    /// How much; none where the support is no money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Rupiah>,
    /// What kind of cost.
    pub cost: CostKind,
    /// What it costs, in words: a rate, a share, a fee. None where it costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_detail: Option<String>,
    /// What is asked as a security; none where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collateral: Option<String>,
}

/// What both sides confirm before it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    /// Which kind of support.
    pub instrument: Instrument,
    /// How much; none where the support is no money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Rupiah>,
}

impl Instrument {
    /// Whether it is an amount of money, so that the amount must be said.
    pub const fn is_money(self) -> bool {
        !matches!(self, Self::InKind | Self::Offtake | Self::Mentoring)
    }
}

/// What terms lack by themselves: the member, and what to do.
pub fn faults(terms: &Terms) -> Vec<(&'static str, Text)> {
    let mut found = Vec::new();
    if terms.instrument.is_money() && terms.amount.is_none() {
        found.push((
            "amount",
            Text::new("Sebutkan jumlahnya untuk bentuk dukungan ini.", "Say how much: this kind of support is money."),
        ));
    }
    if terms.cost != CostKind::None && terms.cost_detail.is_none() {
        found.push((
            "cost_detail",
            Text::new(
                "Sebutkan biayanya: bunga, bagi hasil, atau ongkos.",
                "Say what it costs: the rate, the share or the fee.",
            ),
        ));
    }
    found
}

/// Whether an investor may offer these terms: interest only with a licence to lend.
pub fn may_offer(terms: &Terms, verification: &Verification) -> bool {
    terms.cost != CostKind::Interest || verification.licence.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verification::{Licence, LicenceKind, tests::verified};

    fn terms() -> Terms {
        Terms {
            purpose: "Modal kerja".into(),
            instrument: Instrument::SoftLoan,
            amount: Some(Rupiah(5_000_000)),
            cost: CostKind::Interest,
            cost_detail: Some("6 % setahun".into()),
            collateral: None,
        }
    }

    #[test]
    fn money_has_an_amount_and_a_cost_its_words() {
        assert!(faults(&terms()).is_empty());
        let bare = Terms { amount: None, cost_detail: None, ..terms() };
        let members: Vec<_> = faults(&bare).into_iter().map(|(member, _)| member).collect();
        assert_eq!(members, ["amount", "cost_detail"]);
        let advice = Terms { instrument: Instrument::Mentoring, cost: CostKind::None, ..bare };
        assert!(faults(&advice).is_empty());
    }

    #[test]
    fn interest_needs_a_licence() {
        let mut who = verified();
        assert!(!may_offer(&terms(), &who));
        assert!(may_offer(&Terms { cost: CostKind::Margin, ..terms() }, &who));
        who.licence = Some(Licence { kind: LicenceKind::Cooperative, number: "518/BH/2019".into() });
        assert!(may_offer(&terms(), &who));
    }
}
