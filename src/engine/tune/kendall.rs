//! Agreement of two orders.

/// Kendall's τ-b of pairs of ranks, from −1 (reversed) to 1 (the same order); `None` with fewer than two pairs, or when
/// one side ties all of them.
///
/// τ-b = (P − Q) ÷ √((n₀ − n₁)(n₀ − n₂)) with P concordant and Q discordant pairs, n₀ all pairs, n₁ and n₂ the pairs
/// tied on each side (Kendall, 1945). In O(n log n) by counting the exchanges of a merge sort (Knight, 1966); all
/// counts are whole numbers, so only the last division rounds.
#[allow(clippy::cast_precision_loss)]
pub fn tau_b(pairs: impl IntoIterator<Item = (u32, u32)>) -> Option<f64> {
    let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
    pairs.sort_unstable();
    let all = choose_two(pairs.len());
    let tied_left: i128 = pairs.chunk_by(|a, b| a.0 == b.0).map(|tie| choose_two(tie.len())).sum();
    let tied_both: i128 = pairs.chunk_by(|a, b| a == b).map(|tie| choose_two(tie.len())).sum();
    let mut right: Vec<u32> = pairs.into_iter().map(|(_, right)| right).collect();
    let discordant = sort_counting_exchanges(&mut right);
    let tied_right: i128 = right.chunk_by(|a, b| a == b).map(|tie| choose_two(tie.len())).sum();
    let (left, right) = (all - tied_left, all - tied_right);
    if left == 0 || right == 0 {
        return None;
    }
    let balance = all - tied_left - tied_right + tied_both - 2 * discordant;
    Some((balance as f64 / (left as f64 * right as f64).sqrt()).clamp(-1.0, 1.0))
}

const fn choose_two(n: usize) -> i128 {
    let n = n as i128;
    n * (n - 1) / 2
}

/// Sorts, and counts the pairs that stood strictly the wrong way round.
fn sort_counting_exchanges(values: &mut Vec<u32>) -> i128 {
    let mut exchanges = 0;
    let mut sorted = Vec::with_capacity(values.len());
    let mut width = 1;
    while width < values.len() {
        sorted.clear();
        for run in values.chunks(2 * width) {
            let (mut left, mut right) = run.split_at(width.min(run.len()));
            while let ([first, rest @ ..], [other, others @ ..]) = (left, right) {
                if other < first {
                    exchanges += left.len() as i128;
                    sorted.push(*other);
                    right = others;
                } else {
                    sorted.push(*first);
                    left = rest;
                }
            }
            sorted.extend_from_slice(left);
            sorted.extend_from_slice(right);
        }
        std::mem::swap(values, &mut sorted);
        width *= 2;
    }
    exchanges
}
