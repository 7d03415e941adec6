//! The kota and kecamatan of DKI Jakarta, with the codes of Kemendagri, which the service uses, and of BPS.

use std::sync::LazyLock;

use crate::domain::region::Region;

/// Where the codes are from.
pub const SOURCE: &str = "Kemendagri, kode wilayah administrasi pemerintahan; BPS, Master File Desa 2018";

/// The province.
pub const PROVINCE: Kota = Kota { code: "31", bps: "31", name: "DKI Jakarta" };

/// A kota or kabupaten, or the province. The two kinds of code name different places by the same digits:
/// 31.71 is Jakarta Pusat, BPS 3171 is Jakarta Selatan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kota {
    /// Kemendagri code, `31.75`.
    pub code: &'static str,
    /// BPS code, `3172`.
    pub bps: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// The six parts of the province, in the order of their codes.
pub const KOTA: [Kota; 6] = [
    Kota { code: "31.01", bps: "3101", name: "Kepulauan Seribu" },
    Kota { code: "31.71", bps: "3173", name: "Jakarta Pusat" },
    Kota { code: "31.72", bps: "3175", name: "Jakarta Utara" },
    Kota { code: "31.73", bps: "3174", name: "Jakarta Barat" },
    Kota { code: "31.74", bps: "3171", name: "Jakarta Selatan" },
    Kota { code: "31.75", bps: "3172", name: "Jakarta Timur" },
];

/// A kecamatan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kecamatan {
    /// Kemendagri code, `31.75.10`.
    pub code: &'static str,
    /// BPS code, `3172030`.
    pub bps: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// All 44 kecamatan, in the order of their codes.
pub fn kecamatan() -> &'static [Kecamatan] {
    static ALL: LazyLock<Vec<Kecamatan>> = LazyLock::new(|| {
        let rows = include_str!("dki_kecamatan.csv").lines().skip(1);
        rows.filter_map(|row| {
            let mut cells = row.split(',');
            Some(Kecamatan { code: cells.next()?, name: cells.next()?, bps: cells.next()? })
        })
        .collect()
    });
    &ALL
}

/// Every region with its code and name, the wider ones first: what a sheet may name.
pub fn names() -> Vec<(String, String)> {
    let wide = [PROVINCE].into_iter().chain(KOTA).map(|k| (k.code, k.name));
    let all = wide.chain(kecamatan().iter().map(|k| (k.code, k.name)));
    all.map(|(code, name)| (code.to_owned(), name.to_owned())).collect()
}

/// The name of a province, kota or kecamatan of DKI Jakarta; a kelurahan goes by its kecamatan.
pub fn name(region: &Region) -> Option<&'static str> {
    let code = region.as_str();
    match code.len() {
        0..=2 => (code == PROVINCE.code).then_some(PROVINCE.name),
        3..=5 => kota_name(code),
        _ => kecamatan().iter().find(|k| code.get(..8) == Some(k.code)).map(|k| k.name),
    }
}

/// The name of a kota, by its Kemendagri code.
pub fn kota_name(code: &str) -> Option<&'static str> {
    KOTA.iter().find(|k| k.code == code).map(|k| k.name)
}

/// The kecamatan of this name, whatever the case and the blanks; sheets write Kramat Jati and Kramatjati.
pub fn kecamatan_by_name(name: &str) -> Option<&'static Kecamatan> {
    fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase)
    }
    kecamatan().iter().find(|k| plain(k.name).eq(plain(name)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn forty_four_kecamatan_in_six_kota() {
        assert_eq!(kecamatan().len(), 44);
        let of = |kota: &str| kecamatan().iter().filter(|k| k.code.starts_with(kota)).count();
        assert_eq!(KOTA.map(|k| of(k.code)), [2, 8, 6, 8, 10, 10]);
        for k in kecamatan() {
            let region: Region = k.code.parse().unwrap();
            let kota = KOTA.iter().find(|t| Some(t.code) == region.kota()).unwrap();
            assert!(k.bps.len() == 7 && k.bps.starts_with(kota.bps), "{} lies in BPS {}", k.name, kota.bps);
            assert_eq!(name(&region), Some(k.name));
        }
        assert!(kecamatan().is_sorted_by_key(|k| k.code));
        assert_eq!(kecamatan().iter().map(|k| k.bps).collect::<BTreeSet<_>>().len(), 44);
    }

    #[test]
    fn the_same_digits_name_different_places() {
        let bps = |code: &str| KOTA.iter().find(|k| k.bps == code).map(|k| k.name);
        assert_eq!(kota_name("31.71"), Some("Jakarta Pusat"));
        assert_eq!(bps("3171"), Some("Jakarta Selatan"));
        let named = |code: &str| name(&code.parse().unwrap());
        assert_eq!(named("31"), Some("DKI Jakarta"));
        assert_eq!(named("31.75.10.1001"), Some("Cipayung"));
        assert_eq!(named("32"), None);
        assert_eq!(named("31.99"), None);
    }

    #[test]
    fn names_as_sheets_write_them() {
        let code = |name: &str| kecamatan_by_name(name).map(|k| k.code);
        assert_eq!(code("Kramat Jati"), Some("31.75.04"));
        assert_eq!(code("PULO GADUNG"), Some("31.75.02"));
        assert_eq!(code("Palmerah"), Some("31.73.07"));
        assert_eq!(code("Bekasi"), None);
        assert_eq!(code(""), None);
    }
}
