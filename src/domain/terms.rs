//! What an investor offers when asking for an introduction, and what both have agreed to in the end.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
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

/// What is wrong with terms by themselves. `at` is where they stand in what was sent.
pub fn faults(at: &str, terms: &Terms) -> Vec<Fault> {
    let mut found: Vec<_> = amount_fault(at, terms.instrument, terms.amount).into_iter().collect();
    let detail = match (terms.cost, &terms.cost_detail) {
        (CostKind::None, Some(_)) => Some((
            "not_with_this_cost",
            Text::new(
                "Dukungan ini dinyatakan tanpa biaya: hapus rinciannya, atau sebutkan jenis biayanya.",
                "The support is said to cost nothing: remove what it costs, or say which kind of cost it is.",
            ),
        )),
        (CostKind::None, None) | (_, Some(_)) => None,
        (_, None) => Some((
            "needed_here",
            Text::new(
                "Sebutkan biayanya: bunga, bagi hasil, atau ongkos.",
                "Say what it costs: the rate, the share or the fee.",
            ),
        )),
    };
    found.extend(detail.map(|(code, detail)| Fault { pointer: format!("{at}/cost_detail"), code, detail }));
    // A gift is given, and qardh is lent without a gain.
    let is_gift = terms.instrument == Instrument::Grant;
    if terms.cost != CostKind::None && (is_gift || terms.instrument == Instrument::Qardh) {
        found.push(Fault {
            pointer: format!("{at}/cost"),
            code: "not_with_this_instrument",
            detail: Text::new(
                "Hibah dan qardh tidak berbiaya: pilih none, atau bentuk dukungan lain.",
                "A grant and qardh cost nothing: choose none, or another kind of support.",
            ),
        });
    }
    if is_gift && terms.collateral.is_some() {
        found.push(Fault {
            pointer: format!("{at}/collateral"),
            code: "not_with_this_instrument",
            detail: Text::new(
                "Hibah tidak meminta jaminan: hapus, atau pilih bentuk dukungan lain.",
                "A grant asks for no security: remove it, or choose another kind of support.",
            ),
        });
    }
    found
}

/// What is wrong with a pledge by itself. `at` is where it stands in what was sent.
pub fn pledge_faults(at: &str, pledge: &Pledge) -> Vec<Fault> {
    amount_fault(at, pledge.instrument, pledge.amount).into_iter().collect()
}

/// Money has an amount, and an amount is something.
fn amount_fault(at: &str, instrument: Instrument, amount: Option<Rupiah>) -> Option<Fault> {
    let (code, detail) = match amount {
        None if instrument.is_money() => (
            "needed_here",
            Text::new("Sebutkan jumlahnya untuk bentuk dukungan ini.", "Say how much: this kind of support is money."),
        ),
        Some(amount) if amount < Rupiah(1) => (
            "not_positive",
            Text::new(
                "Sebutkan jumlah paling sedikit 1 rupiah, atau hapus bila dukungannya bukan uang.",
                "Say an amount of at least 1 rupiah, or remove it where the support is no money.",
            ),
        ),
        _ => return None,
    };
    Some(Fault { pointer: format!("{at}/amount"), code, detail })
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

    fn told(terms: &Terms) -> Vec<(String, &'static str)> {
        faults("/request", terms).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn money_has_an_amount_and_a_cost_its_words() {
        let (amount, detail) = ("/request/amount".to_owned(), "/request/cost_detail".to_owned());
        assert!(told(&terms()).is_empty());
        let bare = Terms { amount: None, cost_detail: None, ..terms() };
        assert_eq!(told(&bare), [(amount.clone(), "needed_here"), (detail.clone(), "needed_here")]);
        let advice = Terms { instrument: Instrument::Mentoring, cost: CostKind::None, ..bare };
        assert!(told(&advice).is_empty());
        // Nothing is no amount, and what costs nothing has no rate.
        assert_eq!(told(&Terms { amount: Some(Rupiah(0)), ..terms() }), [(amount.clone(), "not_positive")]);
        assert_eq!(told(&Terms { amount: Some(Rupiah(0)), ..advice }), [(amount, "not_positive")]);
        assert_eq!(told(&Terms { cost: CostKind::None, ..terms() }), [(detail, "not_with_this_cost")]);
        // What is given is not paid for.
        let refused = ["/request/cost", "/request/collateral"].map(|at| (at.to_owned(), "not_with_this_instrument"));
        assert_eq!(told(&Terms { instrument: Instrument::Qardh, ..terms() }), refused[..1]);
        let gift = Terms { instrument: Instrument::Grant, collateral: Some("BPKB".into()), ..terms() };
        assert_eq!(told(&gift), refused);
    }

    #[test]
    fn a_pledge_has_an_amount_as_terms_have() {
        let told = |instrument, amount: Option<i64>| {
            let pledge = Pledge { instrument, amount: amount.map(Rupiah) };
            pledge_faults("/pledge", &pledge).into_iter().map(|fault| fault.code).collect::<Vec<_>>()
        };
        assert_eq!(told(Instrument::Grant, None), ["needed_here"]);
        assert_eq!(told(Instrument::Grant, Some(0)), ["not_positive"]);
        assert!(told(Instrument::Grant, Some(1)).is_empty() && told(Instrument::Mentoring, None).is_empty());
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
