//! The sections of KBLI 2020 and KBLI 2025, with the broad group of each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;
use crate::domain::sector::{Scheme, Sector};

/// A section of one edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The section as a sector, `KBLI2020:C`. [`Sector::group`] gives its broad group and the reason;
    /// some of its divisions may be of another group.
    pub sector: Sector,
    /// Its official title, in Bahasa Indonesia.
    pub title: String,
    /// The sections of KBLI 2025 that took its place; empty for sections of KBLI 2025.
    pub became: Vec<char>,
}

/// An edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Which.
    pub scheme: Scheme,
    /// The regulation it rests on.
    pub authority: String,
    /// Its sections, A first.
    pub sections: Vec<Section>,
}

/// What the crosswalk between the editions rests on.
pub fn crosswalk_basis() -> &'static str {
    &DATA.0
}

/// Both editions, the older first.
pub fn editions() -> &'static [Edition] {
    &DATA.1
}

/// The title of a sector's section.
pub fn title(sector: &Sector) -> Option<&'static str> {
    let edition = editions().iter().find(|e| e.scheme == sector.scheme())?;
    edition.sections.iter().find(|s| s.sector.section() == sector.section()).map(|s| s.title.as_str())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schemes: BTreeMap<Scheme, SchemeFile>,
    section_crosswalk_2020_to_2025: Crosswalk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeFile {
    authority: String,
    sections: BTreeMap<char, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crosswalk {
    basis: String,
    map: BTreeMap<char, Vec<char>>,
}

static DATA: LazyLock<(String, Vec<Edition>)> = LazyLock::new(|| {
    let file: File = embedded(include_str!("kbli.json"));
    let crosswalk = file.section_crosswalk_2020_to_2025;
    let edition = |(scheme, of): (Scheme, SchemeFile)| Edition {
        scheme,
        authority: of.authority,
        sections: of
            .sections
            .into_iter()
            .filter_map(|(letter, title)| {
                let sector = format!("{}:{letter}", scheme.as_str()).parse().ok()?;
                let became = match scheme {
                    Scheme::Kbli2020 => crosswalk.map.get(&letter).cloned().unwrap_or_default(),
                    Scheme::Kbli2025 => Vec::new(),
                };
                Some(Section { sector, title, became })
            })
            .collect(),
    };
    (crosswalk.basis.clone(), file.schemes.into_iter().map(edition).collect())
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::venture::SectorGroup;

    #[test]
    fn both_editions_in_full() {
        for (edition, scheme, last) in
            [(&editions()[0], Scheme::Kbli2020, 'U'), (&editions()[1], Scheme::Kbli2025, 'V')]
        {
            assert_eq!(edition.scheme, scheme);
            assert!(edition.authority.contains("BPS Regulation"));
            assert!(edition.sections.iter().map(|s| s.sector.section()).eq('A'..=last));
        }
        assert_eq!(editions().len(), 2);
        assert!(crosswalk_basis().contains("not the official crosswalk"));
    }

    #[test]
    fn letters_from_j_on_moved() {
        let of = |text: &str| title(&text.parse().unwrap()).unwrap();
        assert_eq!(of("KBLI2020:C10"), "Industri Pengolahan");
        assert_eq!(of("KBLI2025:C10"), "Industri");
        assert_eq!(of("KBLI2020:K"), "Aktivitas Keuangan dan Asuransi");
        assert_eq!(of("KBLI2025:L"), "Aktivitas Keuangan dan Asuransi");
        assert_eq!(of("KBLI2025:V99"), "Aktivitas Badan Internasional dan Badan Ekstra Internasional Lainnya");
        let j = editions()[0].sections.iter().find(|s| s.sector.section() == 'J').unwrap();
        assert_eq!(j.became, ['J', 'K']);
        // The group, unlike the letter, survives the crosswalk.
        for section in &editions()[0].sections {
            for letter in &section.became {
                let later: Sector = format!("KBLI2025:{letter}").parse().unwrap();
                assert_eq!(later.group().0, section.sector.group().0, "{}", section.sector);
            }
        }
        let trade: Sector = "KBLI2025:G".parse().unwrap();
        assert_eq!(trade.group().0, SectorGroup::Dagang);
    }
}
