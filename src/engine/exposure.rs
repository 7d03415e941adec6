//! How much a place on a list is seen.

/// The share of attention that a place gets, 1 for the first: 1 / log₂(1 + position), as in discounted cumulative gain
/// (Järvelin and Kekäläinen, 2002) and in fair ranking after Singh and Joachims (2018). By the pure-Rust `libm`, so that
/// every machine gives the same bits.
pub fn exposure(position: u32) -> f64 {
    1.0 / libm::log2(1.0 + f64::from(position.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_seen_whole_and_the_third_half() {
        assert_eq!((exposure(1), exposure(3), exposure(7)), (1.0, 0.5, 1.0 / 3.0));
        assert!((1..1000).all(|i| exposure(i) > exposure(i + 1)));
    }
}
