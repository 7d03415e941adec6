//! What is known of a venture, as people and programs read it.

use serde_json::Value;

use crate::domain::fixed::number;
use crate::domain::venture::Profile;

/// The members of a profile; decimals as numbers (3.5), and not in the ten-thousandths in which they are stored.
pub fn shown(profile: &Profile) -> serde_json::Result<Value> {
    let mut shown = serde_json::to_value(profile)?;
    let decimals = [
        ("debt_service_pct", profile.debt_service_pct),
        ("employees_fte", profile.employees_fte),
        ("employees_vulnerable_fte", profile.employees_vulnerable_fte),
        ("years_operating", profile.years_operating),
        ("online_sales_pct", profile.online_sales_pct),
        ("tenor_months", profile.tenor_months),
    ];
    for (member, value) in decimals {
        if let Some(value) = value {
            shown[member] = number::serialize(&value, serde_json::value::Serializer)?;
        }
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::fixed::TenThousandths;

    #[test]
    fn decimals_are_numbers_and_every_one_of_them_is_known() {
        let profile = Profile {
            employees_fte: Some(TenThousandths(35_000)),
            tenor_months: Some(TenThousandths::whole(12)),
            ..Profile::default()
        };
        let shown = shown(&profile).unwrap();
        assert_eq!((&shown["employees_fte"], &shown["tenor_months"]), (&json!(3.5), &json!(12)));
        let source = include_str!("../domain/venture.rs");
        let declared = source.matches("Option<TenThousandths>").count();
        assert_eq!(declared, 6, "a decimal that is not among those above would be shown in ten-thousandths");
    }
}
