//! Who owns a business, of the people who stand for it. Consents are the owner's to give, and nobody else's name or number is
//! given to an investor.

use super::venture::ParticipantType;

/// What is known of somebody who stands for a business.
#[derive(Clone, Copy, Debug)]
pub struct Stands<'a> {
    /// The role, as people write it.
    pub role: Option<&'a str>,
    /// How the person came to the cohort.
    pub kind: Option<ParticipantType>,
    /// Whether it was this person's row that described the business.
    pub describes: bool,
}

impl Stands<'_> {
    /// Whether the role says that this is the owner; of a panti, its head. Words before it say that it is somebody else:
    /// "istri pemilik", "wakil kepala panti".
    fn says_so(self) -> bool {
        let role = self.role.unwrap_or_default().to_lowercase();
        let words = role.split(|c: char| !c.is_alphanumeric()).filter(|word| !matches!(*word, "" | "of" | "the" | "a"));
        let of_panti = self.kind == Some(ParticipantType::PantiSosial);
        match words.collect::<Vec<_>>()[..] {
            ["pemilik" | "owner", ..] | ["kepala" | "ketua" | "head", "panti" | "home", ..] => true,
            ["kepala" | "ketua" | "head"] | ["kepala" | "ketua" | "head", "yayasan" | "lks", ..] => of_panti,
            _ => false,
        }
    }
}

/// The place of the owner among these people: of whose role says so, else of whose row described the business, else the first.
pub fn owner<'a>(people: impl IntoIterator<Item = Stands<'a>>) -> Option<usize> {
    let all = people.into_iter().enumerate();
    all.min_by_key(|(_, person)| (!person.says_so(), !person.describes)).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(role: &str, describes: bool) -> Stands<'_> {
        Stands { role: Some(role), kind: Some(ParticipantType::PantiSosial), describes }
    }

    #[test]
    fn roles_that_say_who_owns_it() {
        for role in ["pemilik", " Pemilik usaha", "OWNER", "Kepala Panti", "Ketua", "Head of the home", "Ketua yayasan"]
        {
            assert!(stands(role, false).says_so(), "{role}");
        }
        for role in
            ["", "Pendamping", "istri pemilik", "Wakil kepala panti", "Pengelola unit usaha panti", "Kepala dapur"]
        {
            assert!(!stands(role, false).says_so(), "{role}");
        }
        let elsewhere = |role| Stands { kind: Some(ParticipantType::PilarSosial), ..stands(role, false) }.says_so();
        assert!(!elsewhere("Ketua") && elsewhere("Kepala panti"));
    }

    #[test]
    fn the_role_then_the_row_that_describes_then_the_first() {
        assert_eq!(owner([stands("PSM", true), stands("pemilik", false)]), Some(1));
        assert_eq!(owner([stands("pemilik", false), stands("pemilik", true)]), Some(1));
        assert_eq!(owner([stands("PSM", false), stands("Pendamping", true)]), Some(1));
        assert_eq!(owner([stands("", false), stands("", false)]), Some(0));
        assert_eq!(owner([]), None);
    }
}
