//! Rupiah. Whole rupiah in a 64-bit integer; never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of whole rupiah. As JSON `{"amount":"150000000","currency":"IDR"}`: a text, since a JSON
/// number of this size is not safe in every client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rupiah(pub i64);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    amount: String,
    currency: String,
}

impl Serialize for Rupiah {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Wire { amount: self.0.to_string(), currency: "IDR".into() }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Rupiah {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(d)?;
        if wire.currency != "IDR" {
            return Err(serde::de::Error::custom("the only currency is IDR"));
        }
        let amount: i64 = wire.amount.parse().map_err(serde::de::Error::custom)?;
        // One spelling: no sign, no leading zeros.
        if amount < 0 || amount.to_string() != wire.amount {
            return Err(serde::de::Error::custom("an amount is digits only, without leading zeros"));
        }
        Ok(Self(amount))
    }
}

impl Rupiah {
    /// For people: `Rp5.000.000` in Bahasa Indonesia and in English alike, as banks in Indonesia print it.
    pub fn for_people(self) -> String {
        let digits = self.0.unsigned_abs().to_string();
        let mut out = String::with_capacity(digits.len() * 4 / 3 + 4);
        out.push_str(if self.0 < 0 { "-Rp" } else { "Rp" });
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push('.');
            }
            out.push(c);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_an_amount() {
        let json = serde_json::to_string(&Rupiah(150_000_000)).unwrap();
        assert_eq!(json, r#"{"amount":"150000000","currency":"IDR"}"#);
        assert_eq!(serde_json::from_str::<Rupiah>(&json).unwrap(), Rupiah(150_000_000));
        for bad in ["0150", "+150", "-150", "1.5", "", "99999999999999999999"] {
            let json = format!(r#"{{"amount":"{bad}","currency":"IDR"}}"#);
            assert!(serde_json::from_str::<Rupiah>(&json).is_err(), "{bad}");
        }
        assert_eq!(Rupiah(5_000_000).for_people(), "Rp5.000.000");
        assert_eq!(Rupiah(0).for_people(), "Rp0");
    }
}
